#include "apiserver/store/object_table.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "apiserver/store/store_testing.h"

namespace kubemonitor {
namespace {

using testing::ContainerIdentity;
using testing::PodIdentity;

// A day of a node whose pods end and are replaced, at a fake clock.
constexpr int64_t kHourMs = 3'600'000;

Identity Pod(uint32_t object, int number) {
  Identity pod = PodIdentity(object, fmt::format("0f8fad5b-d9cb-469f-a165-{:012x}", number), "shop",
                             fmt::format("cart-5d4f8c7b9-{:05}", number));
  pod.labels = {{"app", "cart"}, {"pod-template-hash", "5d4f8c7b9"}};
  return pod;
}

Identity Container(uint32_t object, const Identity& pod, int number) {
  Identity container =
      ContainerIdentity(object, pod.object, fmt::format("{:064x}", number), "main");
  container.pod_uid = pod.pod_uid;
  container.namespace_name = pod.namespace_name;
  container.pod_name = pod.pod_name;
  container.started_at_ms = 1'700'000'000'000;
  return container;
}

// Thirty pods with two containers each.
std::vector<Identity> ANode(int first) {
  std::vector<Identity> identities;
  for (int i = 0; i < 30; ++i) {
    const auto object = static_cast<uint32_t>(3 * (first + i));
    const Identity pod = Pod(object + 1, first + i);
    identities.push_back(pod);
    identities.push_back(Container(object + 2, pod, 2 * (first + i)));
    identities.push_back(Container(object + 3, pod, 2 * (first + i) + 1));
  }
  return identities;
}

size_t AllBytes(const ObjectTable& table, const Interner& interner) {
  return table.MemoryBytes() + interner.MemoryBytes();
}

TEST(ObjectTableTest, AnObjectTakesFewBytes) {
  const auto interner = std::make_shared<Interner>();
  ObjectTable table(20'000, interner);
  const std::vector<Identity> identities = ANode(0);
  EXPECT_TRUE(table.Bind(identities, 0).empty());
  std::vector<ObjectDetails> details(identities.size());
  for (size_t i = 0; i < identities.size(); ++i) {
    details[i].object = identities[i].object;
    details[i].memory_limit_bytes = uint64_t{256} << 20;
  }
  table.OfferDetails({10, 10, 0}, details);
  table.OfferDetails({20, 20, 0}, details);
  EXPECT_LT(AllBytes(table, *interner) / identities.size(), 250u);
}

TEST(ObjectTableTest, ADayOfChurnTakesNothing) {
  const auto interner = std::make_shared<Interner>();
  ObjectTable table(20'000, interner);
  size_t first_bytes = 0;
  for (int hour = 0; hour < 24; ++hour) {
    const std::vector<Identity> identities = ANode(30 * hour);
    EXPECT_TRUE(table.Bind(identities, hour * kHourMs).empty());
    table.Expire((hour - 1) * kHourMs + 1, (hour - 1) * kHourMs + 1);
    EXPECT_EQ(table.objects().size(), identities.size());
    for (const Identity& identity : identities) {
      ASSERT_NE(table.FindNumber(identity.object), nullptr);
      EXPECT_EQ(table.FindNumber(identity.object)->identity.Unpack(), identity);
    }
    interner->Sweep();
    if (hour == 1) first_bytes = AllBytes(table, *interner);
  }
  EXPECT_EQ(interner->size(), 31u);  // pods, and one set of labels
  EXPECT_LE(AllBytes(table, *interner), first_bytes + 64);
  table.Expire(24 * kHourMs, 24 * kHourMs);
  interner->Sweep();
  EXPECT_EQ(interner->size(), 0u);
}

// Whatever collides: every object is found by its own key, and by no other one.
TEST(ObjectTableTest, KeysThatCollideAreToldApart) {
  for (const uint64_t mask : {uint64_t{0}, ~uint64_t{0}}) {
    ObjectTable table(1000, std::make_shared<Interner>(SeededHash{.seed = 1, .mask = mask}));
    const std::vector<Identity> identities = ANode(0);
    table.Bind(identities, 0);
    std::vector<uint32_t> indexes;
    for (const Identity& identity : identities) {
      indexes.push_back(table.FindNumber(identity.object)->index);
    }
    table.ForgetNumbers();
    table.Bind(identities, 0);  // as another instance would
    EXPECT_EQ(table.objects().size(), identities.size());
    for (size_t i = 0; i < identities.size(); ++i) {
      EXPECT_EQ(table.FindNumber(identities[i].object)->index, indexes[i]);
    }
    // A pod that is told without its uid was never entered by its name.
    table.Bind({PodIdentity(1000, "", "shop", identities[0].pod_name)}, 0);
    EXPECT_EQ(table.objects().size(), identities.size() + 1);
  }
}

TEST(ObjectTableTest, AnObjectThatChangesItsNameIsNotKeptUnderAll) {
  ObjectTable table(10);
  for (int i = 0; i < 1000; ++i) {
    table.ForgetNumbers();
    table.Bind({PodIdentity(1, "uid-1", "shop", fmt::format("cart-{}", i))}, 0);
  }
  ASSERT_EQ(table.objects().size(), 1u);
  EXPECT_EQ(table.objects()[0].identity.pod_name(), "cart-999");
  EXPECT_LT(table.MemoryBytes(), 2000u);
}

TEST(ObjectTableTest, OldDetailsAndThoseOfAnotherBootAreNoPredecessors) {
  ObjectTable table(10);
  table.Bind({PodIdentity(1, "uid-1", "shop", "cart")}, 0);
  const auto offer = [&](int64_t tick_ms, uint32_t epoch, uint64_t limit) {
    ObjectDetails details;
    details.object = 1;
    details.pids_limit = limit;
    table.OfferDetails({tick_ms, static_cast<uint64_t>(tick_ms) * 1000, epoch}, {details});
  };
  const KeptObjectDetails& kept = table.FindNumber(1)->details;
  offer(20, 0, 1);
  EXPECT_TRUE(kept.previous() == nullptr);
  offer(10, 0, 2);
  EXPECT_EQ(kept.newest()->pids_limit, 1u);
  offer(30, 0, 3);
  EXPECT_EQ(kept.newest()->pids_limit, 3u);
  EXPECT_EQ(kept.previous()->pids_limit, 1u);
  EXPECT_EQ(kept.boot_usec(), 30'000u);
  EXPECT_EQ(kept.previous_boot_usec(), 20'000u);
  offer(40, 1, 4);
  EXPECT_TRUE(kept.previous() == nullptr);
  EXPECT_EQ(kept.previous_boot_usec(), 0u);
}

}  // namespace
}  // namespace kubemonitor

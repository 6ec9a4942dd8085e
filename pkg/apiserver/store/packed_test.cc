// The packed forms of what is known of objects.

#include <gtest/gtest.h>

#include <limits>
#include <string>

#include "apiserver/store/byte_codec.h"
#include "apiserver/store/flat_index.h"
#include "apiserver/store/interner.h"
#include "apiserver/store/packed_details.h"
#include "apiserver/store/packed_identity.h"

namespace kubemonitor {
namespace {

const std::string kUuid = "0f8fad5b-d9cb-469f-a165-70867728950e";
const std::string kHex64(64, 'a');

TEST(ByteCodecTest, IdsComeBackAsTheyWere) {
  const struct {
    std::string text;
    size_t bytes;  // packed
  } cases[] = {
      {"", 1},
      {kUuid, 17},
      {kHex64, 33},
      {std::string(32, '0'), 17},  // the hash of a static pod's file
      {"abc", 4},                  // an odd number of digits
      {"ABCDEF", 7},               // not as they would be written
      {"0f8fad5b-d9cb-469f-a165-70867728950E", 37},
      {"0f8fad5bd-9cb-469f-a165-70867728950e", 37},
      {"0f8fad5b_d9cb_469f_a165_70867728950e", 37},
      {std::string(36, 'a'), 37},  // as long as a UUID
      {"k\xc3\xa4se-\xe2\x82\xac", 10},
      {std::string("a\0b", 3), 4},
      {std::string(128, 'x'), 130},
  };
  for (const auto& c : cases) {
    ByteWriter out;
    out.Id(c.text);
    EXPECT_EQ(out.bytes().size(), c.bytes) << c.text;
    ByteReader in(out.bytes());
    EXPECT_EQ(in.Id(), c.text);
    EXPECT_TRUE(in.AtEnd());
    for (const auto& other : cases) {
      ByteReader same(out.bytes());
      EXPECT_EQ(same.IsId(other.text), other.text == c.text) << c.text << " " << other.text;
      EXPECT_TRUE(same.AtEnd());
    }
    ByteReader skipped(out.bytes());
    skipped.SkipId();
    EXPECT_TRUE(skipped.AtEnd());
  }
}

TEST(ByteCodecTest, NumbersComeBackAsTheyWere) {
  constexpr uint64_t kMax = std::numeric_limits<uint64_t>::max();
  for (const uint64_t value :
       {uint64_t{0}, uint64_t{127}, uint64_t{128}, kMax / 2, kMax - 2, kMax - 1, kMax}) {
    ByteWriter out;
    out.Varint(value);
    out.Optional(value);
    out.Optional(std::nullopt);
    ByteReader in(out.bytes());
    EXPECT_EQ(in.Varint(), value);
    EXPECT_EQ(in.Optional(), value);
    EXPECT_EQ(in.Optional(), std::nullopt);
    EXPECT_TRUE(in.AtEnd());
  }
}

Identity Container() {
  Identity identity;
  identity.object = 70'000;
  identity.kind = ObjectKind::kContainer;
  identity.pod_object = 3;
  identity.pod_uid = kUuid;
  identity.namespace_name = "shop";
  identity.pod_name = "cart-5d4f8c7b9-abcde";
  identity.container_name = "main";
  identity.container_id = kHex64;
  identity.container_type = ContainerType::kEphemeral;
  identity.started_at_ms = 1'700'000'000'123;
  identity.restart_count = 4;
  return identity;
}

class PackedIdentityTest : public ::testing::Test {
 protected:
  void Expect(const Identity& identity) {
    const PackedIdentity packed(identity, &interner_);
    EXPECT_EQ(packed.Unpack(), identity);
    EXPECT_EQ(packed.kind(), identity.kind);
    EXPECT_EQ(packed.container_type(), identity.container_type);
    EXPECT_EQ(packed.started_at_ms(), identity.started_at_ms);
    EXPECT_EQ(packed.restart_count(), identity.restart_count);
    EXPECT_EQ(packed.container_name_or_id(),
              identity.container_name.empty() ? identity.container_id : identity.container_name);
    EXPECT_EQ(packed.namespace_name(), identity.namespace_name);
    EXPECT_EQ(packed.pod_name(), identity.pod_name);
  }
  Interner interner_;
};

TEST_F(PackedIdentityTest, EveryFieldComesBack) {
  Expect(Identity());
  Expect(Container());
  Identity identity = Container();
  for (const auto start : {std::numeric_limits<int64_t>::min(), int64_t{-1}, int64_t{0},
                           std::numeric_limits<int64_t>::max()}) {
    identity.started_at_ms = start;
    Expect(identity);
  }
  for (const uint32_t number : {0U, std::numeric_limits<uint32_t>::max()}) {
    identity.object = number;
    identity.pod_object = number;
    identity.restart_count = number;
    Expect(identity);
  }
  identity.restart_count.reset();
  identity.started_at_ms.reset();
  for (const QosClass qos :
       {QosClass::kUnknown, QosClass::kGuaranteed, QosClass::kBurstable, QosClass::kBestEffort}) {
    for (const bool host_network : {false, true}) {
      identity.kind = host_network ? ObjectKind::kPod : ObjectKind::kContainer;
      identity.qos_class = qos;
      identity.host_network = host_network;
      Expect(identity);
    }
  }
  for (const ContainerType type :
       {ContainerType::kUnknown, ContainerType::kApp, ContainerType::kInit, ContainerType::kSidecar,
        ContainerType::kSandbox, ContainerType::kEphemeral}) {
    identity.container_type = type;
    Expect(identity);
  }
}

TEST_F(PackedIdentityTest, OddTextsComeBack) {
  for (const std::string& text :
       {std::string(), std::string("a"), std::string(253, 'n'), std::string("deadbeef"), kUuid,
        std::string("caf\xc3\xa9-\xe2\x98\x83"), std::string("\xff\xfe")}) {
    Identity identity = Container();
    for (std::string Identity::* field :
         {&Identity::pod_uid, &Identity::namespace_name, &Identity::pod_name,
          &Identity::container_name, &Identity::container_id}) {
      identity.*field = text;
      Expect(identity);
      Identity alone;
      alone.*field = text;
      Expect(alone);
    }
  }
}

TEST_F(PackedIdentityTest, AsManyLabelsAsThereMayBeComeBack) {
  Identity identity = Container();
  identity.labels = {{"empty", ""}, {"", "of nothing"}, {"app", "cart"}};
  Expect(identity);
  for (int i = 0; i < 256; ++i) {
    identity.labels[std::string(313, 'k') + std::to_string(1000 + i)] = std::string(63, 'v');
  }
  Expect(identity);
}

TEST_F(PackedIdentityTest, APodAndItsContainersShareWhatTheyHaveInCommon) {
  Identity pod = Container();
  pod.kind = ObjectKind::kPod;
  pod.container_id.clear();
  pod.container_name.clear();
  pod.labels = {{"app", "cart"}};
  const PackedIdentity packed_pod(pod, &interner_);
  EXPECT_EQ(interner_.size(), 2u);
  const PackedIdentity container(Container(), &interner_);
  EXPECT_EQ(interner_.size(), 2u);
  EXPECT_EQ(packed_pod.pod_name().data(), container.pod_name().data());
}

TEST(PackedDetailsTest, EveryFieldComesBack) {
  Interner interner;
  ObjectDetails details;
  details.cpu_limit_millicores = 0;
  details.memory_limit_bytes = std::numeric_limits<uint64_t>::max();
  EXPECT_EQ(PackedDetails(details, &interner).MemoryBytes(), 0u);  // interned
  DeviceUsage disk;
  disk.name = "nvme0n1";
  disk.read_bytes = 7;
  disk.write_operations = 8;
  InterfaceUsage eth;
  eth.name = "eth0";
  eth.rx_bytes = 1;
  eth.tx_dropped = 2;
  eth.counted = true;
  details.oom_events = 3;
  details.disks = {disk, DeviceUsage()};
  details.interfaces = {InterfaceUsage(), eth};
  const PackedDetails packed(details, &interner);
  EXPECT_GT(packed.MemoryBytes(), 0u);
  const ObjectDetails back = packed.Unpack();
  EXPECT_EQ(back.cpu_limit_millicores, 0u);
  EXPECT_EQ(back.memory_limit_bytes, details.memory_limit_bytes);
  EXPECT_EQ(back.pids_limit, std::nullopt);
  EXPECT_EQ(back.oom_events, 3u);
  ASSERT_EQ(back.disks.size(), 2u);
  EXPECT_EQ(back.disks[0].name, "nvme0n1");
  EXPECT_EQ(back.disks[0].read_bytes, 7u);
  EXPECT_EQ(back.disks[0].write_bytes, std::nullopt);
  EXPECT_EQ(back.disks[0].write_operations, 8u);
  ASSERT_EQ(back.interfaces.size(), 2u);
  EXPECT_FALSE(back.interfaces[0].counted);
  EXPECT_TRUE(back.interfaces[1].counted);
  EXPECT_EQ(back.interfaces[1].rx_bytes, 1u);
  EXPECT_EQ(back.interfaces[1].tx_bytes, std::nullopt);
  EXPECT_EQ(back.interfaces[1].tx_dropped, 2u);
}

TEST(InternerTest, KeepsOneCopyAsLongAsItIsHeld) {
  Interner interner;
  SharedBytes first = interner.Intern("shop");
  EXPECT_EQ(interner.Intern("shop").view().data(), first.view().data());
  EXPECT_TRUE(interner.Intern("").empty());
  EXPECT_EQ(interner.size(), 1u);
  interner.Sweep();
  EXPECT_EQ(interner.Intern("shop").view().data(), first.view().data());
  first = SharedBytes();
  interner.Sweep();
  EXPECT_EQ(interner.size(), 0u);
}

TEST(InternerTest, DoesNotGrowWithStringsThatComeAndGo) {
  Interner interner;
  const SharedBytes held = interner.Intern("held");
  for (int i = 0; i < 100'000; ++i) interner.Intern("pod-" + std::to_string(i));
  EXPECT_LT(interner.size(), 64u);
  EXPECT_LT(interner.MemoryBytes(), 4096u);
  EXPECT_EQ(interner.Intern("held").view().data(), held.view().data());
}

TEST(InternerTest, TellsApartWhatCollides) {
  Interner interner({.seed = 1, .mask = 3});
  std::vector<SharedBytes> held;
  for (int i = 0; i < 300; ++i) held.push_back(interner.Intern(std::to_string(i)));
  EXPECT_EQ(interner.size(), 300u);
  held.resize(100);
  interner.Sweep();
  EXPECT_EQ(interner.size(), 100u);
  for (int i = 0; i < 100; ++i) {
    EXPECT_EQ(interner.Intern(std::to_string(i)).view().data(), held[i].view().data());
  }
  EXPECT_EQ(interner.size(), 100u);
}

TEST(SeededHashTest, DependsOnEveryByteAndTheSeed) {
  const SeededHash one{.seed = 1}, two{.seed = 2};
  EXPECT_EQ(one("shop"), one("shop"));
  EXPECT_NE(one("shop"), two("shop"));
  EXPECT_NE(one("shop"), one(std::string("shop\0", 5)));
  EXPECT_NE(one("a-long-name-0"), one("b-long-name-0"));
  EXPECT_NE(SeededHash::Random().seed, SeededHash::Random().seed);
}

TEST(FlatIndexTest, FindsAllOfAKey) {
  FlatIndex index;
  index.Add(7, 2);
  index.Add(7, 1);
  index.Add(5, 9);
  index.Set(5, 10);
  index.Set(6, 3);
  EXPECT_EQ(index.Find(7).size(), 2u);
  ASSERT_EQ(index.Find(5).size(), 1u);
  EXPECT_EQ(index.Find(5)[0].index, 10u);
  EXPECT_TRUE(index.Find(8).empty());
  index.EraseIf([](const FlatIndex::Entry& entry) { return entry.index == 1; });
  ASSERT_EQ(index.Find(7).size(), 1u);
  EXPECT_EQ(index.Find(7)[0].index, 2u);
  EXPECT_EQ(index.size(), 3u);
}

}  // namespace
}  // namespace kubemonitor

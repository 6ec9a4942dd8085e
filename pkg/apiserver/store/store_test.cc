#include "apiserver/store/store.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>

#include "apiserver/store/store_testing.h"
#include "oracle/oracle_store.h"

namespace kubemonitor {
namespace {

using testing::ContainerIdentity;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using testing::PodIdentity;
using testing::Report;
using testing::TickAt;
using testing::Values;

constexpr uint64_t kAll = ~uint64_t{0};
constexpr int64_t kNow = 1'700'000'000'000;  // a multiple of the interval
constexpr int64_t kI = 10'000;
constexpr int64_t kEver = std::numeric_limits<int64_t>::max();

SeriesValues Pids(uint64_t count) { return Values({{Series::kPids, count}}); }

// A tick with one pod (number 1) and one container of it (number 2).
Tick PodTick(int64_t tick_ms, uint64_t value) {
  Tick tick = TickAt(tick_ms, Pids(value));
  tick.pods.push_back({1, Pids(value)});
  tick.containers.push_back({2, Pids(value)});
  return tick;
}

std::vector<Identity> PodAndContainer() {
  return {ContainerIdentity(2, 1, "c-1", "main"), PodIdentity(1, "uid-1", "shop", "cart")};
}

// The block store, and the oracle that it is held against elsewhere.
using Factory = std::unique_ptr<Store> (*)(StoreOptions);

class StoreTest : public ::testing::TestWithParam<Factory> {
 protected:
  std::vector<int64_t> Ticks(ObjectId id, int64_t first = 0, int64_t last = kEver) {
    std::vector<int64_t> ticks;
    const ObjectRows rows = store_->Read(id, kAll, first, last);
    for (size_t row = 0; row < rows.size(); ++row) ticks.push_back(rows.tick(row).tick_ms);
    return ticks;
  }
  const ObjectInfo* FindObject(const std::vector<ObjectInfo>& objects, ObjectKind kind,
                               size_t nth = 0) {
    for (const ObjectInfo& object : objects) {
      if (object.identity->kind == kind && nth-- == 0) return &object;
    }
    return nullptr;
  }
  std::unique_ptr<Store> store_ = GetParam()({});
};

TEST_P(StoreTest, StoresAReport) {
  const AppendResult result =
      store_->Append(Report("n1", PodAndContainer(), {PodTick(kNow, 5)}), kNow + 100);
  EXPECT_EQ(result.accepted_ticks, 1u);
  EXPECT_THAT(result.held, ElementsAre(TickRange{kNow, kNow}));
  EXPECT_THAT(result.identities_wanted, IsEmpty());
  EXPECT_THAT(result.refusals, IsEmpty());

  const NodeInfos nodes = store_->Nodes();
  ASSERT_EQ(nodes.size(), 1u);
  EXPECT_EQ(nodes[0]->name, "n1");
  EXPECT_EQ(nodes[0]->boot_id, "boot-1");
  EXPECT_EQ(nodes[0]->instance_id, "instance-1");
  EXPECT_EQ(nodes[0]->newest_tick_ms, kNow);
  EXPECT_EQ(nodes[0]->received_ms, kNow + 100);
  EXPECT_EQ(nodes[0]->boot_usec, static_cast<uint64_t>(kNow) * 1000);
  EXPECT_EQ(nodes[0]->details, nullptr);

  const std::vector<ObjectInfo> objects = store_->Objects(nodes[0]->node);
  ASSERT_EQ(objects.size(), 2u);
  const ObjectInfo* pod = FindObject(objects, ObjectKind::kPod);
  const ObjectInfo* container = FindObject(objects, ObjectKind::kContainer);
  EXPECT_EQ(container->pod, pod->id);
  EXPECT_EQ(container->identity->container_name, "main");
  EXPECT_EQ(pod->first_tick_ms, kNow);
  const ObjectRows rows = store_->Read(container->id, kAll, kNow, kNow);
  ASSERT_EQ(rows.size(), 1u);
  EXPECT_EQ(rows.Get(0, Series::kPids), 5u);
  EXPECT_EQ(rows.Get(0, Series::kOomKills), std::nullopt);
}

TEST_P(StoreTest, TwiceChangesNothing) {
  store_->Append(Report("n1", PodAndContainer(), {PodTick(kNow, 5)}), kNow);
  const AppendResult again = store_->Append(Report("n1", {}, {PodTick(kNow, 9)}), kNow + 50);
  EXPECT_EQ(again.accepted_ticks, 1u);
  EXPECT_EQ(store_->Read({0, 0}, kAll, kNow, kNow).Get(0, Series::kPids), 5u);
  EXPECT_EQ(store_->Stats().samples, 3u);
  EXPECT_EQ(store_->Stats().samples_total, 3u);
}

TEST_P(StoreTest, LateTicksTakeTheirPlace) {
  store_->Append(Report("n1", PodAndContainer(), {PodTick(kNow, 3)}), kNow);
  store_->Append(Report("n1", {}, {PodTick(kNow - 2 * kI, 1), PodTick(kNow - kI, 2)}), kNow);
  EXPECT_THAT(Ticks({0, 0}), ElementsAre(kNow - 2 * kI, kNow - kI, kNow));
  const ObjectRows rows = store_->Read({0, 1}, kAll, 0, kEver);
  ASSERT_EQ(rows.size(), 3u);
  EXPECT_EQ(rows.Get(0, Series::kPids), 1u);
  EXPECT_EQ(rows.tick(1).boot_usec, static_cast<uint64_t>(kNow - kI) * 1000);
  EXPECT_EQ(store_->Nodes()[0]->newest_tick_ms, kNow);
}

TEST_P(StoreTest, ReadGivesTheRowBeforeTheRange) {
  std::vector<Tick> ticks;
  for (int64_t back = 5; back >= 0; --back) {
    ticks.push_back(TickAt(kNow - back * kI, back == 3 ? SeriesValues() : Pids(7)));
  }
  ticks[1].node.Set(Series::kOomKills, 1);
  store_->Append(Report("n1", {}, ticks), kNow);
  EXPECT_THAT(Ticks({0, 0}, kNow - 2 * kI, kNow - kI),
              ElementsAre(kNow - 4 * kI, kNow - 2 * kI, kNow - kI));
  EXPECT_THAT(Ticks({0, 0}, kNow - 9 * kI, kNow - 4 * kI),
              ElementsAre(kNow - 5 * kI, kNow - 4 * kI));
  EXPECT_THAT(Ticks({0, 0}, kNow + kI, kNow + kI), ElementsAre(kNow));
  // Only rows with the series asked for count, before the range too.
  const auto oom = store_->Read({0, 0}, SeriesValues::Bit(Series::kOomKills), kNow, kNow);
  ASSERT_EQ(oom.size(), 1u);
  EXPECT_EQ(oom.tick(0).tick_ms, kNow - 4 * kI);
  EXPECT_THAT(Ticks({0, 9}), IsEmpty());
  EXPECT_THAT(Ticks({9, 0}), IsEmpty());
  EXPECT_THAT(store_->Objects(9), IsEmpty());
}

TEST_P(StoreTest, HeldRangesJoinConsecutiveTicks) {
  NodeReport report = Report("n1", {}, {});
  for (const int64_t back : {9, 8, 7, 5, 2, 1, 0}) {
    report.ticks.push_back(TickAt(kNow - back * kI, Pids(1)));
  }
  const AppendResult result = store_->Append(report, kNow);
  EXPECT_THAT(result.held,
              ElementsAre(TickRange{kNow - 9 * kI, kNow - 7 * kI},
                          TickRange{kNow - 5 * kI, kNow - 5 * kI}, TickRange{kNow - 2 * kI, kNow}));
  EXPECT_EQ(store_->Held("n1"), result.held);
  EXPECT_THAT(store_->Held("unknown"), IsEmpty());
}

TEST_P(StoreTest, HeldRangesFollowTheSendersInterval) {
  NodeReport report = Report("n1", {}, {});
  report.interval_ms = 15'000;  // meets the grid every 30 s
  for (const int64_t back : {6, 3, 0}) report.ticks.push_back(TickAt(kNow - back * kI, Pids(1)));
  EXPECT_THAT(store_->Append(report, kNow).held, ElementsAre(TickRange{kNow - 6 * kI, kNow}));
}

TEST_P(StoreTest, RefusesWhatIsOffTheGridOrTooOld) {
  const AppendResult result =
      store_->Append(Report("n1", {},
                            {TickAt(kNow + 1, Pids(1)), TickAt(kNow + 5, Pids(1)),
                             TickAt(kNow - 3'630'000, Pids(1)), TickAt(kNow - 3'620'000, Pids(1))}),
                     kNow);
  EXPECT_EQ(result.accepted_ticks, 1u);
  ASSERT_EQ(result.refusals.size(), 2u);
  EXPECT_EQ(result.refusals[0].reason, RefusalReason::kOffGrid);
  EXPECT_EQ(result.refusals[0].count, 2u);
  EXPECT_THAT(result.refusals[0].detail, HasSubstr("10000 ms"));
  EXPECT_EQ(result.refusals[1].reason, RefusalReason::kTooOld);
  EXPECT_EQ(result.refusals[1].count, 1u);
}

TEST_P(StoreTest, UnknownNumbersAreWantedAndTheTickIsNotStored) {
  Tick unknown = PodTick(kNow, 1);
  unknown.pods.push_back({77, Pids(1)});
  const AppendResult result = store_->Append(
      Report("n1", {PodIdentity(1, "u", "a", "b")}, {unknown, TickAt(kNow - kI, Pids(1))}), kNow);
  EXPECT_EQ(result.accepted_ticks, 1u);
  EXPECT_THAT(result.identities_wanted, ElementsAre(2, 77));
  EXPECT_THAT(result.held, ElementsAre(TickRange{kNow - kI, kNow - kI}));
  EXPECT_THAT(Ticks({0, 0}), ElementsAre(kNow - kI));
}

TEST_P(StoreTest, AnotherInstanceGoesOnWithTheSameObjects) {
  store_->Append(Report("n1", PodAndContainer(), {PodTick(kNow - kI, 1)}), kNow - kI);
  NodeReport report = Report("n1", {}, {PodTick(kNow, 2)});
  report.instance_id = "instance-2";
  EXPECT_THAT(store_->Append(report, kNow).identities_wanted, ElementsAre(1, 2));
  // Other numbers, the same objects.
  report.identities = {PodIdentity(8, "uid-1", "shop", "cart"),
                       ContainerIdentity(9, 8, "c-1", "main")};
  report.ticks[0].pods[0].object = 8;
  report.ticks[0].containers[0].object = 9;
  EXPECT_THAT(store_->Append(report, kNow).identities_wanted, IsEmpty());
  EXPECT_EQ(store_->Objects(0).size(), 2u);
  EXPECT_THAT(Ticks({0, 1}), ElementsAre(kNow - kI, kNow));
  EXPECT_EQ(store_->Nodes()[0]->instance_id, "instance-2");
}

TEST_P(StoreTest, ObjectsAreRecognisedByWhatIsKnownOfThem) {
  struct Case {
    const char* what;
    Identity first, second;
    size_t objects;  // with values, implied pods aside
  };
  Identity nameless = ContainerIdentity(1, 0, "", "");
  Identity by_name = ContainerIdentity(1, 0, "", "main");
  by_name.pod_name = "cart";
  const Case cases[] = {
      {"uid", PodIdentity(1, "u", "", ""), PodIdentity(1, "u", "a", "b"), 1},
      {"other uid of a name", PodIdentity(1, "u", "a", "b"), PodIdentity(1, "v", "a", "b"), 2},
      {"names without uid", PodIdentity(1, "", "a", "b"), PodIdentity(1, "", "a", "b"), 1},
      {"other namespace", PodIdentity(1, "", "a", "b"), PodIdentity(1, "", "c", "b"), 2},
      {"container id", ContainerIdentity(1, 0, "c", ""), ContainerIdentity(1, 0, "c", "n"), 1},
      {"restarted", ContainerIdentity(1, 0, "c", "n"), ContainerIdentity(1, 0, "d", "n"), 2},
      {"container by name", by_name, by_name, 1},
      {"nothing known", nameless, nameless, 2},
  };
  for (const Case& test : cases) {
    SCOPED_TRACE(test.what);
    store_ = GetParam()({});
    int64_t tick_ms = kNow - kI;
    for (const Identity& identity : {test.first, test.second}) {
      NodeReport report = Report("n1", {identity}, {TickAt(tick_ms)});
      report.instance_id = "instance-" + std::to_string(tick_ms);
      report.ticks[0].containers.push_back({1, Pids(1)});
      EXPECT_THAT(store_->Append(report, kNow).identities_wanted, IsEmpty());
      tick_ms += kI;
    }
    size_t with_rows = 0;
    for (const ObjectInfo& object : store_->Objects(0)) with_rows += !Ticks(object.id).empty();
    EXPECT_EQ(with_rows, test.objects);
  }
}

TEST_P(StoreTest, ANumberBoundToAnotherObjectNeverMixesThem) {
  store_->Append(Report("n1", PodAndContainer(), {PodTick(kNow - kI, 1)}), kNow);
  store_->Append(Report("n1", {ContainerIdentity(2, 1, "c-2", "main")}, {PodTick(kNow, 2)}), kNow);
  const auto objects = store_->Objects(0);
  ASSERT_EQ(objects.size(), 3u);
  EXPECT_THAT(Ticks(FindObject(objects, ObjectKind::kContainer, 0)->id), ElementsAre(kNow - kI));
  EXPECT_THAT(Ticks(FindObject(objects, ObjectKind::kContainer, 1)->id), ElementsAre(kNow));
}

TEST_P(StoreTest, NamesBecomeKnownAndAreNeverLost) {
  Identity named = PodIdentity(1, "uid-1", "shop", "cart");
  named.labels = {{"app", "cart"}};
  named.qos_class = QosClass::kBurstable;
  named.started_at_ms = 5;
  named.host_network = true;
  named.restart_count = 2;
  store_->Append(Report("n1", {PodIdentity(1, "uid-1", "", "")}, {TickAt(kNow)}), kNow);
  Tick tick = TickAt(kNow + kI);
  tick.pods.push_back({1, Pids(1)});
  store_->Append(Report("n1", {named}, {tick}), kNow);
  store_->Append(Report("n1", {PodIdentity(1, "uid-1", "", "")}, {}), kNow);
  const std::vector<ObjectInfo> objects = store_->Objects(0);
  ASSERT_EQ(objects.size(), 1u);
  EXPECT_EQ(*objects[0].identity, named);
  Identity corrected = named;
  corrected.host_network = false;
  store_->Append(Report("n1", {corrected}, {}), kNow);
  EXPECT_FALSE(store_->Objects(0)[0].identity->host_network);
}

TEST_P(StoreTest, AContainerBringsItsPod) {
  Identity container = ContainerIdentity(4, 0, "c-1", "main");
  container.pod_uid = "uid-1";
  Tick tick = TickAt(kNow);
  tick.containers.push_back({4, Pids(1)});
  store_->Append(Report("n1", {container}, {tick}), kNow);
  container.namespace_name = "shop";
  container.pod_name = "cart";
  store_->Append(Report("n1", {container}, {}), kNow);
  const auto objects = store_->Objects(0);
  ASSERT_EQ(objects.size(), 2u);
  const ObjectInfo* pod = FindObject(objects, ObjectKind::kPod);
  EXPECT_EQ(FindObject(objects, ObjectKind::kContainer)->pod, pod->id);
  EXPECT_EQ(pod->identity->pod_name, "cart");
  EXPECT_TRUE(pod->identity->container_id.empty());
  EXPECT_EQ(pod->last_tick_ms, kNow);
  EXPECT_THAT(Ticks(pod->id), IsEmpty());
  // The pod's own identity finds the one implied.
  store_->Append(Report("n1", {PodIdentity(5, "uid-1", "shop", "cart")}, {}), kNow);
  EXPECT_EQ(store_->Objects(0).size(), 2u);
}

TEST_P(StoreTest, BootsAreEpochs) {
  auto append = [&](const std::string& boot, int64_t tick_ms) {
    NodeReport report = Report("n1", {}, {TickAt(tick_ms, Pids(1))});
    report.boot_id = boot;
    store_->Append(report, kNow);
  };
  append("a", kNow - 5 * kI);
  append("b", kNow - kI);
  append("a", kNow - 4 * kI);  // late, of the boot before
  EXPECT_EQ(store_->Nodes()[0]->boot_id, "b");
  append("b", kNow);
  const ObjectRows rows = store_->Read({0, 0}, kAll, 0, kEver);
  ASSERT_EQ(rows.size(), 4u);
  EXPECT_EQ(rows.tick(0).epoch, rows.tick(1).epoch);
  EXPECT_NE(rows.tick(1).epoch, rows.tick(2).epoch);
  EXPECT_EQ(rows.tick(2).epoch, rows.tick(3).epoch);
}

TEST_P(StoreTest, ABootWithoutTicksIsForgottenAndItsEpochNotReused) {
  auto append = [&](const std::string& boot, int64_t tick_ms) {
    NodeReport report = Report("n1", {}, {TickAt(tick_ms, Pids(1))});
    report.boot_id = boot;
    store_->Append(report, tick_ms);
    const ObjectRows rows = store_->Read({0, 0}, kAll, tick_ms, tick_ms);
    return rows.tick(rows.size() - 1).epoch;
  };
  const uint32_t a = append("a", kNow);
  const uint32_t b = append("b", kNow + 3'700'000);
  const uint32_t a_again = append("a", kNow + 3'710'000);
  EXPECT_NE(a, b);
  EXPECT_NE(a, a_again);
  EXPECT_NE(b, a_again);
}

TEST_P(StoreTest, DetailsAreTheNewestAndThoseBefore) {
  auto report_at = [&](int64_t tick_ms, uint64_t limit, const std::string& boot) {
    NodeReport report = Report("n1", PodAndContainer(), {PodTick(tick_ms, 1)});
    report.boot_id = boot;
    report.ticks[0].node_details.emplace().uptime_seconds = limit;
    ObjectDetails details;
    details.object = 1;
    details.memory_limit_bytes = limit;
    ObjectDetails unknown;
    unknown.object = 99;
    report.ticks[0].object_details = {details, unknown};
    store_->Append(report, kNow);
  };
  report_at(kNow - 2 * kI, 1, "boot-1");
  EXPECT_EQ(store_->Nodes()[0]->previous_details, nullptr);
  report_at(kNow - kI, 2, "boot-1");
  report_at(kNow - 3 * kI, 99, "boot-1");  // late: not the newest
  NodeInfo node = *store_->Nodes()[0];
  EXPECT_EQ(node.details->uptime_seconds, 2u);
  EXPECT_EQ(node.previous_details->uptime_seconds, 1u);
  EXPECT_EQ(node.details_boot_usec - node.previous_details_boot_usec, 10'000'000u);
  const auto objects = store_->Objects(0);
  const ObjectInfo* pod = FindObject(objects, ObjectKind::kPod);
  EXPECT_EQ(pod->details->memory_limit_bytes, 2u);
  EXPECT_EQ(pod->previous_details->memory_limit_bytes, 1u);
  EXPECT_EQ(pod->details_boot_usec - pod->previous_details_boot_usec, 10'000'000u);
  report_at(kNow, 3, "boot-2");
  EXPECT_EQ(store_->Nodes()[0]->details->uptime_seconds, 3u);
  EXPECT_EQ(store_->Nodes()[0]->previous_details, nullptr);
}

TEST_P(StoreTest, TheSimpleFormNeedsNoInstanceAndItsTicksAreCompletedByLaterReports) {
  for (const std::string& instance : {std::string(), std::string(kSimpleInstance)}) {
    store_ = GetParam()({});
    auto append = [&](const std::string& pod, uint64_t value) {
      NodeReport report;
      report.node_name = "n1";
      report.instance_id = instance;
      report.identities = {PodIdentity(1, "", "shop", pod)};  // the same number each time
      Tick tick;
      tick.tick_ms = kNow;
      tick.pods.push_back({1, Pids(value)});
      report.ticks = {tick};
      return store_->Append(report, kNow);
    };
    EXPECT_EQ(append("cart", 1).accepted_ticks, 1u);
    EXPECT_EQ(append("till", 2).accepted_ticks, 1u);
    EXPECT_EQ(append("cart", 9).accepted_ticks, 1u);  // first wins
    ASSERT_EQ(store_->Objects(0).size(), 2u);
    EXPECT_EQ(store_->Read({0, 1}, kAll, 0, kEver).Get(0, Series::kPids), 1u);
    const ObjectRows rows = store_->Read({0, 2}, kAll, 0, kEver);
    EXPECT_EQ(rows.Get(0, Series::kPids), 2u);
    EXPECT_EQ(rows.tick(0).boot_usec, static_cast<uint64_t>(kNow) * 1000);
    EXPECT_EQ(store_->Nodes()[0]->interval_ms, kI);
  }
}

TEST_P(StoreTest, ObjectsAreBounded) {
  store_ = GetParam()({.max_objects_per_node = 2});
  std::vector<Identity> identities = PodAndContainer();
  identities.push_back(ContainerIdentity(3, 1, "c-3", "third"));
  Tick tick = PodTick(kNow, 1);
  tick.containers.push_back({3, Pids(1)});
  AppendResult result = store_->Append(Report("n1", identities, {tick}), kNow);
  EXPECT_EQ(result.accepted_ticks, 1u);  // without the third, which is said
  EXPECT_THAT(result.identities_wanted, IsEmpty());
  ASSERT_EQ(result.refusals.size(), 1u);
  EXPECT_EQ(result.refusals[0].reason, RefusalReason::kCapacity);
  EXPECT_EQ(result.refusals[0].count, 1u);
  EXPECT_THAT(result.refusals[0].detail, HasSubstr("n1"));
  // It is said again with every report, without asking for the identity.
  tick = PodTick(kNow + kI, 1);
  tick.containers.push_back({3, Pids(1)});
  result = store_->Append(Report("n1", {}, {tick}), kNow);
  EXPECT_EQ(result.refusals.at(0).count, 1u);
  // Once there is room, the identity is asked for.
  Tick later = TickAt(kNow + 3'700'000);
  later.containers.push_back({3, Pids(1)});
  result = store_->Append(Report("n1", {}, {later}), kNow + 3'700'000);
  EXPECT_THAT(result.identities_wanted, ElementsAre(3));
  result = store_->Append(Report("n1", {identities[2]}, {later}), kNow + 3'700'000);
  EXPECT_THAT(result.refusals, IsEmpty());
  ASSERT_EQ(store_->Objects(0).size(), 1u);
  EXPECT_EQ(store_->Objects(0)[0].id.index, 3u);  // never reused
}

TEST_P(StoreTest, NodesAreBounded) {
  store_ = GetParam()({.max_nodes = 1});
  store_->Append(Report("n1", {}, {TickAt(kNow, Pids(1))}), kNow);
  const AppendResult result = store_->Append(Report("n2", {}, {TickAt(kNow, Pids(1))}), kNow);
  EXPECT_EQ(result.accepted_ticks, 0u);
  ASSERT_EQ(result.refusals.size(), 1u);
  EXPECT_EQ(result.refusals[0].reason, RefusalReason::kCapacity);
  EXPECT_THAT(result.refusals[0].detail, HasSubstr("n2"));
  EXPECT_FALSE(store_->SetHealth("n3", {}, kNow));
  EXPECT_TRUE(
      store_->SetHealth("n1", {.clock_skew_seconds = std::nullopt, .conflict = true}, kNow));
  EXPECT_TRUE(store_->Nodes()[0]->health.conflict);
}

TEST_P(StoreTest, NodesTellWhatChangedAndWhatWasToldStays) {
  store_->Append(Report("n1", {}, {TickAt(kNow, Values({{Series::kOomKills, 0}}))}), kNow);
  const NodeInfos first = store_->Nodes();
  EXPECT_EQ(first[0]->seen, SeriesValues::Bit(Series::kOomKills));
  EXPECT_EQ(first[0]->nonzero, 0u);
  store_->Append(Report("n1", {}, {TickAt(kNow + kI, Pids(1))}), kNow + kI);
  EXPECT_EQ(first[0]->newest_tick_ms, kNow);
  const NodeInfos second = store_->Nodes();
  EXPECT_EQ(second[0]->newest_tick_ms, kNow + kI);
  EXPECT_EQ(second[0]->nonzero, SeriesValues::Bit(Series::kPids));
  store_->SetHealth("n1", {.clock_skew_seconds = std::nullopt, .conflict = true}, kNow + kI);
  EXPECT_FALSE(second[0]->health.conflict);
  EXPECT_TRUE(store_->Nodes()[0]->health.conflict);
  store_->Expire(kNow + 363 * kI);
  EXPECT_EQ(store_->Nodes()[0]->oldest_tick_ms, kNow + kI);
}

TEST_P(StoreTest, ExpiryKeepsTwoIntervalsForTheFirstRate) {
  NodeReport report = Report("n1", {}, {});
  for (int64_t back = 360; back >= 0; --back) {
    report.ticks.push_back(TickAt(kNow - back * kI, Pids(1)));
  }
  EXPECT_EQ(store_->Append(report, kNow).accepted_ticks, 361u);
  store_->Expire(kNow + 2 * kI);
  EXPECT_EQ(Ticks({0, 0}).front(), kNow - 360 * kI);
  store_->Expire(kNow + 3 * kI);
  EXPECT_EQ(Ticks({0, 0}).front(), kNow - 359 * kI);
  // Append drops as well.
  store_->Append(Report("n1", {}, {TickAt(kNow + 10 * kI, Pids(1))}), kNow + 10 * kI);
  EXPECT_EQ(Ticks({0, 0}).front(), kNow - 352 * kI);
  EXPECT_EQ(store_->Held("n1").front().first_ms, kNow - 352 * kI);
}

TEST_P(StoreTest, EndedObjectsGoWithTheirLastRow) {
  store_->Append(Report("n1", PodAndContainer(), {PodTick(kNow, 1)}), kNow);
  // An identity that never gets a value takes room, but is not shown.
  store_->Append(Report("n1", {PodIdentity(7, "uid-7", "a", "b")}, {}), kNow);
  EXPECT_EQ(store_->Objects(0).size(), 2u);
  EXPECT_EQ(store_->Stats().pods, 2u);
  const int64_t later = kNow + 3'640'000;
  store_->Append(Report("n1", {}, {TickAt(later, Pids(1))}), later);
  EXPECT_THAT(store_->Objects(0), IsEmpty());
  EXPECT_EQ(store_->Stats().pods, 0u);
  EXPECT_EQ(store_->Stats().containers, 0u);
  Tick back_again = PodTick(later + kI, 1);
  EXPECT_THAT(store_->Append(Report("n1", {}, {back_again}), later + kI).identities_wanted,
              ElementsAre(1, 2));
}

TEST_P(StoreTest, NodesWithoutTicksGoInTheEnd) {
  store_->Append(Report("n1", {}, {TickAt(kNow, Pids(1))}), kNow);
  EXPECT_TRUE(
      store_->SetHealth("refused", {.clock_skew_seconds = 600.0, .clock_refused = true}, kNow));
  ASSERT_EQ(store_->Nodes().size(), 2u);
  EXPECT_EQ(store_->Nodes()[1]->newest_tick_ms, std::nullopt);
  EXPECT_EQ(store_->Nodes()[1]->health.clock_skew_seconds, 600.0);
  const uint32_t first_id = store_->Nodes()[0]->node;
  store_->Expire(kNow + 3'600'000);
  EXPECT_EQ(store_->Nodes().size(), 2u);
  store_->Expire(kNow + 3'630'000);
  EXPECT_THAT(store_->Nodes(), IsEmpty());
  EXPECT_EQ(store_->Stats().samples_total, 1u);
  store_->Append(Report("n1", {}, {TickAt(kNow + 3'630'000, Pids(1))}), kNow + 3'630'000);
  EXPECT_NE(store_->Nodes()[0]->node, first_id);
}

TEST_P(StoreTest, Statistics) {
  EXPECT_EQ(store_->Stats().oldest_tick_ms, std::nullopt);
  store_->Append(Report("n1", PodAndContainer(), {PodTick(kNow, 1), PodTick(kNow + kI, 1)}), kNow);
  store_->Append(Report("n2", {}, {TickAt(kNow - kI, Pids(4))}), kNow);
  const StoreStats stats = store_->Stats();
  EXPECT_EQ(stats.nodes, 2u);
  EXPECT_EQ(stats.pods, 1u);
  EXPECT_EQ(stats.containers, 1u);
  EXPECT_EQ(stats.series, 4u);
  EXPECT_EQ(stats.samples, 7u);
  EXPECT_EQ(stats.samples_total, 7u);
  EXPECT_EQ(stats.oldest_tick_ms, kNow - kI);
  EXPECT_EQ(stats.newest_tick_ms, kNow + kI);
  EXPECT_GT(stats.memory_bytes(), 7 * sizeof(uint64_t));
  EXPECT_GT(stats.object_bytes, 0u);
  EXPECT_EQ(store_->options().interval_ms, kI);
}

INSTANTIATE_TEST_SUITE_P(Both, StoreTest, ::testing::Values(&NewBlockStore, &NewOracleStore),
                         [](const auto& test) { return test.index == 0 ? "Block" : "Oracle"; });

}  // namespace
}  // namespace kubemonitor

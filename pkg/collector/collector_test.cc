#include "collector/collector.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "collector/options.h"

namespace kubemonitor {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

class FakeClock final : public Clock {
 public:
  int64_t WallMs() const override { return wall_ms; }
  uint64_t BootUsec() const override { return boot_usec; }
  int64_t wall_ms = 1'000'003'000;
  uint64_t boot_usec = 1;
};

class FakeSampler final : public Sampler {
 public:
  Sample Read(int64_t tick_ms) override {
    Sample out;
    out.tick.tick_ms = tick_ms;
    return out;
  }
  std::string boot_id() const override { return "boot"; }
  std::string cgroup_mode() const override { return "v2"; }
};

class FakePublisher final : public Publisher {
 public:
  void Publish(const Sample& sample) override { ticks.push_back(sample.tick.tick_ms); }
  uint32_t server_interval_ms() const override { return wanted; }
  std::map<std::string, uint32_t> server_intervals() const override { return intervals; }
  void SetInterval(uint32_t interval_ms) override { set.push_back(interval_ms); }
  std::vector<int64_t> ticks;
  std::vector<uint32_t> set;
  uint32_t wanted = 0;
  std::map<std::string, uint32_t> intervals;
};

TEST(TickSchedule, TicksAreAlignedAndComeOnce) {
  TickSchedule schedule(3'000);
  EXPECT_EQ(schedule.UntilNextMs(3'000, 10'000), 7'000);
  EXPECT_FALSE(schedule.Due(9'999, 10'000).has_value());
  EXPECT_EQ(schedule.Due(10'000, 10'000), 10'000);
  EXPECT_FALSE(schedule.Due(10'001, 10'000).has_value());
  EXPECT_FALSE(schedule.Due(19'999, 10'000).has_value());
  EXPECT_EQ(schedule.Due(20'004, 10'000), 20'000);
}

TEST(TickSchedule, MissedTicksAreNotMadeUpFor) {
  TickSchedule schedule(0);
  EXPECT_EQ(schedule.Due(10'000, 10'000), 10'000);
  EXPECT_EQ(schedule.Due(57'000, 10'000), 50'000);
  EXPECT_EQ(schedule.UntilNextMs(57'000, 10'000), 3'000);
}

TEST(TickSchedule, ClockSetForward) {
  TickSchedule schedule(0);
  EXPECT_EQ(schedule.Due(10'000, 10'000), 10'000);
  EXPECT_EQ(schedule.Due(86'410'500, 10'000), 86'410'000);
}

TEST(TickSchedule, ClockSetBackALittleWaits) {
  TickSchedule schedule(0);
  EXPECT_EQ(schedule.Due(20'000, 10'000), 20'000);
  EXPECT_FALSE(schedule.Due(19'500, 10'000).has_value());
  EXPECT_FALSE(schedule.Due(20'000, 10'000).has_value()) << "not twice";
  EXPECT_EQ(schedule.UntilNextMs(19'500, 10'000), 10'500);
  EXPECT_EQ(schedule.Due(30'000, 10'000), 30'000);
}

TEST(TickSchedule, ClockSetBackFarGoesOnFromThere) {
  TickSchedule schedule(0);
  EXPECT_EQ(schedule.Due(7'200'000, 10'000), 7'200'000);
  EXPECT_FALSE(schedule.Due(3'604'000, 10'000).has_value());
  EXPECT_EQ(schedule.UntilNextMs(3'604'000, 10'000), 6'000);
  EXPECT_EQ(schedule.Due(3'610'000, 10'000), 3'610'000);
}

TEST(TickSchedule, AnotherIntervalHasAnotherGrid) {
  TickSchedule schedule(0);
  EXPECT_EQ(schedule.Due(10'000, 10'000), 10'000);
  EXPECT_EQ(schedule.UntilNextMs(10'000, 15'000), 5'000);
  EXPECT_EQ(schedule.Due(15'000, 15'000), 15'000);
}

TEST(Collector, PublishesEachTick) {
  FakeClock clock;
  FakeSampler sampler;
  FakePublisher publisher;
  Collector collector({}, sampler, publisher, clock);
  EXPECT_EQ(collector.Step(), 7'000);
  clock.wall_ms += 7'000;
  EXPECT_EQ(collector.Step(), 10'000);
  clock.wall_ms += 10'000;
  collector.Step();
  collector.Step();
  EXPECT_THAT(publisher.ticks, ElementsAre(1'000'010'000, 1'000'020'000));
}

TEST(Collector, AdoptsTheServersInterval) {
  FakeClock clock;
  FakeSampler sampler;
  FakePublisher publisher;
  Collector collector({}, sampler, publisher, clock);
  EXPECT_EQ(collector.interval_ms(), 10'000);
  publisher.wanted = 2'000;
  EXPECT_EQ(collector.Step(), 1'000);
  EXPECT_EQ(collector.interval_ms(), 2'000);
  EXPECT_THAT(publisher.set, ElementsAre(2'000));
}

TEST(Collector, KeepsAnExplicitInterval) {
  FakeClock clock;
  FakeSampler sampler;
  FakePublisher publisher;
  publisher.wanted = 2'000;
  Collector collector({.interval_ms = 5'000}, sampler, publisher, clock);
  collector.Step();
  EXPECT_EQ(collector.interval_ms(), 5'000);
  EXPECT_THAT(publisher.set, IsEmpty());
}

TEST(Collector, SaysOnceAServerThatAnExplicitIntervalDoesNotFit) {
  FakeClock clock;
  FakeSampler sampler;
  FakePublisher publisher;
  Collector collector({.interval_ms = 15'000}, sampler, publisher, clock);
  const auto logged = [&collector] {
    ::testing::internal::CaptureStderr();
    collector.Step();
    return ::testing::internal::GetCapturedStderr();
  };
  EXPECT_THAT(logged(), IsEmpty()) << "no server answered yet";
  publisher.intervals = {{"192.0.2.1:1", 10'000}, {"192.0.2.2:1", 5'000}};
  EXPECT_THAT(logged(), HasSubstr("server 192.0.2.1:1 stores every 10000 ms"));
  EXPECT_THAT(logged(), IsEmpty());
  publisher.intervals["192.0.2.3:1"] = 20'000;
  EXPECT_THAT(logged(), HasSubstr("server 192.0.2.3:1"));
  EXPECT_THAT(logged(), IsEmpty());
}

TEST(Collector, AnAdoptedIntervalIsNoMisfit) {
  FakeClock clock;
  FakeSampler sampler;
  FakePublisher publisher;
  publisher.wanted = 5'000;
  publisher.intervals = {{"192.0.2.1:1", 5'000}, {"192.0.2.2:1", 20'000}};
  Collector collector({}, sampler, publisher, clock);
  ::testing::internal::CaptureStderr();
  collector.Step();
  EXPECT_THAT(::testing::internal::GetCapturedStderr(), Not(HasSubstr("stores every")));
}

TEST(CollectorOptions, HostNameStandsIn) {
  EXPECT_EQ(ParseCollectorOptions({}, {}, "Node-7.Example").options.node_name, "node-7.example");
  const auto bad = ParseCollectorOptions({}, {}, "my_host");
  ASSERT_EQ(bad.problems.size(), 1U);
  EXPECT_THAT(bad.problems[0], HasSubstr("the host name 'my_host' is no node name"));
}

TEST(CollectorOptions, EveryBadServerIsTold) {
  const auto by_flag =
      ParseCollectorOptions({"--api-server", "nohost,good:1,x:0", "--api-server=:1"}, {}, "h");
  EXPECT_THAT(by_flag.problems,
              ElementsAre(HasSubstr("--api-server: 'nohost'"), HasSubstr("--api-server: 'x:0'"),
                          HasSubstr("--api-server: ':1'")));
  const auto by_environment =
      ParseCollectorOptions({}, {{"API_SERVER_ADDR", "nohost,x:0,good:1"}}, "h");
  EXPECT_THAT(by_environment.problems,
              ElementsAre(HasSubstr("API_SERVER_ADDR (environment): 'nohost'"),
                          HasSubstr("API_SERVER_ADDR (environment): 'x:0'")));
  EXPECT_THAT(ParseCollectorOptions({"--help", "--api-server=x"}, {}, "h").problems, IsEmpty());
}

TEST(CollectorOptions, ExplicitZeroHistory) {
  EXPECT_EQ(ParseCollectorOptions({"--history=0s"}, {}, "h").options.history_ms, 0);
}

}  // namespace
}  // namespace kubemonitor

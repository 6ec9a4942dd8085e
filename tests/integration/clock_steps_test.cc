// The wall clock of a node is set, in both directions and by years, while its boot clock goes on:
// the ticks of that time may be lost, but no rate is ever made up, and with the right time the data
// is back.

#include <gtest/gtest.h>

#include <memory>
#include <optional>
#include <string>

#include "apiserver/ingest/ingest.h"
#include "apiserver/query/rates.h"
#include "apiserver/query/summed_store.h"
#include "collector/collector.h"
#include "collector/publish/publish_testing.h"
#include "collector/publish/sender.h"

namespace kubemonitor {
namespace {

constexpr int64_t kI = 10'000;
constexpr int64_t kYear = int64_t{365} * 86'400'000;
constexpr uint64_t kPart = 4;  // of the time the processor is used

// A node that samples as the collector's loop does, and its server, whose clock is right.
class ClockStepsTest : public ::testing::Test {
 protected:
  void Seconds(int count) {
    for (int i = 0; i < count; ++i) {
      node_clock_.Advance(1'000);
      server_clock_.Advance(1'000);
      if (const auto tick = schedule_.Due(node_clock_.wall_ms, kI)) Add(*tick);
      Send();
    }
  }
  void SetNodeClock(int64_t ahead_ms) { node_clock_.wall_ms = server_clock_.wall_ms + ahead_ms; }

  const NodeInfo& Info() {
    infos_ = store_->Nodes();
    EXPECT_EQ(infos_.size(), 1U);
    return *infos_[0];
  }
  int64_t Now() const { return server_clock_.wall_ms; }
  bool Fresh() { return Info().newest_tick_ms.value_or(0) >= server_clock_.wall_ms - 2 * kI; }

  // Returns how many rates there are.
  size_t ExpectNothingInvented() {
    const ObjectRows rows = store_->Read({Info().node, 0}, ~uint64_t{0}, 0, INT64_MAX);
    const std::vector<CounterStep> steps = CounterSteps(rows, Series::kCpuUsageUsec);
    for (const CounterStep& step : steps) {
      EXPECT_EQ(step.delta * kPart, step.elapsed_usec) << "at " << step.tick_ms;
    }
    return steps.size();
  }

 private:
  void Add(int64_t tick_ms) {
    Sample sample;
    sample.tick.tick_ms = tick_ms;
    sample.tick.boot_usec = node_clock_.boot_usec;
    sample.tick.node.Set(Series::kCpuUsageUsec, node_clock_.boot_usec / kPart);
    log_.Add(sample, node_clock_.boot_usec);
  }
  void Send() {
    uint64_t wake = 0;
    for (int requests = 0; requests < 100; ++requests) {
      const auto request = sender_.Next(kI, &wake);
      if (!request) return;
      std::string answer;
      ASSERT_TRUE(ingest_.HandleBytes(*request, "node-1", &answer).ok());
      sender_.OnAnswer(answer);
    }
    ADD_FAILURE() << "a loop without end";
  }

  FakeClock node_clock_, server_clock_;
  TickSchedule schedule_{node_clock_.wall_ms};
  TickLog log_{{.boot_id = "boot"}};
  Sender sender_{log_, node_clock_, SenderOptions{"server", "node-1", "i1", "boot", "0.1.0"}};
  std::unique_ptr<SummedStore> store_ = NewSummedStore({});
  Ingest ingest_{*store_, server_clock_, IngestOptions{"server"}};
  NodeInfos infos_;
};

TEST_F(ClockStepsTest, StepsByWhichTicksAreStillTaken) {
  Seconds(300);
  const size_t before = ExpectNothingInvented();
  EXPECT_GE(before, 28U);
  for (const int64_t ahead_ms : {3'000, -3'000, 40'000, -40'000, 250'000, -250'000}) {
    SetNodeClock(ahead_ms);
    Seconds(120);
    EXPECT_FALSE(Info().health.clock_refused) << ahead_ms;
    ExpectNothingInvented();
    SetNodeClock(0);
    Seconds(300);
    EXPECT_TRUE(Fresh()) << ahead_ms;
    ExpectNothingInvented();
  }
  EXPECT_GE(ExpectNothingInvented(), before + 6 * 10);
}

TEST_F(ClockStepsTest, ByMinutesAndYearsAndBack) {
  Seconds(300);
  const size_t before = ExpectNothingInvented();
  for (const int64_t ahead_ms :
       {400'000L, -400'000L, 3'000'000L, -3'000'000L, 3 * kYear, -3 * kYear}) {
    SetNodeClock(ahead_ms);
    Seconds(60);
    EXPECT_TRUE(Info().health.clock_refused) << ahead_ms;
    EXPECT_NEAR(Info().health.clock_skew_seconds.value_or(0), -static_cast<double>(ahead_ms) / 1000,
                1);
    EXPECT_LE(*Info().newest_tick_ms, Now()) << "nothing of a time to come";
    SetNodeClock(0);
    Seconds(120);
    EXPECT_FALSE(Info().health.clock_refused) << ahead_ms;
    EXPECT_TRUE(Fresh()) << ahead_ms;
    ExpectNothingInvented();
  }
  EXPECT_GE(ExpectNothingInvented(), before + 6 * 8);
}

}  // namespace
}  // namespace kubemonitor

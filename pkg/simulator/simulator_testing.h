#ifndef KUBEMONITOR_SIMULATOR_SIMULATOR_TESTING_H_
#define KUBEMONITOR_SIMULATOR_SIMULATOR_TESTING_H_

// For tests: a clock that is set, and a server that does what its contract says, without a network.

#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <deque>
#include <functional>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "common/clock.h"
#include "common/series_block.h"
#include "metrics.pb.h"
#include "simulator/calls.h"

namespace kubemonitor::testing {

// Thread-safe.
class FakeClock final : public Clock {
 public:
  int64_t WallMs() const override { return start_ms + static_cast<int64_t>(usec_.load()) / 1000; }
  uint64_t BootUsec() const override { return 5'000'000'000 + usec_.load(); }
  void AdvanceUsec(uint64_t usec) { usec_ += usec; }
  void AdvanceMs(uint64_t ms) { AdvanceUsec(ms * 1000); }

  static constexpr int64_t start_ms = 1'790'000'000'000;  // a multiple of 10 s

 private:
  std::atomic<uint64_t> usec_{0};
};

// What a server holds of one node. Takes ticks whose objects it knows, each once.
class FakeNode {
 public:
  v1::MetricsResponse Handle(const v1::MetricsRequest& request, const std::string& instance) {
    v1::MetricsResponse answer;
    answer.set_server_instance(instance);
    answer.set_interval_ms(interval_ms);
    answer.set_retention_seconds(retention_seconds);
    if (refuse_all != v1::REFUSAL_REASON_UNSPECIFIED) {
      AddRefusal(answer, refuse_all);
      return answer;
    }
    for (const v1::Identity& identity : request.identities()) {
      ++identities_received;
      objects.insert(identity.object());
    }
    answer.set_codec_version(codec_version);
    if (request.history_waiting_bytes() > 0) {
      answer.set_history_credit_bytes(credit_bytes);
      answer.set_history_retry_ms(retry_ms);
    }
    for (const v1::HistoryBlock& block : request.blocks()) Take(block, answer);
    for (const v1::Tick& tick : request.ticks()) Take(tick, answer);
    for (const int64_t tick_ms : ticks) {
      v1::TickRange* range = answer.add_held();
      range->set_first_ms(tick_ms);
      range->set_last_ms(tick_ms);
    }
    return answer;
  }

  uint32_t interval_ms = 10'000;
  uint32_t retention_seconds = 3'600;
  uint32_t codec_version = 0;  // an old server
  uint64_t credit_bytes = 1 << 20;
  uint32_t retry_ms = 0;
  bool refuse_blocks = false;
  size_t blocks_received = 0;
  std::set<int64_t> ticks;
  std::set<uint32_t> objects;
  std::set<int64_t> refused_ticks;  // answered as invalid
  v1::RefusalReason refuse_all = v1::REFUSAL_REASON_UNSPECIFIED;
  size_t identities_received = 0;
  size_t ticks_received = 0;  // those held already included

 private:
  static void AddRefusal(v1::MetricsResponse& answer, v1::RefusalReason reason) {
    v1::Refusal* refusal = answer.add_refusals();
    refusal->set_reason(reason);
    refusal->set_count(1);
    refusal->set_detail("refused by the test");
  }

  void Take(const v1::HistoryBlock& block, v1::MetricsResponse& answer) {
    EXPECT_GT(codec_version, 0U) << "nobody asked for blocks";
    if (refuse_blocks) return AddRefusal(answer, v1::REFUSAL_REASON_VERSION);
    const auto reader = BlockReader::Check(
        {reinterpret_cast<const uint8_t*>(block.bytes().data()), block.bytes().size()});
    ASSERT_TRUE(reader.ok()) << reader.status();
    for (BlockReader::Object object = reader->Objects(); object.Next();) {
      if (object.number() == 0 || objects.contains(object.number())) continue;
      return answer.add_identities_wanted(object.number());
    }
    for (const BlockTick& tick : reader->Ticks()) {
      EXPECT_TRUE(ticks.insert(tick.tick_ms).second) << "it held this tick";
    }
    ++blocks_received;
  }

  void Take(const v1::Tick& tick, v1::MetricsResponse& answer) {
    ++ticks_received;
    bool known = true;
    for (const auto* set : {&tick.pods(), &tick.containers()}) {
      for (const uint32_t object : set->objects()) {
        if (objects.contains(object)) continue;
        known = false;
        answer.add_identities_wanted(object);
      }
    }
    if (refused_ticks.contains(tick.tick_ms())) {
      AddRefusal(answer, v1::REFUSAL_REASON_INVALID);
    } else if (known) {
      ticks.insert(tick.tick_ms());
    }
  }
};

// Calls that end as soon as somebody waits for them. Time passes only while nothing is under way.
class FakeCalls final : public Calls {
 public:
  explicit FakeCalls(FakeClock& clock) : clock_(clock) {}

  void Start(uint32_t node, const std::string& request) override {
    running_.push_back({node, request});
    most_running = std::max(most_running, running_.size());
  }
  std::optional<Done> Wait(uint64_t timeout_usec) override {
    if (on_wait) on_wait();
    if (running_.empty()) {
      clock_.AdvanceUsec(timeout_usec);
      return std::nullopt;
    }
    const auto [node, bytes] = running_.front();
    running_.pop_front();
    if (away) return Done{node, absl::UnavailableError("away")};
    v1::MetricsRequest request;
    EXPECT_TRUE(request.ParseFromString(bytes));
    log.emplace_back(node, request);
    return Done{node, nodes[node].Handle(request, instance).SerializeAsString()};
  }
  void CancelAll() override {}

  // Another server on the same address, which holds nothing.
  void Restart(const std::string& other) {
    instance = other;
    nodes.clear();
  }

  std::string instance = "server-1";
  bool away = false;
  std::map<uint32_t, FakeNode> nodes;
  std::vector<std::pair<uint32_t, v1::MetricsRequest>> log;
  size_t most_running = 0;
  std::function<void()> on_wait;

 private:
  FakeClock& clock_;
  std::deque<std::pair<uint32_t, std::string>> running_;
};

}  // namespace kubemonitor::testing

#endif  // KUBEMONITOR_SIMULATOR_SIMULATOR_TESTING_H_

#ifndef KUBEMONITOR_COLLECTOR_PUBLISH_PUBLISH_TESTING_H_
#define KUBEMONITOR_COLLECTOR_PUBLISH_PUBLISH_TESTING_H_

// For tests: a clock that is set, samples, and a server in a few lines.

#include <absl/status/statusor.h>
#include <gtest/gtest.h>

#include <cstdint>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "collector/sampling/sampler.h"
#include "common/clock.h"
#include "common/series_block.h"
#include "metrics.pb.h"
#include "wire/limits.h"

namespace kubemonitor {

class FakeClock final : public Clock {
 public:
  int64_t WallMs() const override { return wall_ms; }
  uint64_t BootUsec() const override { return boot_usec; }
  void Advance(int64_t ms) {
    wall_ms += ms;
    boot_usec += static_cast<uint64_t>(ms) * 1000;
  }
  int64_t wall_ms = 1'700'000'000'000;
  uint64_t boot_usec = 5'000'000'000;
};

inline std::shared_ptr<const Identity> MakeIdentity(uint32_t object, const std::string& name) {
  auto out = std::make_shared<Identity>();
  out->object = object;
  out->pod_uid = "uid-" + std::to_string(object);
  out->pod_name = name;
  return out;
}

// One pod per identity, and details.
inline Sample MakeSample(int64_t tick_ms,
                         const std::vector<std::shared_ptr<const Identity>>& identities = {}) {
  Sample out;
  out.tick.tick_ms = tick_ms;
  out.tick.boot_usec = static_cast<uint64_t>(tick_ms) * 1000;
  out.tick.node.Set(Series::kCpuUsageUsec, 1);
  out.tick.node_details.emplace().kernel_version = "details of " + std::to_string(tick_ms);
  for (const auto& identity : identities) {
    ObjectSample& sample = out.tick.pods.emplace_back();
    sample.object = identity->object;
    sample.values.Set(Series::kCpuUsageUsec, 7);
  }
  out.identities = identities;
  return out;
}

// Takes what its contract says: ticks whose objects it knows, each once.
class FakeServer {
 public:
  explicit FakeServer(std::string instance) : instance_(std::move(instance)) {}

  std::string Handle(const std::string& bytes) {
    request.Clear();
    parsed = request.ParseFromString(bytes);
    sizes.push_back(bytes.size());
    v1::MetricsResponse answer;
    answer.set_server_instance(instance_);
    answer.set_interval_ms(interval_ms);
    answer.set_retention_seconds(3600);
    if (refuse_all != v1::REFUSAL_REASON_UNSPECIFIED) {
      AddRefusal(answer, refuse_all);
      return answer.SerializeAsString();
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
    block_ticks.clear();
    for (const v1::HistoryBlock& block : request.blocks()) Take(block, answer);
    for (const v1::Tick& tick : request.ticks()) Take(tick, answer);
    for (const int64_t tick_ms : ticks) {
      v1::TickRange* range = answer.add_held();
      range->set_first_ms(tick_ms);
      range->set_last_ms(tick_ms);
    }
    return answer.SerializeAsString();
  }

  std::vector<int64_t> RequestTicks() const {
    std::vector<int64_t> out;
    for (const v1::Tick& tick : request.ticks()) out.push_back(tick.tick_ms());
    return out;
  }

  uint32_t interval_ms = 10'000;
  uint32_t codec_version = 0;  // an old server
  uint64_t credit_bytes = 1 << 20;
  uint32_t retry_ms = 0;
  v1::RefusalReason refuse_blocks = v1::REFUSAL_REASON_UNSPECIFIED;
  std::vector<int64_t> block_ticks;  // of the last request
  std::set<int64_t> ticks;
  std::set<uint32_t> objects;
  std::set<int64_t> refused_ticks;  // answered as invalid
  v1::RefusalReason refuse_all = v1::REFUSAL_REASON_UNSPECIFIED;
  size_t identities_received = 0;
  v1::MetricsRequest request;  // the last one
  bool parsed = false;
  std::vector<size_t> sizes;

 private:
  static void AddRefusal(v1::MetricsResponse& answer, v1::RefusalReason reason) {
    v1::Refusal* refusal = answer.add_refusals();
    refusal->set_reason(reason);
    refusal->set_count(1);
    refusal->set_detail("refused by the test");
  }

  void Take(const v1::HistoryBlock& block, v1::MetricsResponse& answer) {
    EXPECT_GT(codec_version, 0U) << "nobody asked for blocks";
    if (refuse_blocks != v1::REFUSAL_REASON_UNSPECIFIED) return AddRefusal(answer, refuse_blocks);
    const auto reader = BlockReader::Check(
        {reinterpret_cast<const uint8_t*>(block.bytes().data()), block.bytes().size()});
    ASSERT_TRUE(reader.ok()) << reader.status();
    EXPECT_EQ(reader->BootIds(), std::vector<std::string>{request.boot_id()});
    for (BlockReader::Object object = reader->Objects(); object.Next();) {
      if (object.number() == 0 || objects.contains(object.number())) continue;
      return answer.add_identities_wanted(object.number());
    }
    for (const BlockTick& tick : reader->Ticks()) {
      EXPECT_TRUE(ticks.insert(tick.tick_ms).second) << "it held this tick";
      block_ticks.push_back(tick.tick_ms);
    }
  }

  void Take(const v1::Tick& tick, v1::MetricsResponse& answer) {
    bool known = true;
    for (const uint32_t object : tick.pods().objects()) {
      if (objects.contains(object)) continue;
      known = false;
      answer.add_identities_wanted(object);
    }
    if (refused_ticks.contains(tick.tick_ms())) {
      AddRefusal(answer, v1::REFUSAL_REASON_INVALID);
    } else if (known) {
      ticks.insert(tick.tick_ms());
    }
  }

  std::string instance_;
};

}  // namespace kubemonitor

#endif  // KUBEMONITOR_COLLECTOR_PUBLISH_PUBLISH_TESTING_H_

#ifndef KUBEMONITOR_SIMULATOR_REQUEST_MAKER_H_
#define KUBEMONITOR_SIMULATOR_REQUEST_MAKER_H_

// The bytes a collector of the simulated cluster would send.

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "simulator/block_maker.h"
#include "simulator/model.h"
#include "simulator/node_ticks.h"
#include "simulator/object_numbers.h"

namespace kubemonitor {

namespace v1 {
class ColumnSet;
class MetricsRequest;
class Tick;
}  // namespace v1

struct ReportContent {
  std::vector<PodRef> identities;  // pods to tell, each with its containers
  std::vector<BlockSpan> blocks;
  std::vector<int64_t> ticks;
  bool details = false;        // of the last one of them
  uint64_t waiting_bytes = 0;  // of history that is left, about: asks for credit
  uint64_t owed_ticks = 0;     // ticks that are left
};

// Not thread-safe. Its memory is used again for the next request.
class RequestMaker {
 public:
  // Model and numbers outlive this. `instance` sets this process apart from all others.
  RequestMaker(const Model& model, const ObjectNumbers& numbers, uint64_t instance,
               std::string version);
  ~RequestMaker();
  RequestMaker(const RequestMaker&) = delete;

  // Serialized; valid until the next call.
  const std::string& Make(uint32_t node, const ReportContent& content, int64_t sent_at_ms);

 private:
  void AddIdentities(const std::vector<PodRef>& pods);
  void AddTick(int64_t tick, bool details, v1::Tick* out);
  void AddObjects(v1::ColumnSet* pods, v1::ColumnSet* containers);
  void AddDetails(Tick* out) const;

  const Model& model_;
  const ObjectNumbers& numbers_;
  const uint64_t instance_;
  const std::string version_;
  NodeTicks ticks_;
  BlockMaker blocks_;
  std::unique_ptr<v1::MetricsRequest> request_;
  std::string bytes_;
};

// How many values a tick of a node has.
inline uint64_t ValuesPerTick(const ModelOptions& options) {
  return uint64_t{options.pods_per_node} *
             (options.containers_per_pod * kContainerSeries.size() + kPodSeries.size()) +
         kNodeSeriesCount;
}

// How many ticks go into one request: a part of a megabyte of them, and not more than 120.
size_t TicksPerRequest(const ModelOptions& options);

}  // namespace kubemonitor

#endif  // KUBEMONITOR_SIMULATOR_REQUEST_MAKER_H_

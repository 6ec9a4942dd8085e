#ifndef KUBEMONITOR_APISERVER_INGEST_INGEST_CALL_H_
#define KUBEMONITOR_APISERVER_INGEST_INGEST_CALL_H_

// One request of one node on its way through the gate. Part of Ingest.

#include <array>
#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "apiserver/ingest/empty_nodes.h"
#include "apiserver/ingest/instances.h"
#include "apiserver/ingest/object_admission.h"
#include "apiserver/ingest/refusals.h"
#include "apiserver/store/store.h"
#include "common/mutex.h"
#include "metrics.pb.h"
#include "wire/limits.h"
#include "wire/simple_form.h"

namespace kubemonitor {

// What ingest remembers of a node.
struct NodeMemory {
  NodeInstances instances;
  // Objects of `refused_instance` whose identity was refused: their values are cut out of its
  // ticks.
  std::unordered_map<uint32_t, RefusalReason> refused_objects;
  std::string refused_instance;
  uint64_t next_offer_usec = 0;  // when refused objects may be asked for again
};

// The mutex is held for a whole request, the store's Append included: reports of one node are taken
// one after the other, so that a superseded instance cannot slip in behind its successor.
struct IngestNode {
  Mutex mutex;
  NodeMemory memory GUARDED_BY(mutex);
};

struct IngestAnswer {
  uint64_t accepted = 0;
  std::vector<TickRange> held;
  std::vector<uint32_t> identities_wanted;
  RefusalList refusals;
  std::optional<int64_t> newest_tick_ms;  // of those that passed
  bool took_something = false;            // instance and clock of the collector are good
};

class IngestCall {
 public:
  struct Context {
    Store& store;
    ObjectAdmission& admission;
    EmptyNodes& empty_nodes;
    int64_t now_ms;     // wall clock
    uint64_t now_usec;  // boot clock
  };

  // `node` is used under its lock.
  IngestCall(const Context& context, NodeMemory& node, const v1::MetricsRequest& request)
      : context_(context), node_(node), request_(request) {}

  // The node's name is valid and the protocol version known.
  IngestAnswer Run();

 private:
  uint64_t Items() const;
  void RunCollector();
  void RunSimple();
  bool ClockIsGood();
  bool InstanceIsCurrent();
  void TakeIdentities();
  void AdmitObjects(NodeReport& report);
  void TakeBlocks();
  void TakeTicks();
  bool TimeIsGood(int64_t tick_ms);
  void Refuse(uint32_t object, RefusalReason reason);
  void CutRefused(Tick& tick);
  BlockReader WithoutRefused(const BlockReader& block);
  void CountCut(const std::array<uint64_t, kRefusalReasons>& cut);
  void Flush(NodeReport& chunk);
  void Merge(AppendResult result);
  void OfferRoom();
  bool ShowHealth(double skew_seconds, bool clock_refused);
  bool MayBeShown();
  void StartInstance(const std::string& instance_id);
  std::vector<const v1::Metric*> GoodMetrics();

  const Context context_;
  NodeMemory& node_;
  const v1::MetricsRequest& request_;
  NodeReport header_;
  std::deque<std::vector<uint8_t>> cut_blocks_;  // those made by WithoutRefused
  IngestAnswer answer_;
  bool was_empty_ = false;  // when it was shown
};

}  // namespace kubemonitor

#endif  // KUBEMONITOR_APISERVER_INGEST_INGEST_CALL_H_

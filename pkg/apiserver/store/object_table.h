#ifndef KUBEMONITOR_APISERVER_STORE_OBJECT_TABLE_H_
#define KUBEMONITOR_APISERVER_STORE_OBJECT_TABLE_H_

#include <algorithm>
#include <bit>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_set>
#include <utility>
#include <vector>

#include "apiserver/store/flat_index.h"
#include "apiserver/store/interner.h"
#include "apiserver/store/packed_details.h"
#include "apiserver/store/packed_identity.h"
#include "common/node_report.h"

namespace kubemonitor {

// SeriesValues::Bit of those of `candidates` that have another value than 0.
inline uint64_t NonzeroSeries(const SeriesValues& values, uint64_t candidates) {
  uint64_t nonzero = 0;
  for (uint64_t left = values.present_mask() & candidates; left != 0; left &= left - 1) {
    const auto series = static_cast<Series>(std::countr_zero(left));
    if (*values.Get(series) != 0) nonzero |= SeriesValues::Bit(series);
  }
  return nonzero;
}

struct StoredObject {
  uint32_t index = 0;
  uint32_t pod = 0;  // of a container: index of its pod; 0: none, or not known
  PackedIdentity identity;
  int64_t known_ms = 0;                         // server's clock when the identity came last
  int64_t first_tick_ms = 0, last_tick_ms = 0;  // with values of its own; both 0: none yet
  uint64_t seen = 0;                            // series that ever had a value
  uint64_t nonzero = 0;                         // and those that ever had another one than 0
  KeptObjectDetails details;

  // It has values of its own at cutoff_ms or later.
  bool HasRows(int64_t cutoff_ms) const { return seen != 0 && last_tick_ms >= cutoff_ms; }
  void NoteRow(int64_t tick_ms, const SeriesValues& values) {
    const uint64_t mask = values.present_mask();
    NoteTicks(tick_ms, tick_ms, mask, NonzeroSeries(values, ~nonzero));
  }
  // Values of these series, some of them not 0, first and last at these ticks.
  void NoteTicks(int64_t first_ms, int64_t last_ms, uint64_t series, uint64_t nonzero_series) {
    first_tick_ms = seen == 0 ? first_ms : std::min(first_tick_ms, first_ms);
    last_tick_ms = seen == 0 ? last_ms : std::max(last_tick_ms, last_ms);
    seen |= series;
    nonzero |= nonzero_series;
  }
};

// The pods and containers of one node: which object a sender's number means now, and which objects
// go on under another instance. Not thread-safe; tables of one store share an interner.
class ObjectTable {
 public:
  explicit ObjectTable(size_t max_objects,
                       std::shared_ptr<Interner> interner = std::make_shared<Interner>())
      : max_objects_(max_objects), interner_(std::move(interner)) {}

  // Binds the numbers of the identities; pods before containers, whatever their order. Returns the
  // numbers for which there is no room.
  std::vector<uint32_t> Bind(const std::vector<Identity>& identities, int64_t now_ms);

  // Another instance, or another report of the simple form: numbers start anew, objects stay.
  void ForgetNumbers();

  // Null: no such number. Objects stay where they are until Bind or Expire.
  StoredObject* FindNumber(uint32_t number);
  // The number was bound to an object for which there was no room.
  bool Refused(uint32_t number) const { return refused_.contains(number); }

  const StoredObject* FindIndex(uint32_t index) const;
  const std::vector<StoredObject>& objects() const { return objects_; }  // by ascending index
  // Of a name in answers: the same in all tables of an interner.
  static uint32_t NameHash(const Interner& interner, std::string_view namespace_name,
                           std::string_view name);
  // False: no object goes by a name of this hash. True: one does, but that one name in four
  // thousand millions is taken for another.
  bool MayHavePod(uint32_t name_hash) const { return !by_name_.Find(name_hash).empty(); }

  // Details of those objects whose numbers are bound.
  void OfferDetails(const KeptObjectDetails::ReadAt& at, const std::vector<ObjectDetails>& details);

  // Drops objects without values at cutoff_ms or later whose identity came before known_cutoff_ms.
  // A pod lives as long as one of its containers.
  void Expire(int64_t cutoff_ms, int64_t known_cutoff_ms);

  // But for what is in the interner.
  size_t MemoryBytes() const;

 private:
  // Null: no room.
  StoredObject* Resolve(const Identity& identity, int64_t now_ms);
  StoredObject* FindIndex(uint32_t index);
  StoredObject* FindKey(const std::string& key);
  void ForgetOldKeys(uint32_t index, const Identity& identity);
  void LinkPod(uint32_t index, uint32_t pod_number, int64_t now_ms);
  void Drop(const std::function<bool(const StoredObject&)>& condition);

  size_t max_objects_;
  std::shared_ptr<Interner> interner_;
  uint32_t next_index_ = 1;  // 0 is the node; never reused
  std::vector<StoredObject> objects_;
  FlatIndex by_key_;     // hashes of keys; whose key it is, the identity says
  FlatIndex by_name_;    // hashes of names; see MayHavePod
  FlatIndex by_number_;  // of the sender
  std::unordered_set<uint32_t> refused_;
};

// `newer` completed by what only `older` knows: names never become emptier.
Identity MergeIdentity(const Identity& older, const Identity& newer);

}  // namespace kubemonitor

#endif  // KUBEMONITOR_APISERVER_STORE_OBJECT_TABLE_H_

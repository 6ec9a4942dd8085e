#ifndef KUBEMONITOR_APISERVER_STORE_OBJECT_TABLE_H_
#define KUBEMONITOR_APISERVER_STORE_OBJECT_TABLE_H_

#include <algorithm>
#include <bit>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "common/node_report.h"

namespace kubemonitor {

// The newest details of something and those before them, of the same boot: what rates of devices
// are made from.
template <typename T>
struct KeptDetails {
  std::shared_ptr<const T> newest, previous;
  int64_t tick_ms = 0;  // of newest
  uint32_t epoch = 0;
  uint64_t boot_usec = 0, previous_boot_usec = 0;

  // Details of a tick that is not newer than the newest are dropped.
  void Offer(int64_t at_tick_ms, uint32_t at_epoch, uint64_t at_boot_usec, const T& details) {
    if (newest != nullptr && at_tick_ms <= tick_ms) return;
    const bool same_boot = newest != nullptr && at_epoch == epoch;
    previous = same_boot ? newest : nullptr;
    previous_boot_usec = same_boot ? boot_usec : 0;
    newest = std::make_shared<const T>(details);
    tick_ms = at_tick_ms;
    epoch = at_epoch;
    boot_usec = at_boot_usec;
  }
};

struct StoredObject {
  uint32_t index = 0;
  std::shared_ptr<const Identity> identity;     // never null
  std::optional<uint32_t> pod;                  // of a container: index of its pod
  int64_t known_ms = 0;                         // server's clock when the identity came last
  std::vector<std::string> keys;                // under which it is found
  int64_t first_tick_ms = 0, last_tick_ms = 0;  // with values of its own; both 0: none yet
  uint64_t seen = 0;                            // series that ever had a value
  uint64_t nonzero = 0;                         // and those that ever had another one than 0
  KeptDetails<ObjectDetails> details;

  // It has values of its own at cutoff_ms or later.
  bool HasRows(int64_t cutoff_ms) const { return seen != 0 && last_tick_ms >= cutoff_ms; }
  void NoteRow(int64_t tick_ms, const SeriesValues& values) {
    const uint64_t mask = values.present_mask();
    for (uint64_t left = mask & ~nonzero; left != 0; left &= left - 1) {
      const auto series = static_cast<Series>(std::countr_zero(left));
      if (*values.Get(series) != 0) nonzero |= SeriesValues::Bit(series);
    }
    first_tick_ms = seen == 0 ? tick_ms : std::min(first_tick_ms, tick_ms);
    last_tick_ms = seen == 0 ? tick_ms : std::max(last_tick_ms, tick_ms);
    seen |= mask;
  }
};

// The pods and containers of one node: which object a sender's number means now, and which objects
// go on under another instance. Not thread-safe.
class ObjectTable {
 public:
  explicit ObjectTable(size_t max_objects) : max_objects_(max_objects) {}

  // Binds the numbers of the identities; pods before containers, whatever their order. Returns the
  // numbers for which there is no room.
  std::vector<uint32_t> Bind(const std::vector<Identity>& identities, int64_t now_ms);

  // Another instance, or another report of the simple form: numbers start anew, objects stay.
  void ForgetNumbers();

  // Null: no such number.
  StoredObject* FindNumber(uint32_t number);
  // The number was bound to an object for which there was no room.
  bool Refused(uint32_t number) const { return refused_.contains(number); }

  StoredObject* FindIndex(uint32_t index);
  const StoredObject* FindIndex(uint32_t index) const;
  const std::map<uint32_t, StoredObject>& objects() const { return objects_; }
  bool HasPod(std::string_view namespace_name, std::string_view name) const;

  // Drops objects without values at cutoff_ms or later whose identity came before known_cutoff_ms.
  // A pod lives as long as one of its containers.
  void Expire(int64_t cutoff_ms, int64_t known_cutoff_ms);

 private:
  // Null: no room.
  StoredObject* Resolve(const Identity& identity, int64_t now_ms);
  StoredObject* FindKey(const std::string& key);
  void AddKey(StoredObject& object);
  void LinkPod(StoredObject& container, const Identity& identity, int64_t now_ms);
  void Drop(const std::function<bool(const StoredObject&)>& condition);

  size_t max_objects_;
  uint32_t next_index_ = 1;  // 0 is the node; never reused
  std::map<uint32_t, StoredObject> objects_;
  std::unordered_map<std::string, uint32_t> by_key_;
  std::unordered_map<uint32_t, uint32_t> by_number_;
  std::unordered_set<uint32_t> refused_;
};

// `newer` completed by what only `older` knows: names never become emptier.
Identity MergeIdentity(const Identity& older, const Identity& newer);

}  // namespace kubemonitor

#endif  // KUBEMONITOR_APISERVER_STORE_OBJECT_TABLE_H_

#include "apiserver/ingest/object_admission.h"

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <unordered_set>

namespace kubemonitor {
namespace {

constexpr uint64_t kRefreshUsec = 1'000'000;
// Until the store holds enough to measure what a value costs and how many an object has.
constexpr uint64_t kMeasurableSamples = 10'000;
constexpr double kAssumedBytesPerValue = 2;  // docs/performance.md: 0.75 to 1.8 when sealed
constexpr uint64_t kBytesPerObject = 250;    // beside its values
constexpr double kSeriesPerObject = 28;      // pods and containers of the collector's form

std::string KeyOf(const Identity& identity) {
  std::string key(1, identity.kind == ObjectKind::kContainer ? 'c' : 'p');
  const auto add = [&key](const std::string& part) { key.append(part).push_back('\0'); };
  if (identity.kind == ObjectKind::kContainer && !identity.container_id.empty()) {
    add(identity.container_id);
    return key;
  }
  if (identity.pod_uid.empty()) {
    add(identity.namespace_name);
    add(identity.pod_name);
  } else {
    add(identity.pod_uid);
  }
  if (identity.kind == ObjectKind::kContainer) add(identity.container_name);
  return key;
}

std::unordered_set<std::string> KnownKeys(const Store& store, const std::string& node_name) {
  std::unordered_set<std::string> keys;
  for (const std::shared_ptr<const NodeInfo>& node : store.Nodes()) {
    if (node->name != node_name) continue;
    for (const ObjectInfo& object : store.Objects(node->node))
      keys.insert(KeyOf(object.identity.Unpack()));
  }
  return keys;
}

}  // namespace

ObjectAdmission::ObjectAdmission(const Store& store, const Clock& clock)
    : store_(store), clock_(clock), limit_bytes_(store.options().memory_limit_bytes) {}

void ObjectAdmission::Refresh() {
  const uint64_t now_usec = clock_.BootUsec();
  if (now_usec < fresh_until_usec_) return;
  fresh_until_usec_ = now_usec + kRefreshUsec;
  const StoreStats stats = store_.Stats();
  // Sealed blocks alone tell: in an open one of few ticks a value costs several times as much.
  const uint64_t sealed_samples = stats.samples - stats.open_samples;
  const double per_value =
      sealed_samples >= kMeasurableSamples
          ? static_cast<double>(stats.block_bytes) / static_cast<double>(sealed_samples)
          : kAssumedBytesPerValue;
  const uint64_t objects = stats.nodes + stats.pods + stats.containers;
  const double series_per_object =
      objects > 0 && stats.samples >= kMeasurableSamples
          ? static_cast<double>(stats.series) / static_cast<double>(objects)
          : kSeriesPerObject;
  const StoreOptions& options = store_.options();
  const auto ticks = static_cast<double>(options.retention_ms / options.interval_ms);
  object_bytes_ = kBytesPerObject + static_cast<uint64_t>(per_value * series_per_object * ticks);
  // Objects that have not lived for the whole retention yet will grow.
  taken_bytes_ = std::max(stats.memory_bytes(), objects * object_bytes_);
}

uint64_t ObjectAdmission::RoomLocked() const {
  if (!limit_bytes_) return std::numeric_limits<uint64_t>::max();
  return taken_bytes_ >= *limit_bytes_ ? 0 : (*limit_bytes_ - taken_bytes_) / object_bytes_;
}

uint64_t ObjectAdmission::Room() {
  if (!limit_bytes_) return std::numeric_limits<uint64_t>::max();
  const MutexLock lock(mutex_);
  Refresh();
  return RoomLocked();
}

std::vector<size_t> ObjectAdmission::Refused(const std::string& node_name,
                                             const std::vector<Identity>& identities) {
  std::vector<size_t> refused;
  if (!limit_bytes_ || identities.empty()) return refused;
  // All of them may be new: when even so they fit, there is no need to look which ones are.
  const uint64_t room = Room();
  std::unordered_set<std::string> known;
  if (room < identities.size()) known = KnownKeys(store_, node_name);
  const MutexLock lock(mutex_);
  for (size_t i = 0; i < identities.size(); ++i) {
    if (known.contains(KeyOf(identities[i]))) continue;
    if (RoomLocked() == 0) {
      refused.push_back(i);
    } else {
      taken_bytes_ += object_bytes_;
    }
  }
  return refused;
}

std::string ObjectAdmission::Describe() const {
  return fmt::format(
      "the server's memory limit of {} bytes leaves no room for new pods and containers over a "
      "full retention: raise --memory-limit or shorten --retention",
      limit_bytes_.value_or(0));
}

}  // namespace kubemonitor

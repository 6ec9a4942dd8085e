#ifndef KUBEMONITOR_COLLECTOR_SAMPLING_SAMPLER_TEST_SUPPORT_H_
#define KUBEMONITOR_COLLECTOR_SAMPLING_SAMPLER_TEST_SUPPORT_H_

// For tests: a clock and a source of names that say what they are told, and ways to find things in
// a sample.

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "collector/names/name_table.h"
#include "collector/sampling/sampler.h"
#include "common/clock.h"

namespace kubemonitor {

class FakeClock final : public Clock {
 public:
  int64_t WallMs() const override { return static_cast<int64_t>(boot_usec / 1000); }
  uint64_t BootUsec() const override { return boot_usec; }
  uint64_t boot_usec = 1'000'000;
};

class FakeNames final : public NameSource {
 public:
  std::shared_ptr<const NameTable> Names() const override { return table; }
  void SetWanted(std::vector<std::string> ids, std::vector<std::string> uids) override {
    container_ids = std::move(ids);
    pod_uids = std::move(uids);
  }
  void Set(NameTable names) { table = std::make_shared<const NameTable>(std::move(names)); }

  std::shared_ptr<const NameTable> table;
  std::vector<std::string> container_ids, pod_uids;
};

inline const Identity* FindPod(const Sample& sample, const std::string& uid) {
  for (const auto& identity : sample.identities) {
    if (identity->kind == ObjectKind::kPod && identity->pod_uid == uid) return identity.get();
  }
  return nullptr;
}

inline const Identity* FindContainer(const Sample& sample, const std::string& id) {
  for (const auto& identity : sample.identities) {
    if (identity->kind == ObjectKind::kContainer && identity->container_id == id) {
      return identity.get();
    }
  }
  return nullptr;
}

// The series of an object; null: it is not in the tick.
inline const SeriesValues* ValuesOf(const Sample& sample, const Identity* identity) {
  if (identity == nullptr) return nullptr;
  const auto& samples =
      identity->kind == ObjectKind::kPod ? sample.tick.pods : sample.tick.containers;
  for (const ObjectSample& object : samples) {
    if (object.object == identity->object) return &object.values;
  }
  return nullptr;
}

inline const ObjectDetails* DetailsOf(const Sample& sample, const Identity* identity) {
  if (identity == nullptr) return nullptr;
  for (const ObjectDetails& details : sample.tick.object_details) {
    if (details.object == identity->object) return &details;
  }
  return nullptr;
}

inline const UnitUsage* FindUnit(const Sample& sample, const std::string& name) {
  for (const UnitUsage& unit : sample.tick.node_details->units) {
    if (unit.name == name) return &unit;
  }
  return nullptr;
}

}  // namespace kubemonitor

#endif  // KUBEMONITOR_COLLECTOR_SAMPLING_SAMPLER_TEST_SUPPORT_H_

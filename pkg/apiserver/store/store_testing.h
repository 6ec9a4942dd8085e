#ifndef KUBEMONITOR_APISERVER_STORE_STORE_TESTING_H_
#define KUBEMONITOR_APISERVER_STORE_STORE_TESTING_H_

// Short ways to write reports, for tests of the store and of what reads it.

#include <initializer_list>
#include <string>
#include <utility>

#include "common/node_report.h"

namespace kubemonitor::testing {

using Value = std::pair<Series, uint64_t>;

inline SeriesValues Values(std::initializer_list<Value> list) {
  SeriesValues values;
  for (const auto& [series, value] : list) values.Set(series, value);
  return values;
}

inline Identity PodIdentity(uint32_t object, std::string uid, std::string namespace_name,
                            std::string name) {
  Identity identity;
  identity.object = object;
  identity.kind = ObjectKind::kPod;
  identity.pod_uid = std::move(uid);
  identity.namespace_name = std::move(namespace_name);
  identity.pod_name = std::move(name);
  return identity;
}

inline Identity ContainerIdentity(uint32_t object, uint32_t pod, std::string id, std::string name) {
  Identity identity;
  identity.object = object;
  identity.kind = ObjectKind::kContainer;
  identity.pod_object = pod;
  identity.container_id = std::move(id);
  identity.container_name = std::move(name);
  identity.container_type = ContainerType::kApp;
  return identity;
}

// A tick whose boot clock runs with the wall clock.
inline Tick TickAt(int64_t tick_ms, SeriesValues node = {}) {
  Tick tick;
  tick.tick_ms = tick_ms;
  tick.boot_usec = static_cast<uint64_t>(tick_ms) * 1000;
  tick.node = node;
  return tick;
}

inline NodeReport Report(std::string node, std::vector<Identity> identities,
                         std::vector<Tick> ticks) {
  NodeReport report;
  report.node_name = std::move(node);
  report.boot_id = "boot-1";
  report.instance_id = "instance-1";
  report.collector_version = "1";
  report.interval_ms = 10'000;
  report.identities = std::move(identities);
  report.ticks = std::move(ticks);
  return report;
}

}  // namespace kubemonitor::testing

#endif  // KUBEMONITOR_APISERVER_STORE_STORE_TESTING_H_

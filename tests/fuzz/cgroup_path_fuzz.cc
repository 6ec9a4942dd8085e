// Any bytes as the path of a cgroup: the walk over the tree and the path of a process are judged
// alike, and what is told of a container is fit for a report.

#include <algorithm>
#include <string>

#include "collector/readers/cgroup_path.h"
#include "collector/readers/proc_pid_files.h"
#include "fuzz/fuzzing.h"

namespace kubemonitor {
namespace {

bool IsLowerHex(std::string_view text) {
  return text.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

void CheckPlace(const CgroupPlace& place) {
  const bool container = place.role == CgroupRole::kContainer;
  Require(place.depth <= kMaxCgroupDepth, "a bounded depth");
  Require(!container || !place.container_id.empty(), "a container has an id");
  Require(container || place.role == CgroupRole::kMonitor || place.container_id.empty(),
          "nothing else has one");
  Require(place.container_id.size() <= 64 && IsLowerHex(place.container_id), "an id is hex digits");
  Require(place.role != CgroupRole::kPod || !place.pod_uid.empty(), "a pod has a uid");
  Require(place.pod_uid.size() <= 64 && place.pod_uid.find_first_of("_/") == std::string::npos,
          "a uid as Kubernetes writes it");
  Require(!place.pods_top || place.in_pods, "the top of pods is among pods");
  Require(!container || place.in_pods, "a container is among pods");
}

// As the collector goes down the tree.
CgroupPlace Walk(std::string_view path) {
  CgroupPlace place;
  std::string_view parent_name;
  while (!path.empty() && place.has_children()) {
    const size_t slash = path.find('/');
    const std::string_view name = path.substr(0, slash);
    path.remove_prefix(std::min(path.size(), name.size() + 1));
    if (name.empty() || name == "." || name == "..") continue;
    place = PlaceOf(place, parent_name, name);
    CheckPlace(place);
    parent_name = name;
  }
  return place;
}

void CheckPath(const std::string& path) {
  const PathPlace found = PlaceOfPath(path);
  CheckPlace(found.place);
  Require(found.unit.find('/') == std::string::npos, "a unit is one component");
  constexpr std::string_view kDeleted = " (deleted)";
  if (!path.ends_with(kDeleted)) {
    Require(Walk(path) == found.place, "the walk tells the same");
    Require(PlaceOfPath(path + std::string(kDeleted)).place == found.place, "gone, it is the same");
  }
  Require(PlaceOfPath("/../.." + ("/" + path)).place == found.place, "of another namespace, too");
  if (!found.place.has_children() && !path.ends_with(kDeleted)) {
    Require(PlaceOfPath(path + "/below").place == found.place, "what is below does not matter");
  }
}

void CheckProcessCgroup(std::string_view text) {
  const std::string_view unified = UnifiedPath(text);
  Require(IsPartOf(unified, text), "a path out of the text");
  const auto path = ParseProcessCgroup(text);
  if (!path || path->empty()) return;
  Require(path->starts_with('/') && path->find('\n') == path->npos, "an absolute path");
  Require(UnitOfCgroup(*path).find('/') == std::string_view::npos, "a unit is one component");
  CheckPath(std::string(*path));
}

}  // namespace
}  // namespace kubemonitor

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view text = kubemonitor::TextOf(data, size);
  kubemonitor::CheckPath(std::string(text));
  kubemonitor::CheckProcessCgroup(text);
  return 0;
}

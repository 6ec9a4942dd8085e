#include "collector/readers/cgroup_path.h"

#include <algorithm>
#include <array>
#include <optional>

#include "collector/readers/text.h"

namespace kubemonitor {
namespace {

constexpr size_t kIdDigits = 64;
constexpr size_t kShortestId = 12;  // of test runtimes, below pods alone
constexpr size_t kLongestUid = 64;

bool IsHex(std::string_view text) {
  return std::ranges::all_of(
      text, [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); });
}

bool IsContainerId(std::string_view text, bool short_too) {
  const size_t least = short_too ? kShortestId : kIdDigits;
  return text.size() >= least && text.size() <= kIdDigits && IsHex(text);
}

bool StripSuffix(std::string_view& text, std::string_view suffix) {
  if (!text.ends_with(suffix)) return false;
  text.remove_suffix(suffix.size());
  return true;
}

bool StripPrefix(std::string_view& text, std::string_view prefix) {
  if (!text.starts_with(prefix)) return false;
  text.remove_prefix(prefix.size());
  return true;
}

// 8-4-4-4-12 hex digits with '-' or '_' between.
bool IsUuid(std::string_view text) {
  if (text.size() != 36) return false;
  for (size_t i = 0; i < text.size(); ++i) {
    const bool dash = i == 8 || i == 13 || i == 18 || i == 23;
    if (dash ? (text[i] != '-' && text[i] != '_') : !IsHex(text.substr(i, 1))) return false;
  }
  return true;
}

// A static pod may carry any uid its manifest gives; taken below a pod hierarchy alone.
bool IsLooseUid(std::string_view text) {
  return !text.empty() && text.size() <= kLongestUid && std::ranges::all_of(text, [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-' ||
           c == '_' || c == '.';
  });
}

// "kubepods-burstable-pod<uid_>.slice", "pod<uid>": the uid with dashes.
std::optional<std::string> PodUid(std::string_view name, bool loose) {
  StripSuffix(name, ".slice");
  // The last "pod" that starts the name or follows a dash, as "kubepods" ends in one too.
  size_t at = std::string_view::npos;
  for (size_t i = name.find("pod"); i != std::string_view::npos; i = name.find("pod", i + 1)) {
    if (i == 0 || name[i - 1] == '-') {
      at = i;
      const std::string_view rest = name.substr(i + 3);
      if (IsUuid(rest) || (rest.size() == 32 && IsHex(rest))) break;
      if (loose) break;
      at = std::string_view::npos;
    }
  }
  if (at == std::string_view::npos) return std::nullopt;
  const std::string_view rest = name.substr(at + 3);
  if (!IsUuid(rest) && !(rest.size() == 32 && IsHex(rest)) && !(loose && IsLooseUid(rest))) {
    return std::nullopt;
  }
  std::string uid(rest);
  std::ranges::replace(uid, '_', '-');
  return uid;
}

QosClass QosOf(std::string_view name, QosClass of_parent) {
  if (of_parent == QosClass::kBurstable || of_parent == QosClass::kBestEffort) return of_parent;
  if (name.find("burstable") != std::string_view::npos) return QosClass::kBurstable;
  if (name.find("besteffort") != std::string_view::npos) return QosClass::kBestEffort;
  return QosClass::kGuaranteed;
}

bool IsPodsTop(std::string_view name) {
  return name == "kubepods" || name == "kubepods.slice" || name.ends_with("-kubepods.slice");
}

bool IsSystemdUnit(std::string_view name) {
  constexpr std::array<std::string_view, 6> kSuffixes = {".service", ".scope",  ".mount",
                                                         ".swap",    ".socket", ".automount"};
  return std::ranges::any_of(kSuffixes, [&](auto suffix) { return name.ends_with(suffix); });
}

bool IsSlice(std::string_view name) { return name.ends_with(".slice"); }

// Takes the runtime's prefix off a leaf name. False: it has none.
bool StripRuntimePrefix(std::string_view& name) {
  return StripPrefix(name, "cri-containerd-") || StripPrefix(name, "crio-") ||
         StripPrefix(name, "docker-") || StripPrefix(name, "libpod-");
}

// conmon's scope, of either driver, wherever it stands.
std::optional<std::string> MonitorId(std::string_view name) {
  StripSuffix(name, ".scope");
  if (!StripPrefix(name, "crio-conmon-") || !IsContainerId(name, true)) return std::nullopt;
  return std::string(name);
}

// "kubepods-burstable-pod<uid_>.slice:cri-containerd:<id>": what a runtime without systemd makes of
// the kubelet's systemd form.
bool PlaceColonForm(std::string_view name, CgroupPlace& place) {
  const size_t first = name.find(':');
  const size_t last = name.rfind(':');
  if (first == std::string_view::npos || first == last) return false;
  std::string_view id = name.substr(last + 1);
  StripSuffix(id, ".scope");
  if (!IsContainerId(id, true)) return false;
  const std::string_view slice = name.substr(0, first);
  std::optional<std::string> uid = PodUid(slice, slice.find("kubepods") != std::string_view::npos);
  if (!uid) return false;
  place.role = CgroupRole::kContainer;
  if (name.substr(first + 1, last - first - 1) == "crio-conmon") place.role = CgroupRole::kMonitor;
  place.pod_uid = std::move(*uid);
  place.container_id = std::string(id);
  place.qos_class = QosOf(slice, QosClass::kUnknown);
  return true;
}

void PlaceInPod(std::string_view parent_name, std::string_view name, CgroupPlace& place) {
  place.role = CgroupRole::kOther;
  if (name.ends_with(".mount")) return;
  if (std::optional<std::string> id = MonitorId(name)) {
    place.role = CgroupRole::kMonitor;
    place.container_id = std::move(*id);
    return;
  }
  std::string_view id = name;
  const bool scope = StripSuffix(id, ".scope");
  const bool prefixed = StripRuntimePrefix(id);
  // In a slice every container is a scope; CRI-O leaves an empty plain directory of a dropped
  // sandbox there.
  if (prefixed && !scope && IsSlice(parent_name)) return;
  if (!IsContainerId(id, true)) return;
  place.role = CgroupRole::kContainer;
  place.container_id = std::string(id);
}

void PlaceInPods(std::string_view name, const CgroupPlace& parent, CgroupPlace& place) {
  place.role = CgroupRole::kOther;
  if (name.ends_with(".mount")) return;
  if (std::optional<std::string> uid = PodUid(name, true)) {
    place.role = CgroupRole::kPod;
    place.pod_uid = std::move(*uid);
    place.qos_class = QosOf(name, parent.qos_class);
  } else if (name == "burstable" || name.ends_with("-burstable.slice")) {
    place.role = CgroupRole::kQos;
    place.qos_class = QosClass::kBurstable;
  } else if (name == "besteffort" || name.ends_with("-besteffort.slice")) {
    place.role = CgroupRole::kQos;
    place.qos_class = QosClass::kBestEffort;
  }
}

// A container outside of pods that its name or its parent's gives away.
bool PlaceStrayContainer(const CgroupPlace& parent, std::string_view parent_name,
                         std::string_view name, CgroupPlace& place) {
  if (PlaceColonForm(name, place)) return true;
  std::string_view id = name;
  const bool scope = StripSuffix(id, ".scope");
  const bool cri = StripPrefix(id, "cri-containerd-") || StripPrefix(id, "crio-");
  if (!IsContainerId(id, false) || (scope && !cri)) return false;
  if (!cri) {
    // A bare id. In a top-level directory of a host without systemd it is somebody's own container
    // (ctr: /<namespace>/<id>, docker/<id>).
    const bool own = parent.depth == 1 && !IsSlice(parent_name) && !IsSystemdUnit(parent_name) &&
                     parent_name != "containerd" && parent_name != "crio";
    constexpr std::array<std::string_view, 6> kOwners = {"docker",   "default", "k8s.io",
                                                         "buildkit", "moby",    "libpod_parent"};
    if (own || std::ranges::find(kOwners, parent_name) != kOwners.end()) return false;
  }
  place.role = CgroupRole::kContainer;
  place.container_id = std::string(id);
  return true;
}

void PlaceOutside(const CgroupPlace& parent, std::string_view parent_name, std::string_view name,
                  CgroupPlace& place) {
  const bool mount = name.ends_with(".mount");
  if (!mount && IsPodsTop(name)) {
    place.role = CgroupRole::kPods;
  } else if (!mount && PlaceStrayContainer(parent, parent_name, name, place)) {
    // Set.
  } else if (std::optional<std::string> uid =
                 mount || IsSystemdUnit(name) ? std::nullopt : PodUid(name, false)) {
    place.role = CgroupRole::kPod;
    place.pod_uid = std::move(*uid);
    place.qos_class = QosOf(name, QosClass::kUnknown);
  } else {
    const bool users = parent_name == "user.slice" && IsSlice(name);
    const bool top_level = parent.role == CgroupRole::kRoot && !IsSlice(name);
    const bool unit = IsSystemdUnit(name) || users || top_level;
    place.role = unit && !parent.in_unit ? CgroupRole::kUnit : CgroupRole::kGroup;
    place.in_unit = parent.in_unit || unit;
    if (mount && parent.in_unit) place.role = CgroupRole::kOther;
    return;
  }
  place.in_pods = place.role != CgroupRole::kMonitor;
  place.pods_top = place.in_pods;
  if (place.role == CgroupRole::kMonitor) {
    place.role = parent.in_unit ? CgroupRole::kOther : CgroupRole::kUnit;
    place.in_unit = true;
    place.pod_uid.clear();
    place.qos_class = QosClass::kUnknown;
  }
}

}  // namespace

bool CgroupPlace::has_children() const {
  return role != CgroupRole::kContainer && role != CgroupRole::kMonitor &&
         role != CgroupRole::kOther && depth < kMaxCgroupDepth;
}

CgroupPlace PlaceOf(const CgroupPlace& parent, std::string_view parent_name,
                    std::string_view name) {
  CgroupPlace place;
  place.depth = static_cast<uint8_t>(std::min<int>(parent.depth + 1, kMaxCgroupDepth));
  place.in_unit = parent.in_unit;
  place.in_pods = parent.in_pods;
  switch (parent.role) {
    case CgroupRole::kPods:
    case CgroupRole::kQos:
      PlaceInPods(name, parent, place);
      break;
    case CgroupRole::kPod:
      place.pod_uid = parent.pod_uid;
      place.qos_class = parent.qos_class;
      PlaceInPod(parent_name, name, place);
      break;
    case CgroupRole::kContainer:
    case CgroupRole::kMonitor:
    case CgroupRole::kOther:
      place.role = CgroupRole::kOther;
      break;
    case CgroupRole::kRoot:
    case CgroupRole::kGroup:
    case CgroupRole::kUnit:
      PlaceOutside(parent, parent_name, name, place);
      break;
  }
  return place;
}

PathPlace PlaceOfPath(std::string_view path) {
  StripSuffix(path, " (deleted)");
  PathPlace result;
  std::string_view parent_name;
  while (!path.empty()) {
    const size_t slash = path.find('/');
    const std::string_view name = path.substr(0, slash);
    path.remove_prefix(slash == std::string_view::npos ? path.size() : slash + 1);
    if (name.empty() || name == ".." || name == ".") continue;
    CgroupPlace place = PlaceOf(result.place, parent_name, name);
    if (place.role == CgroupRole::kUnit) result.unit = std::string(ReportedUnitName(name));
    const bool more = place.has_children();
    result.place = std::move(place);
    if (!more) break;
    parent_name = name;
  }
  return result;
}

std::string_view UnifiedPath(std::string_view proc_cgroup) {
  std::string_view line;
  while (NextLine(proc_cgroup, line)) {
    if (line.starts_with("0::")) return line.substr(3);
  }
  return {};
}

std::string_view ReportedUnitName(std::string_view directory_name) {
  if (directory_name.starts_with('_') && directory_name.size() > 1) {
    directory_name.remove_prefix(1);
  }
  return directory_name;
}

}  // namespace kubemonitor

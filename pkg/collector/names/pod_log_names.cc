#include "collector/names/pod_log_names.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <charconv>
#include <functional>
#include <memory>
#include <unordered_map>
#include <utility>

#include "collector/names/name_rules.h"
#include "collector/readers/kernel_file.h"

namespace kubemonitor {
namespace {

constexpr std::string_view kLogSuffix = ".log";
constexpr size_t kMaxTargetBytes = 1024;

struct CloseDirectory {
  void operator()(DIR* directory) const { closedir(directory); }
};
using OpenDirectory = std::unique_ptr<DIR, CloseDirectory>;

absl::StatusOr<OpenDirectory> OpenFolder(const std::string& path) {
  OpenDirectory directory(opendir(path.c_str()));
  if (directory == nullptr) return ErrnoToStatus(errno, path);
  return directory;
}

// Calls `visit` with the name and d_type of each entry but . and .., at most kMaxLogEntries of
// them.
void ForEachEntry(DIR* directory, size_t left,
                  const std::function<void(const char*, unsigned char)>& visit) {
  while (left > 0) {
    const dirent* entry = readdir(directory);
    if (entry == nullptr) return;
    const std::string_view name = entry->d_name;
    if (name == "." || name == "..") continue;
    --left;
    visit(entry->d_name, entry->d_type);
  }
}

bool IsFolder(DIR* directory, const char* name, unsigned char type) {
  if (type != DT_UNKNOWN) return type == DT_DIR;
  struct stat info{};
  return fstatat(dirfd(directory), name, &info, AT_SYMLINK_NOFOLLOW) == 0 && S_ISDIR(info.st_mode);
}

// nullopt: not a link, gone, or longer than anything the kubelet makes.
std::optional<std::string> ReadTarget(DIR* directory, const char* name) {
  std::array<char, kMaxTargetBytes> buffer{};
  const ssize_t size = readlinkat(dirfd(directory), name, buffer.data(), buffer.size());
  if (size <= 0 || static_cast<size_t>(size) == buffer.size()) return std::nullopt;
  return std::string(buffer.data(), static_cast<size_t>(size));
}

// Exactly three parts between two underscores.
std::optional<std::array<std::string_view, 3>> SplitThree(std::string_view text) {
  const size_t first = text.find('_');
  if (first == std::string_view::npos) return std::nullopt;
  const size_t second = text.find('_', first + 1);
  if (second == std::string_view::npos || text.find('_', second + 1) != std::string_view::npos) {
    return std::nullopt;
  }
  return std::array<std::string_view, 3>{
      text.substr(0, first), text.substr(first + 1, second - first - 1), text.substr(second + 1)};
}

// Cuts the last part of a path off `path`.
std::string_view CutLast(std::string_view& path) {
  const size_t slash = path.rfind('/');
  const std::string_view last = slash == std::string_view::npos ? path : path.substr(slash + 1);
  path = slash == std::string_view::npos ? std::string_view() : path.substr(0, slash);
  return last;
}

std::string ContainersFolder(std::string_view root) {
  while (root.size() > 1 && root.back() == '/') root.remove_suffix(1);
  const size_t slash = root.rfind('/');
  if (slash == std::string_view::npos) return "containers";
  return std::string(root.substr(0, slash)) + "/containers";
}

// Uids by "namespace_pod"; an empty one where a name is used by several uids and so says nothing.
using UidsByName = std::unordered_map<std::string, std::string>;

UidsByName ReadPods(DIR* root, size_t max_entries, const std::unordered_set<std::string>& wanted,
                    NameTable* table) {
  UidsByName uids;
  ForEachEntry(root, max_entries, [&](const char* name, unsigned char type) {
    std::optional<PodLogFolder> folder = ParsePodLogFolder(name);
    if (!folder || !IsFolder(root, name, type)) return;
    const auto [known, is_new] =
        uids.emplace(folder->namespace_name + "_" + folder->pod_name, folder->pod_uid);
    if (!is_new && known->second != folder->pod_uid) known->second.clear();
    if (!wanted.contains(folder->pod_uid)) return;
    PodName& pod = table->pods[folder->pod_uid];
    pod.namespace_name = std::move(folder->namespace_name);
    pod.pod_name = std::move(folder->pod_name);
  });
  return uids;
}

void AddContainer(const ContainerLogLink& link, const std::optional<std::string>& target_text,
                  const UidsByName& uids, NameTable* table) {
  ContainerName container;
  container.container_name = link.container_name;
  container.type = ContainerType::kApp;
  std::optional<ContainerLogTarget> target;
  if (target_text) target = ParseContainerLogTarget(*target_text);
  if (target && target->pod.namespace_name == link.namespace_name &&
      target->pod.pod_name == link.pod_name && target->container_name == link.container_name) {
    container.pod_uid = target->pod.pod_uid;
    container.restart_count = target->restart_count;
  } else if (const auto uid = uids.find(link.namespace_name + "_" + link.pod_name);
             uid != uids.end()) {
    container.pod_uid = uid->second;
  }
  if (!container.pod_uid.empty()) {
    PodName& pod = table->pods[container.pod_uid];
    pod.namespace_name = link.namespace_name;
    pod.pod_name = link.pod_name;
  }
  table->containers[link.container_id] = std::move(container);
}

}  // namespace

std::optional<PodLogFolder> ParsePodLogFolder(std::string_view name) {
  const auto parts = SplitThree(name);
  if (!parts) return std::nullopt;
  const auto& [namespace_name, pod, uid] = *parts;
  if (!IsDnsLabel(namespace_name) || !IsDnsSubdomain(pod) || !IsId(uid)) return std::nullopt;
  return PodLogFolder{std::string(namespace_name), std::string(pod), std::string(uid)};
}

std::optional<ContainerLogLink> ParseContainerLogLink(std::string_view name) {
  if (!name.ends_with(kLogSuffix)) return std::nullopt;
  name.remove_suffix(kLogSuffix.size());
  const auto parts = SplitThree(name);
  if (!parts) return std::nullopt;
  const auto& [pod, namespace_name, last] = *parts;
  const size_t dash = last.rfind('-');
  if (dash == std::string_view::npos) return std::nullopt;
  const std::string_view container = last.substr(0, dash);
  const std::string_view id = last.substr(dash + 1);
  if (!IsDnsSubdomain(pod) || !IsDnsLabel(namespace_name) || !IsDnsLabel(container) || !IsId(id)) {
    return std::nullopt;
  }
  return ContainerLogLink{std::string(pod), std::string(namespace_name), std::string(container),
                          std::string(id)};
}

std::optional<ContainerLogTarget> ParseContainerLogTarget(std::string_view target) {
  std::string_view file = CutLast(target);
  const std::string_view container = CutLast(target);
  std::optional<PodLogFolder> pod = ParsePodLogFolder(CutLast(target));
  if (!pod || !IsDnsLabel(container) || !file.ends_with(kLogSuffix)) return std::nullopt;
  file.remove_suffix(kLogSuffix.size());
  ContainerLogTarget result{std::move(*pod), std::string(container), 0};
  const auto [end, error] =
      std::from_chars(file.data(), file.data() + file.size(), result.restart_count);
  if (error != std::errc() || end != file.data() + file.size()) return std::nullopt;
  return result;
}

absl::StatusOr<NameTable> ReadPodLogNames(const std::string& root,
                                          const std::unordered_set<std::string>& container_ids,
                                          const std::unordered_set<std::string>& pod_uids,
                                          size_t max_entries) {
  absl::StatusOr<OpenDirectory> pods = OpenFolder(root);
  if (!pods.ok()) return pods.status();
  NameTable table;
  const UidsByName uids = ReadPods(pods->get(), max_entries, pod_uids, &table);

  absl::StatusOr<OpenDirectory> links = OpenFolder(ContainersFolder(root));
  if (!links.ok()) return table;
  ForEachEntry(links->get(), max_entries, [&](const char* name, unsigned char) {
    const std::optional<ContainerLogLink> link = ParseContainerLogLink(name);
    if (!link || !container_ids.contains(link->container_id)) return;
    AddContainer(*link, ReadTarget(links->get(), name), uids, &table);
  });
  return table;
}

}  // namespace kubemonitor

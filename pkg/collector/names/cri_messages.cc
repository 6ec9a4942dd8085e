#include "collector/names/cri_messages.h"

#include <google/protobuf/io/coded_stream.h>
#include <google/protobuf/io/zero_copy_stream.h>
#include <google/protobuf/wire_format_lite.h>

#include <algorithm>
#include <cctype>
#include <charconv>
#include <string>
#include <string_view>
#include <utility>

#include "collector/names/name_rules.h"
#include "cri.pb.h"

namespace kubemonitor {
namespace {

namespace cri = ::runtime::v1;
using google::protobuf::internal::WireFormatLite;
using google::protobuf::io::CodedInputStream;
using google::protobuf::io::ZeroCopyInputStream;

constexpr std::string_view kPodName = "io.kubernetes.pod.name";
constexpr std::string_view kPodNamespace = "io.kubernetes.pod.namespace";
constexpr std::string_view kPodUid = "io.kubernetes.pod.uid";
constexpr std::string_view kContainerName = "io.kubernetes.container.name";
constexpr std::string_view kContainerType = "io.kubernetes.container.type";
constexpr std::string_view kRestartCount = "io.kubernetes.container.restartCount";
constexpr std::string_view kKubeletPrefix = "io.kubernetes.";
// What the list responses carry their items in: field 1, length-delimited.
constexpr uint32_t kItemsTag = (1 << 3) | 2;

using Entries = google::protobuf::RepeatedPtrField<cri::Entry>;

std::string_view Find(const Entries& entries, std::string_view key) {
  for (const cri::Entry& entry : entries) {
    if (entry.key() == key) return entry.value();
  }
  return {};
}

// `label`, or `otherwise` where the kubelet did not label the object.
std::string NameOf(std::string_view label, std::string_view otherwise) {
  return CleanText(label.empty() ? otherwise : label);
}

bool FitsOrEmpty(const std::string& name, size_t limit) { return name.size() <= limit; }

// An empty uid is "not told"; one that cannot be a uid spoils the item.
bool IsIdOrEmpty(std::string_view text) { return text.empty() || IsId(text); }

std::optional<int64_t> ToMs(int64_t nanoseconds) {
  if (nanoseconds <= 0) return std::nullopt;
  return nanoseconds / 1'000'000;
}

std::map<std::string, std::string> PodLabels(const Entries& entries) {
  std::map<std::string, std::string> labels;
  for (const cri::Entry& entry : entries) {
    const std::string_view key = entry.key();
    if (key.empty() || key.starts_with(kKubeletPrefix)) continue;
    if (key.size() > kMaxLabelKeyBytes || entry.value().size() > kMaxLabelValueBytes) continue;
    if (labels.size() == kMaxLabels) break;
    std::string clean_key = CleanText(key);
    std::string clean_value = CleanText(entry.value());
    // Replacing bytes makes text longer.
    if (clean_key.size() > kMaxLabelKeyBytes || clean_value.size() > kMaxLabelValueBytes) continue;
    labels.insert_or_assign(std::move(clean_key), std::move(clean_value));
  }
  return labels;
}

// Kubelets have written init, container and ephemeral, older ones INIT, REGULAR, DEBUG and
// EPHEMERAL. Most write nothing at all: those containers are taken for the usual kind. A sidecar is
// an init container that restarts, which only the pod's specification tells. A word that is none of
// these says that it is something else.
ContainerType TypeOf(std::string_view text) {
  std::string lower(text.substr(0, 16));
  std::transform(lower.begin(), lower.end(), lower.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  if (lower == "init") return ContainerType::kInit;
  if (lower == "ephemeral" || lower == "debug") return ContainerType::kEphemeral;
  if (lower.empty() || lower == "container" || lower == "regular") return ContainerType::kApp;
  return ContainerType::kUnknown;
}

std::optional<uint32_t> RestartCountOf(const cri::Container& message) {
  if (message.has_metadata()) return message.metadata().attempt();
  const std::string_view text = Find(message.annotations(), kRestartCount);
  uint32_t count = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), count);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return count;
}

std::optional<CriSandbox> ToSandbox(const cri::PodSandbox& message) {
  if (!IsId(message.id())) return std::nullopt;
  const cri::PodSandboxMetadata& metadata = message.metadata();
  const std::string_view uid_label = Find(message.labels(), kPodUid);
  CriSandbox sandbox;
  sandbox.id = message.id();
  sandbox.pod_name = NameOf(Find(message.labels(), kPodName), metadata.name());
  sandbox.namespace_name = NameOf(Find(message.labels(), kPodNamespace), metadata.namespace_());
  sandbox.pod_uid = NameOf(uid_label, metadata.uid());
  sandbox.attempt = metadata.attempt();
  sandbox.ready = message.state() == cri::SANDBOX_READY;
  sandbox.made_by_kubelet = !uid_label.empty() && !Find(message.labels(), kPodName).empty();
  sandbox.created_at_ms = ToMs(message.created_at());
  if (!FitsOrEmpty(sandbox.pod_name, kMaxPodNameBytes) ||
      !FitsOrEmpty(sandbox.namespace_name, kMaxPodNameBytes) || !IsIdOrEmpty(sandbox.pod_uid)) {
    return std::nullopt;
  }
  sandbox.labels = PodLabels(message.labels());
  return sandbox;
}

std::optional<CriContainer> ToContainer(const cri::Container& message) {
  if (!IsId(message.id())) return std::nullopt;
  CriContainer container;
  container.id = message.id();
  container.sandbox_id = IsId(message.pod_sandbox_id()) ? message.pod_sandbox_id() : "";
  container.container_name =
      NameOf(Find(message.labels(), kContainerName), message.metadata().name());
  container.pod_name = NameOf(Find(message.labels(), kPodName), "");
  container.namespace_name = NameOf(Find(message.labels(), kPodNamespace), "");
  container.pod_uid = NameOf(Find(message.labels(), kPodUid), "");
  std::string_view type = Find(message.annotations(), kContainerType);
  if (type.empty()) type = Find(message.labels(), kContainerType);
  container.type = TypeOf(type);
  container.restart_count = RestartCountOf(message);
  container.exited = message.state() == cri::CONTAINER_EXITED;
  container.created_at_ms = ToMs(message.created_at());
  if (!FitsOrEmpty(container.container_name, kMaxContainerNameBytes) ||
      !FitsOrEmpty(container.pod_name, kMaxPodNameBytes) ||
      !FitsOrEmpty(container.namespace_name, kMaxPodNameBytes) || !IsIdOrEmpty(container.pod_uid)) {
    return std::nullopt;
  }
  return container;
}

absl::Status NotAReply() { return absl::DataLossError("the runtime's reply cannot be read"); }

// Reads one item whose tag is consumed; false: the bytes end early. What is too large or no message
// is refused.
template <typename Item, typename Message, typename Convert>
bool ReadItem(CodedInputStream& input, Convert convert, std::string& bytes, Message& message,
              CriList<Item>* list) {
  uint32_t size = 0;
  if (!input.ReadVarint32(&size) || size > static_cast<uint32_t>(kMaxReplyBytes)) return false;
  if (size > kMaxItemBytes || list->items.size() == kMaxItems) {
    ++list->refused;
    return input.Skip(static_cast<int>(size));
  }
  if (!input.ReadString(&bytes, static_cast<int>(size))) return false;
  std::optional<Item> item;
  if (message.ParseFromString(bytes)) item = convert(message);
  if (item) {
    list->items.push_back(std::move(*item));
  } else {
    ++list->refused;
  }
  return true;
}

template <typename Item, typename Message, typename Convert>
absl::StatusOr<CriList<Item>> ReadList(ZeroCopyInputStream* reply, Convert convert) {
  CodedInputStream input(reply);
  input.SetTotalBytesLimit(kMaxReplyBytes);
  CriList<Item> list;
  std::string bytes;
  Message message;
  while (const uint32_t tag = input.ReadTag()) {
    const bool read = tag == kItemsTag ? ReadItem(input, convert, bytes, message, &list)
                                       : WireFormatLite::SkipField(&input, tag);
    if (!read) return NotAReply();
  }
  if (!input.ConsumedEntireMessage()) return NotAReply();
  return list;
}

}  // namespace

absl::StatusOr<CriVersion> ReadVersion(ZeroCopyInputStream* reply) {
  cri::VersionResponse message;
  if (!message.ParseFromZeroCopyStream(reply)) return NotAReply();
  return CriVersion{CleanText(message.runtime_name(), kMaxVersionBytes),
                    CleanText(message.runtime_version(), kMaxVersionBytes)};
}

absl::StatusOr<CriList<CriSandbox>> ReadSandboxes(ZeroCopyInputStream* reply) {
  return ReadList<CriSandbox, cri::PodSandbox>(reply, ToSandbox);
}

absl::StatusOr<CriList<CriContainer>> ReadContainers(ZeroCopyInputStream* reply) {
  return ReadList<CriContainer, cri::Container>(reply, ToContainer);
}

absl::StatusOr<std::optional<bool>> ReadUsesHostNetwork(ZeroCopyInputStream* reply) {
  cri::PodSandboxStatusResponse message;
  if (!message.ParseFromZeroCopyStream(reply)) return NotAReply();
  const cri::LinuxPodSandboxStatus& sandbox = message.status().linux_status();
  if (!sandbox.namespaces().has_options()) return std::optional<bool>();
  return std::optional<bool>(sandbox.namespaces().options().network() == cri::NODE);
}

}  // namespace kubemonitor

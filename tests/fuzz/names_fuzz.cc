// Any bytes as a runtime's reply, and as a name in the kubelet's log folders: what is taken is
// clean text within its limits.

#include <fmt/format.h>
#include <google/protobuf/io/zero_copy_stream_impl_lite.h>

#include <array>
#include <string>

#include "collector/names/cri_messages.h"
#include "collector/names/name_rules.h"
#include "collector/names/pod_log_names.h"
#include "common/text.h"
#include "fuzz/fuzzing.h"

namespace kubemonitor {
namespace {

using google::protobuf::io::ArrayInputStream;

ArrayInputStream StreamOf(std::string_view bytes) {
  return {bytes.data(), static_cast<int>(bytes.size())};
}

void CheckText(std::string_view text, size_t limit) {
  Require(text.size() <= limit, "text within its limit");
  Require(IsValidUtf8(text) && CleanText(text) == text, "clean text");
}

void CheckIdOrEmpty(std::string_view id) { Require(id.empty() || IsId(id), "an id"); }

void Version(std::string_view bytes) {
  ArrayInputStream stream = StreamOf(bytes);
  const auto version = ReadVersion(&stream);
  if (!version.ok()) return;
  CheckText(version->name, kMaxVersionBytes);
  CheckText(version->version, kMaxVersionBytes);
}

void Sandboxes(std::string_view bytes) {
  ArrayInputStream stream = StreamOf(bytes);
  const auto list = ReadSandboxes(&stream);
  if (!list.ok()) return;
  for (const CriSandbox& sandbox : list->items) {
    Require(IsId(sandbox.id), "a sandbox has an id");
    CheckIdOrEmpty(sandbox.pod_uid);
    CheckText(sandbox.pod_name, kMaxPodNameBytes);
    CheckText(sandbox.namespace_name, kMaxPodNameBytes);
    Require(sandbox.labels.size() <= kMaxLabels, "few labels");
    for (const auto& [key, value] : sandbox.labels) {
      CheckText(key, kMaxLabelKeyBytes);
      CheckText(value, kMaxLabelValueBytes);
    }
    Require(!sandbox.created_at_ms || *sandbox.created_at_ms >= 0, "a time since 1970");
  }
}

void Containers(std::string_view bytes) {
  ArrayInputStream stream = StreamOf(bytes);
  const auto list = ReadContainers(&stream);
  if (!list.ok()) return;
  for (const CriContainer& container : list->items) {
    Require(IsId(container.id), "a container has an id");
    CheckIdOrEmpty(container.sandbox_id);
    CheckIdOrEmpty(container.pod_uid);
    CheckText(container.container_name, kMaxContainerNameBytes);
    CheckText(container.pod_name, kMaxPodNameBytes);
    CheckText(container.namespace_name, kMaxPodNameBytes);
  }
}

void HostNetwork(std::string_view bytes) {
  ArrayInputStream stream = StreamOf(bytes);
  const auto first = ReadUsesHostNetwork(&stream);
  ArrayInputStream again = StreamOf(bytes);
  const auto second = ReadUsesHostNetwork(&again);
  Require(first.ok() == second.ok() && (!first.ok() || *first == *second), "one answer");
}

void LogFolder(std::string_view name) {
  const auto folder = ParsePodLogFolder(name);
  if (!folder) return;
  Require(
      fmt::format("{}_{}_{}", folder->namespace_name, folder->pod_name, folder->pod_uid) == name,
      "the parts make up the name");
}

void LogLink(std::string_view name) {
  const auto link = ParseContainerLogLink(name);
  if (!link) return;
  Require(fmt::format("{}_{}_{}-{}.log", link->pod_name, link->namespace_name, link->container_name,
                      link->container_id) == name,
          "the parts make up the name");
}

void LogTarget(std::string_view path) {
  const auto target = ParseContainerLogTarget(path);
  if (!target) return;
  Require(IsDnsLabel(target->container_name) && IsId(target->pod.pod_uid), "valid names");
}

constexpr std::array kParsers = {Version,   Sandboxes, Containers, HostNetwork,
                                 LogFolder, LogLink,   LogTarget};

}  // namespace
}  // namespace kubemonitor

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using kubemonitor::kParsers;
  std::string_view bytes = kubemonitor::TextOf(data, size);
  kParsers[kubemonitor::CutChoice(bytes, kParsers.size())](bytes);
  return 0;
}

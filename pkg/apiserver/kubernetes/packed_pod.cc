#include "apiserver/kubernetes/packed_pod.h"

#include <algorithm>
#include <array>
#include <utility>

#include "apiserver/store/byte_codec.h"

namespace kubemonitor {
namespace {

// The first byte of a pod's own bytes: phase, readiness, whether there is a second uid, whether
// somebody may have to look at it.
constexpr std::array<std::string_view, 6> kPhases = {"",          "Pending", "Running",
                                                     "Succeeded", "Failed",  "Unknown"};
constexpr uint8_t kOtherPhase = 7, kPhaseBits = 7, kReady = 1 << 3, kSecondUid = 1 << 4,
                  kInTrouble = 1 << 5;

// The first byte of a container's own bytes.
constexpr uint8_t kStateBits = 3, kContainerReady = 1 << 2, kHasId = 1 << 3, kHasReason = 1 << 4,
                  kHasLastReason = 1 << 5, kHasRestarts = 1 << 6, kHasStart = 1 << 7;

constexpr uint8_t kQosBits = 3, kHostNetwork = 1 << 2;

std::optional<uint64_t> Unsigned(const std::optional<int64_t>& value) {
  if (!value) return std::nullopt;
  return static_cast<uint64_t>(*value);
}
std::optional<int64_t> Signed(const std::optional<uint64_t>& value) {
  if (!value) return std::nullopt;
  return static_cast<int64_t>(*value);
}

uint8_t PhaseCode(std::string_view phase) {
  const auto found = std::find(kPhases.begin(), kPhases.end(), phase);
  return found == kPhases.end() ? kOtherPhase : static_cast<uint8_t>(found - kPhases.begin());
}

void WriteAmounts(const ResourceAmounts& amounts, ByteWriter* out) {
  out->Optional(Unsigned(amounts.cpu_millicores));
  out->Optional(Unsigned(amounts.memory_bytes));
}
ResourceAmounts ReadAmounts(ByteReader* in) {
  ResourceAmounts out;
  out.cpu_millicores = Signed(in->Optional());
  out.memory_bytes = Signed(in->Optional());
  return out;
}

void WriteContainer(const KubeContainer& container, ByteWriter* out) {
  const bool has_start = container.started_at_ms.has_value();
  out->Byte(static_cast<uint8_t>(
      static_cast<uint8_t>(container.state) | (container.ready ? kContainerReady : 0) |
      (container.container_id.empty() ? 0 : kHasId) | (container.reason.empty() ? 0 : kHasReason) |
      (container.last_reason.empty() ? 0 : kHasLastReason) |
      (container.restart_count == 0 ? 0 : kHasRestarts) | (has_start ? kHasStart : 0)));
  if (!container.container_id.empty()) out->Id(container.container_id);
  if (!container.reason.empty()) out->Text(container.reason);
  if (!container.last_reason.empty()) out->Text(container.last_reason);
  if (container.restart_count != 0) out->Varint(container.restart_count);
  if (has_start) out->Varint(static_cast<uint64_t>(*container.started_at_ms));
}

// How much is read of a pod's containers: all, or what a list shows.
enum class Containers : uint8_t { kWhole, kForList };

// Into a container whose spec is there.
void ReadContainer(ByteReader* in, Containers depth, KubeContainer* out) {
  const uint8_t flags = in->Byte();
  out->state = static_cast<KubeContainerState>(flags & kStateBits);
  out->ready = (flags & kContainerReady) != 0;
  const bool whole = depth == Containers::kWhole;
  if ((flags & kHasId) != 0) {
    if (whole) {
      out->container_id = in->Id();
    } else {
      in->SkipId();
    }
  }
  if ((flags & kHasReason) != 0) out->reason = in->Text();
  if ((flags & kHasLastReason) != 0) {
    const std::string_view last_reason = in->Text();
    if (whole) out->last_reason = last_reason;
  }
  if ((flags & kHasRestarts) != 0) out->restart_count = static_cast<uint32_t>(in->Varint());
  if ((flags & kHasStart) != 0) out->started_at_ms = static_cast<int64_t>(in->Varint());
}

std::string OwnBytes(const KubePod& pod) {
  ByteWriter own;
  const uint8_t phase = PhaseCode(pod.phase);
  const bool second_uid = pod.sample_uid != pod.uid;
  own.Byte(static_cast<uint8_t>(phase | (pod.ready ? kReady : 0) | (second_uid ? kSecondUid : 0) |
                                (pod.in_trouble() ? kInTrouble : 0)));
  own.Optional(Unsigned(pod.deleted_at_ms));
  own.Text(pod.name);
  own.Id(pod.uid);
  if (second_uid) own.Id(pod.sample_uid);
  if (phase == kOtherPhase) own.Text(pod.phase);
  own.Text(pod.reason);
  own.Optional(Unsigned(pod.created_at_ms));
  own.Optional(Unsigned(pod.started_at_ms));
  own.Optional(Unsigned(pod.terminating_since_ms));
  for (const KubeContainer& container : pod.containers) WriteContainer(container, &own);
  return own.bytes();
}

std::string SharedPart(const KubePod& pod) {
  ByteWriter shared;
  shared.Text(pod.namespace_name);
  WriteAmounts(pod.requests, &shared);
  WriteAmounts(pod.limits, &shared);
  shared.Byte(static_cast<uint8_t>(static_cast<uint8_t>(pod.qos_class) |
                                   (pod.host_network ? kHostNetwork : 0)));
  shared.Text(pod.priority_class);
  shared.Varint(pod.containers.size());
  for (const KubeContainer& container : pod.containers) {
    shared.Text(container.name);
    shared.Byte(static_cast<uint8_t>(container.type));
    WriteAmounts(container.requests, &shared);
    WriteAmounts(container.limits, &shared);
  }
  for (const auto& [key, value] : pod.labels) {
    shared.Text(key);
    shared.Text(value);
  }
  return shared.bytes();
}

void ReadSharedHead(ByteReader* shared, KubePod* pod) {
  pod->namespace_name = shared->Text();
  pod->requests = ReadAmounts(shared);
  pod->limits = ReadAmounts(shared);
  const uint8_t flags = shared->Byte();
  pod->qos_class = static_cast<QosClass>(flags & kQosBits);
  pod->host_network = (flags & kHostNetwork) != 0;
  pod->priority_class = shared->Text();
}

void ReadContainerSpecs(ByteReader* shared, Containers depth, KubePod* pod) {
  pod->containers.resize(shared->Varint());
  for (KubeContainer& container : pod->containers) {
    const std::string_view name = shared->Text();
    container.type = static_cast<ContainerType>(shared->Byte());
    const ResourceAmounts requests = ReadAmounts(shared);
    const ResourceAmounts limits = ReadAmounts(shared);
    if (depth != Containers::kWhole) continue;
    container.name = name;
    container.requests = requests;
    container.limits = limits;
  }
}

void ReadShared(std::string_view bytes, Containers depth, KubePod* pod) {
  ByteReader shared(bytes);
  ReadSharedHead(&shared, pod);
  ReadContainerSpecs(&shared, depth, pod);
  while (!shared.AtEnd()) {
    std::string key(shared.Text());
    pod->labels.emplace_hint(pod->labels.end(), std::move(key), shared.Text());
  }
}

// Up to and with the states of the containers that are there.
void ReadOwn(std::string_view bytes, Containers depth, KubePod* pod) {
  ByteReader own(bytes);
  const uint8_t flags = own.Byte();
  pod->ready = (flags & kReady) != 0;
  pod->deleted_at_ms = Signed(own.Optional());
  pod->name = own.Text();
  pod->uid = own.Id();
  pod->sample_uid = (flags & kSecondUid) != 0 ? own.Id() : pod->uid;
  const uint8_t phase = flags & kPhaseBits;
  pod->phase = phase == kOtherPhase ? own.Text() : kPhases[phase];
  pod->reason = own.Text();
  pod->created_at_ms = Signed(own.Optional());
  pod->started_at_ms = Signed(own.Optional());
  pod->terminating_since_ms = Signed(own.Optional());
  for (KubeContainer& container : pod->containers) ReadContainer(&own, depth, &container);
}

KubePod UnpackFrom(std::string_view shared, std::string_view own, std::string_view node,
                   Containers containers) {
  KubePod pod;
  ReadShared(shared, containers, &pod);
  ReadOwn(own, containers, &pod);
  pod.node_name = node;
  return pod;
}

}  // namespace

PackedPod::PackedPod(const KubePod& pod, Interner* interner)
    : own_(OwnBytes(pod)),
      shared_(interner->Intern(SharedPart(pod))),
      node_(interner->Intern(pod.node_name)) {}

KubePod PackedPod::Unpack() const {
  return UnpackFrom(shared_.view(), own_.view(), node_.view(), Containers::kWhole);
}

KubePod PackedPod::UnpackForList() const {
  return UnpackFrom(shared_.view(), own_.view(), node_.view(), Containers::kForList);
}

KubePod PackedPod::UnpackBriefly() const {
  KubePod pod;
  ByteReader shared(shared_.view());
  ReadSharedHead(&shared, &pod);
  ReadOwn(own_.view(), Containers::kWhole, &pod);
  pod.node_name = node_.view();
  return pod;
}

std::string_view PackedPod::namespace_name() const { return ByteReader(shared_.view()).Text(); }

std::string_view PackedPod::name() const {
  ByteReader own(own_.view());
  own.Byte();
  own.Optional();
  return own.Text();
}

std::string PackedPod::uid() const {
  ByteReader own(own_.view());
  own.Byte();
  own.Optional();
  own.Text();
  return own.Id();
}

bool PackedPod::HasUid(std::string_view uid) const {
  ByteReader own(own_.view());
  const uint8_t flags = own.Byte();
  own.Optional();
  own.Text();
  return own.IsId(uid) || ((flags & kSecondUid) != 0 && own.IsId(uid));
}

bool PackedPod::HasContainer(std::string_view container_id) const {
  const Ids found = ids();
  return std::find(found.containers.begin(), found.containers.end(), container_id) !=
         found.containers.end();
}

bool PackedPod::ended() const {
  const uint8_t phase = ByteReader(own_.view()).Byte() & kPhaseBits;
  return phase != kOtherPhase && (kPhases[phase] == "Succeeded" || kPhases[phase] == "Failed");
}

bool PackedPod::in_trouble() const { return (ByteReader(own_.view()).Byte() & kInTrouble) != 0; }

std::optional<uint32_t> PackedPod::restarts() const {
  KubePod pod;
  ByteReader shared(shared_.view());
  shared.Text();
  ReadAmounts(&shared);
  ReadAmounts(&shared);
  shared.Byte();
  shared.Text();
  ReadContainerSpecs(&shared, Containers::kForList, &pod);
  ReadOwn(own_.view(), Containers::kForList, &pod);
  return pod.restarts();
}

std::optional<int64_t> PackedPod::deleted_at_ms() const {
  ByteReader own(own_.view());
  own.Byte();
  return Signed(own.Optional());
}

ResourceAmounts PackedPod::requests() const {
  ByteReader shared(shared_.view());
  shared.Text();
  return ReadAmounts(&shared);
}

ResourceAmounts PackedPod::limits() const {
  ByteReader shared(shared_.view());
  shared.Text();
  ReadAmounts(&shared);
  return ReadAmounts(&shared);
}

PackedPod::Ids PackedPod::ids() const {
  KubePod pod;
  ByteReader shared(shared_.view());
  shared.Text();
  ReadAmounts(&shared);
  ReadAmounts(&shared);
  shared.Byte();
  shared.Text();
  pod.containers.resize(shared.Varint());
  ReadOwn(own_.view(), Containers::kWhole, &pod);
  Ids out;
  out.uids.push_back(std::move(pod.uid));
  if (pod.sample_uid != out.uids[0]) out.uids.push_back(std::move(pod.sample_uid));
  for (KubeContainer& container : pod.containers) {
    if (!container.container_id.empty()) {
      out.containers.push_back(std::move(container.container_id));
    }
  }
  return out;
}

}  // namespace kubemonitor

#include "simulator/request_maker.h"

#include <fmt/format.h>

#include <algorithm>
#include <span>
#include <utility>

#include "metrics.pb.h"
#include "wire/report_codec.h"

namespace kubemonitor {
namespace {

void AddColumn(Series series, std::span<const uint64_t> values, v1::ColumnSet* out) {
  v1::Column* column = out->add_columns();
  column->set_series(static_cast<uint32_t>(series));
  // All have a value; where each of them is 0 none is sent.
  if (std::ranges::all_of(values, [](uint64_t value) { return value == 0; })) return;
  column->mutable_values()->Add(values.begin(), values.end());
}

}  // namespace

RequestMaker::RequestMaker(const Model& model, const ObjectNumbers& numbers, uint64_t instance,
                           std::string version)
    : model_(model),
      numbers_(numbers),
      instance_(instance),
      version_(std::move(version)),
      ticks_(model),
      blocks_(model, numbers),
      request_(std::make_unique<v1::MetricsRequest>()) {}

RequestMaker::~RequestMaker() = default;

const std::string& RequestMaker::Make(uint32_t node, const ReportContent& content,
                                      int64_t sent_at_ms) {
  request_->Clear();
  request_->set_node_name(model_.NodeName(node));
  request_->set_protocol_version(kProtocolVersion);
  request_->set_boot_id(model_.BootId(node));
  request_->set_instance_id(fmt::format("{:016x}{:016x}", HashOf(instance_, 2 * uint64_t{node}),
                                        HashOf(instance_, 2 * uint64_t{node} + 1)));
  request_->set_interval_ms(static_cast<uint32_t>(model_.options().interval_ms));
  request_->set_sent_at_ms(sent_at_ms);
  request_->set_collector_version(version_);
  AddIdentities(content.identities);
  request_->set_codec_version(kBlockVersion);
  request_->set_history_waiting_bytes(content.waiting_bytes);
  request_->set_owed_ticks(content.owed_ticks);
  if (!content.ticks.empty() || !content.blocks.empty()) ticks_.SetNode(node);
  for (const BlockSpan& block : content.blocks) {
    const std::vector<uint8_t> bytes = blocks_.Make(block, &ticks_);
    request_->add_blocks()->set_bytes(bytes.data(), bytes.size());
  }
  for (const int64_t tick : content.ticks) {
    AddTick(tick, content.details && tick == content.ticks.back(), request_->add_ticks());
  }
  bytes_.clear();
  request_->AppendToString(&bytes_);
  return bytes_;
}

void RequestMaker::AddIdentities(const std::vector<PodRef>& pods) {
  for (const PodRef& pod : pods) {
    const uint32_t number = numbers_.Pod(pod);
    EncodeIdentity(model_.PodIdentity(pod, number), request_->add_identities());
    for (uint32_t c = 0; c < model_.options().containers_per_pod; ++c) {
      EncodeIdentity(model_.ContainerIdentity(pod, c, numbers_.Container(pod, c), number),
                     request_->add_identities());
    }
  }
}

void RequestMaker::AddTick(int64_t tick, bool details, v1::Tick* out) {
  ticks_.MoveTo(tick);
  Tick of_node;
  of_node.tick_ms = model_.TickMs(tick);
  of_node.boot_usec = ticks_.boot_usec();
  of_node.node = ticks_.node_values();
  EncodeTickValues(of_node, out);
  AddObjects(out->mutable_pods(), out->mutable_containers());
  for (size_t i = 0; i < kPodSeries.size(); ++i) {
    AddColumn(kPodSeries[i], ticks_.pod_values(i), out->mutable_pods());
  }
  for (size_t i = 0; i < kContainerSeries.size(); ++i) {
    AddColumn(kContainerSeries[i], ticks_.container_values(i), out->mutable_containers());
  }
  if (!details) return;
  AddDetails(&of_node);
  EncodeTickDetails(of_node, out);
}

void RequestMaker::AddObjects(v1::ColumnSet* pods, v1::ColumnSet* containers) {
  for (const PodRef& pod : ticks_.pods()) {
    pods->add_objects(numbers_.Pod(pod));
    for (uint32_t c = 0; c < model_.options().containers_per_pod; ++c) {
      containers->add_objects(numbers_.Container(pod, c));
    }
  }
}

void RequestMaker::AddDetails(Tick* out) const {
  out->node_details = ticks_.Details();
  for (const PodRef& pod : ticks_.pods()) {
    out->object_details.push_back(ticks_.PodDetails(pod.slot));
    out->object_details.back().object = numbers_.Pod(pod);
    for (uint32_t c = 0; c < model_.options().containers_per_pod; ++c) {
      out->object_details.push_back(ticks_.ContainerDetails(pod.slot, c));
      out->object_details.back().object = numbers_.Container(pod, c);
    }
  }
}

size_t TicksPerRequest(const ModelOptions& options) {
  constexpr size_t kRequestBytes = 900'000;
  constexpr size_t kNodeBytes = 400;
  constexpr size_t kPodBytes = 24;        // some more than two counters and a number take
  constexpr size_t kContainerBytes = 56;  // ten values and a number
  constexpr size_t kMostTicks = 120;
  const size_t tick =
      kNodeBytes +
      options.pods_per_node * (kPodBytes + kContainerBytes * size_t{options.containers_per_pod});
  return std::clamp<size_t>(kRequestBytes / tick, 1, kMostTicks);
}

}  // namespace kubemonitor

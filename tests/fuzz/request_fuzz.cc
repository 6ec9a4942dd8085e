// Any bytes as requests of collectors and other clients, through the whole gate into a real store:
// what is decoded survives its own encoding, sending twice changes nothing, and what the store
// holds is sound. "=====" stands between requests, ten seconds apart.

#include <memory>
#include <string>

#include "apiserver/ingest/ingest.h"
#include "apiserver/store/store.h"
#include "common/text.h"
#include "fuzz/fuzzing.h"
#include "metrics.pb.h"
#include "wire/limits.h"
#include "wire/node_name.h"
#include "wire/report_codec.h"
#include "wire/wire_shape.h"

namespace kubemonitor {
namespace {

constexpr std::string_view kSeparator = "=====";
constexpr int64_t kStartMs = 1'700'000'000'000;
constexpr int64_t kIntervalMs = 10'000;
constexpr int64_t kRetentionMs = 600'000;
constexpr int64_t kMaxAheadMs = 300'000;

class FuzzClock final : public Clock {
 public:
  int64_t WallMs() const override { return kStartMs + passed_ms; }
  uint64_t BootUsec() const override { return static_cast<uint64_t>(passed_ms + 1'000'000) * 1000; }
  int64_t passed_ms = 0;
};

void CheckTick(const v1::Tick& message) {
  const auto tick = DecodeTick(message);
  if (!tick.ok()) return;
  v1::Tick encoded;
  EncodeTickValues(*tick, &encoded);
  EncodeTickDetails(*tick, &encoded);
  const auto again = DecodeTick(encoded);
  Require(again.ok(), "what was decoded can be encoded");
  v1::Tick encoded_again;
  EncodeTickValues(*again, &encoded_again);
  EncodeTickDetails(*again, &encoded_again);
  Require(encoded.SerializeAsString() == encoded_again.SerializeAsString(), "a tick comes back");
}

void CheckCodec(const v1::MetricsRequest& request) {
  for (const v1::Identity& message : request.identities()) {
    const auto identity = DecodeIdentity(message);
    if (!identity.ok()) continue;
    v1::Identity encoded;
    EncodeIdentity(*identity, &encoded);
    const auto again = DecodeIdentity(encoded);
    Require(again.ok() && *again == *identity, "an identity comes back");
  }
  for (const v1::Tick& tick : request.ticks()) CheckTick(tick);
}

bool IsHeld(const std::vector<TickRange>& held, int64_t tick_ms) {
  for (const TickRange& range : held) {
    if (range.first_ms <= tick_ms && tick_ms <= range.last_ms) return true;
  }
  return false;
}

void CheckRows(const Store& store, ObjectId id, const std::vector<TickRange>& held,
               int64_t now_ms) {
  const ObjectRows rows = store.Read(id, ~uint64_t{0}, now_ms - kRetentionMs, now_ms + kMaxAheadMs);
  for (size_t row = 0; row < rows.size(); ++row) {
    const int64_t tick_ms = rows.tick(row).tick_ms;
    Require(row == 0 || rows.tick(row - 1).tick_ms < tick_ms, "rows in their order");
    Require(tick_ms % kIntervalMs == 0, "rows on the grid");
    Require(tick_ms < now_ms - kRetentionMs || IsHeld(held, tick_ms), "rows at ticks held");
    Require(rows.mask(row) != 0, "rows with a value");
    for (uint32_t number = 0; number < kSeriesEnd; ++number) {
      const auto series = SeriesFromNumber(number);
      if (series && rows.Has(row, *series)) {
        Require(rows.Value(row, *series) <= kMaxValue, "values that are measurements");
      }
    }
  }
}

void CheckIdentity(const Identity& identity) {
  for (const std::string* text : {&identity.pod_uid, &identity.namespace_name, &identity.pod_name,
                                  &identity.container_name, &identity.container_id}) {
    Require(text->size() <= kMaxObjectName && IsValidUtf8(*text), "names that can be shown");
  }
  Require(identity.labels.size() <= kMaxLabels, "few labels");
}

void CheckStore(const Store& store, int64_t now_ms) {
  for (const auto& node : store.Nodes()) {
    Require(IsNodeName(node->name), "nodes with names");
    const std::vector<TickRange> held = store.Held(node->name);
    for (size_t i = 0; i < held.size(); ++i) {
      Require(held[i].first_ms <= held[i].last_ms, "ranges in their order");
      Require(i == 0 || held[i - 1].last_ms < held[i].first_ms, "ranges apart");
      Require(held[i].last_ms <= now_ms + kMaxAheadMs, "nothing of the future");
    }
    CheckRows(store, {node->node, 0}, held, now_ms);
    for (const ObjectInfo& object : store.Objects(node->node)) {
      CheckIdentity(object.identity.Unpack());
      CheckRows(store, object.id, held, now_ms);
    }
  }
}

class Server {
 public:
  Server() : store_(NewBlockStore(Options())), ingest_(*store_, clock_, {"server"}) {}

  void Take(std::string_view bytes) {
    const bool shaped = CheckRequestShape(bytes).ok();
    v1::MetricsRequest request;
    const bool parsed = request.ParseFromArray(bytes.data(), static_cast<int>(bytes.size()));
    if (shaped && parsed) CheckCodec(request);
    std::string answer;
    Require(ingest_.HandleBytes(bytes, "peer", &answer).ok() == (shaped && parsed),
            "requests are answered, other bytes are not");
    if (!shaped || !parsed) return;
    v1::MetricsResponse response;
    Require(response.ParseFromString(answer), "an answer that can be read");
    const uint64_t samples = store_->Stats().samples;
    Require(ingest_.HandleBytes(bytes, "peer", &answer).ok(), "the same again");
    Require(store_->Stats().samples == samples, "sending twice changes nothing");
    CheckStore(*store_, clock_.WallMs());
    clock_.passed_ms += kIntervalMs;
    store_->Expire(clock_.WallMs());
  }

 private:
  static StoreOptions Options() {
    StoreOptions options;
    options.retention_ms = kRetentionMs;
    options.interval_ms = kIntervalMs;
    options.max_nodes = 4;
    options.max_objects_per_node = 8;
    return options;
  }

  FuzzClock clock_;
  std::unique_ptr<Store> store_;
  Ingest ingest_;
};

}  // namespace
}  // namespace kubemonitor

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using kubemonitor::kSeparator;
  static const bool quiet = [] {
    kubemonitor::InitLogging(kubemonitor::LogFormat::kText, kubemonitor::LogLevel::kError);
    return true;
  }();
  kubemonitor::Require(quiet, "refusals are not logged");
  kubemonitor::Server server;
  std::string_view rest = kubemonitor::TextOf(data, size);
  while (true) {
    const size_t end = rest.find(kSeparator);
    server.Take(rest.substr(0, end));
    if (end == std::string_view::npos) return 0;
    rest.remove_prefix(end + kSeparator.size());
  }
}

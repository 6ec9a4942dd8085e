#include "apiserver/rest/status.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <string_view>
#include <utility>
#include <vector>

#include "apiserver/query/query.h"
#include "common/json_writer.h"

namespace kubemonitor {
namespace {

constexpr std::pair<RefusalReason, std::string_view> kRefusalKeys[] = {
    {RefusalReason::kInvalid, "invalid"},       {RefusalReason::kTooOld, "tooOld"},
    {RefusalReason::kInFuture, "inFuture"},     {RefusalReason::kClockSkew, "clockSkew"},
    {RefusalReason::kSuperseded, "superseded"}, {RefusalReason::kOffGrid, "offGrid"},
    {RefusalReason::kCapacity, "capacity"},     {RefusalReason::kVersion, "version"},
};

double Seconds(int64_t ms) { return static_cast<double>(ms) / 1000.0; }

int64_t UptimeMs(const ServerStatus& status, uint64_t boot_usec) {
  return boot_usec < status.started_boot_usec
             ? 0
             : static_cast<int64_t>((boot_usec - status.started_boot_usec) / 1000);
}

// The second number of /proc/self/statm, in pages: "12345 678 …".
std::optional<uint64_t> ResidentBytes() {
  std::FILE* file = std::fopen("/proc/self/statm", "re");
  if (file == nullptr) return std::nullopt;
  unsigned long long total = 0;
  unsigned long long resident = 0;
  const int fields = std::fscanf(file, "%llu %llu", &total, &resident);
  std::fclose(file);
  const long page = ::sysconf(_SC_PAGESIZE);
  if (fields != 2 || page <= 0) return std::nullopt;
  return resident * static_cast<uint64_t>(page);
}

void WriteNodes(const NodeInfos& nodes, int64_t interval_ms, int64_t now_ms, JsonWriter* json) {
  uint64_t stale = 0;
  uint64_t conflicting = 0;
  uint64_t clock_refused = 0;
  uint64_t lost_ticks = 0;
  uint64_t owing = 0;
  uint64_t owed_ticks = 0;
  for (const std::shared_ptr<const NodeInfo>& node : nodes) {
    if (IsStale(*node, interval_ms, now_ms)) {
      ++stale;
    } else if (node->health.owed_ticks > 0) {
      ++owing;
      owed_ticks += node->health.owed_ticks;
    }
    if (node->health.conflict) ++conflicting;
    if (node->health.clock_refused) ++clock_refused;
    lost_ticks += node->health.lost_ticks;
  }
  json->Key("nodes");
  json->StartObject();
  json->UnsignedField("known", nodes.size());
  json->UnsignedField("stale", stale);
  json->UnsignedField("conflicting", conflicting);
  json->UnsignedField("clockRefused", clock_refused);
  json->UnsignedField("lostTicks", lost_ticks);
  json->UnsignedField("owing", owing);
  json->UnsignedField("owedTicks", owed_ticks);
  json->EndObject();
}

void WriteSamples(const StoreStats& stats, int64_t interval_ms, JsonWriter* json) {
  json->UnsignedField("pods", stats.pods);
  json->UnsignedField("containers", stats.containers);
  json->UnsignedField("series", stats.series);
  json->Key("samples");
  json->StartObject();
  json->UnsignedField("held", stats.samples);
  json->UnsignedField("storedTotal", stats.samples_total);
  if (stats.oldest_tick_ms && stats.newest_tick_ms) {
    // A tick stands for the interval that ends with it.
    const int64_t span_ms = *stats.newest_tick_ms - *stats.oldest_tick_ms + interval_ms;
    json->NumberField("perSecond",
                      static_cast<double>(stats.samples) / Seconds(std::max<int64_t>(span_ms, 1)));
  }
  json->EndObject();
}

void WriteIngest(const NodeInfos& nodes, const ServerStatus& status, int64_t interval_ms,
                 int64_t now_ms, JsonWriter* json) {
  std::optional<int64_t> newest_tick;
  std::optional<int64_t> worst_lag;
  int64_t lag_sum = 0;
  int64_t lag_count = 0;
  for (const std::shared_ptr<const NodeInfo>& node : nodes) {
    if (!node->newest_tick_ms) continue;
    newest_tick = std::max(newest_tick.value_or(*node->newest_tick_ms), *node->newest_tick_ms);
    if (IsStale(*node, interval_ms, now_ms)) continue;
    const int64_t lag = node->received_ms - *node->newest_tick_ms;
    worst_lag = std::max(worst_lag.value_or(lag), lag);
    lag_sum += lag;
    ++lag_count;
  }
  json->Key("ingest");
  json->StartObject();
  json->UnsignedFieldIf("requests", status.ingest_requests);
  if (newest_tick) json->NumberField("newestTickAgeSeconds", Seconds(now_ms - *newest_tick));
  if (worst_lag) {
    json->NumberField("arrivalLagAvgSeconds", Seconds(lag_sum) / static_cast<double>(lag_count));
    json->NumberField("arrivalLagMaxSeconds", Seconds(*worst_lag));
  }
  json->NumberFieldIf("reportLagLastSeconds", status.report_lag_last_seconds);
  json->NumberFieldIf("reportLagMaxSeconds", status.report_lag_max_seconds);
  json->EndObject();
}

void WriteRefusals(const ServerStatus& status, JsonWriter* json) {
  uint64_t total = 0;
  json->Key("refusals");
  json->StartObject();
  for (const auto& [reason, key] : kRefusalKeys) {
    const auto found = status.refusals.find(reason);
    const uint64_t count = found == status.refusals.end() ? 0 : found->second;
    json->UnsignedField(key, count);
    total += count;
  }
  json->UnsignedField("total", total);
  json->EndObject();
}

void WriteRetention(const Store& store, const StoreStats& stats, int64_t now_ms, JsonWriter* json) {
  json->Key("retention");
  json->StartObject();
  json->NumberField("configuredSeconds", Seconds(store.options().retention_ms));
  json->NumberField("effectiveSeconds", Seconds(store.RetentionMs(now_ms)));
  if (stats.oldest_tick_ms) {
    json->NumberField("heldSeconds", Seconds(std::max<int64_t>(now_ms - *stats.oldest_tick_ms, 0)));
  }
  json->TimeFieldIf("oldestTickAt", stats.oldest_tick_ms);
  json->TimeFieldIf("newestTickAt", stats.newest_tick_ms);
  json->EndObject();
}

void WriteMemory(const Store& store, const StoreStats& stats, JsonWriter* json) {
  json->Key("memory");
  json->StartObject();
  json->UnsignedFieldIf("residentBytes", ResidentBytes());
  json->UnsignedField("storeBytes", stats.memory_bytes());
  json->UnsignedField("blockBytes", stats.block_bytes);
  json->UnsignedField("openBlockBytes", stats.open_block_bytes);
  json->UnsignedField("objectBytes", stats.object_bytes);
  json->UnsignedField("sumBytes", stats.sum_bytes);
  json->UnsignedFieldIf("limitBytes", store.options().memory_limit_bytes);
  json->EndObject();
}

void WriteKind(const KubeKindStatus& kind, JsonWriter* json) {
  json->StartObject();
  json->TextField("kind", kind.kind);
  json->TextField("state", NameOf(kind.state));
  json->UnsignedField("objects", kind.objects);
  json->TimeFieldIf("lastEventAt", kind.last_event_ms);
  json->TextFieldIf("error", kind.error);
  json->EndObject();
}

void WriteKubernetes(const KubernetesStatus& status, int64_t now_ms, JsonWriter* json) {
  json->Key("kubernetes");
  json->StartObject();
  json->TextField("mode", status.mode);
  json->TextField("state", NameOf(status.state));
  json->TextFieldIf("server", status.server);
  json->TextFieldIf("version", status.version);
  if (status.last_sync_ms) {
    json->TimeFieldIf("lastSyncAt", status.last_sync_ms);
    json->NumberField("ageSeconds", Seconds(std::max<int64_t>(now_ms - *status.last_sync_ms, 0)));
  }
  if (!status.kinds.empty()) {
    json->Key("kinds");
    json->StartArray();
    for (const KubeKindStatus& kind : status.kinds) WriteKind(kind, json);
    json->EndArray();
    json->UnsignedField("bytes", status.bytes);
  }
  json->EndObject();
}

void WriteHttp(const HttpCounters& http, JsonWriter* json) {
  json->Key("http");
  json->StartObject();
  json->UnsignedField("requests", http.requests);
  json->UnsignedField("rejectedRequests", http.rejected_requests);
  json->UnsignedField("handlerFailures", http.handler_failures);
  json->UnsignedField("timedOut", http.timed_out);
  json->UnsignedField("connectionsOpen", http.connections_open);
  json->UnsignedField("connectionsAccepted", http.connections_accepted);
  json->UnsignedField("connectionsEvicted", http.connections_evicted);
  json->UnsignedField("connectionsRefused", http.connections_refused);
  json->UnsignedField("longAnswersRefused", http.streams_refused);
  json->UnsignedField("streamsOpen", http.push_streams_open);
  json->UnsignedField("streamsRefused", http.push_streams_refused);
  json->UnsignedField("streamsUnread", http.push_streams_overflowed);
  json->EndObject();
}

void WriteVersionFields(const VersionInfo& version, JsonWriter* json) {
  json->TextField("version", version.version);
  json->TextFieldIf("commit", version.commit);
  json->TextFieldIf("compiler", version.compiler);
}

std::string Finish(JsonWriter* json) {
  std::string text;
  json->Take(&text);
  return text + "\n";
}

}  // namespace

Readiness CheckReadiness(const Store& store, const ServerStatus& status, int64_t now_ms,
                         uint64_t boot_usec) {
  if (!status.listening) return {false, "the listeners are not all bound yet", 1};
  const int64_t interval_ms = store.options().interval_ms;
  const int64_t wait_ms = interval_ms + kReadyGraceMs - UptimeMs(status, boot_usec);
  if (wait_ms <= 0 || NewestCompleteTick(store.Nodes(), interval_ms, now_ms)) return {true, "", 1};
  return {
      false,
      fmt::format("the server has just started and no node has reported a tick yet; it waits at "
                  "most {} s longer for the first one",
                  (wait_ms + 999) / 1000),
      std::clamp<int64_t>((wait_ms + 999) / 1000, 1, (interval_ms + 999) / 1000)};
}

std::string StatusJson(const Store& store, const ServerStatus& status, const VersionInfo& version,
                       int64_t now_ms, uint64_t boot_usec) {
  const NodeInfos nodes = store.Nodes();
  const StoreStats stats = store.Stats();
  const int64_t interval_ms = store.options().interval_ms;
  JsonWriter json;
  json.StartObject();
  WriteVersionFields(version, &json);
  json.TimeFieldIf("startedAt", status.started_ms);
  json.NumberField("uptimeSeconds", Seconds(UptimeMs(status, boot_usec)));
  json.BoolField("ready", CheckReadiness(store, status, now_ms, boot_usec).ready);
  json.NumberField("intervalSeconds", Seconds(interval_ms));
  WriteRetention(store, stats, now_ms, &json);
  WriteNodes(nodes, interval_ms, now_ms, &json);
  WriteSamples(stats, interval_ms, &json);
  WriteIngest(nodes, status, interval_ms, now_ms, &json);
  WriteRefusals(status, &json);
  WriteMemory(store, stats, &json);
  WriteKubernetes(status.kubernetes, now_ms, &json);
  if (status.http) WriteHttp(*status.http, &json);
  json.EndObject();
  return Finish(&json);
}

std::string VersionJson(const VersionInfo& version) {
  JsonWriter json;
  json.StartObject();
  WriteVersionFields(version, &json);
  json.EndObject();
  return Finish(&json);
}

}  // namespace kubemonitor

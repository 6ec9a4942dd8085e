// request_corpus FOLDER: writes those seeds of request_fuzz that hold history blocks: taken over,
// merged with ticks, with objects nobody told of, of another boot, broken. The same ones each time.

#include <cstdio>
#include <fstream>
#include <span>
#include <string>
#include <vector>

#include "common/open_block.h"
#include "metrics.pb.h"
#include "wire/report_codec.h"

namespace kubemonitor {
namespace {

constexpr int64_t kStartMs = 1'700'000'000'000;  // the fuzzer's clock
constexpr int64_t kIntervalMs = 10'000;
constexpr std::string_view kSeparator = "=====";

v1::MetricsRequest Header() {
  v1::MetricsRequest request;
  request.set_node_name("n");
  request.set_protocol_version(1);
  request.set_instance_id("i");
  request.set_boot_id("b");
  request.set_interval_ms(kIntervalMs);
  request.set_sent_at_ms(kStartMs);
  request.set_codec_version(kBlockVersion);
  request.set_history_waiting_bytes(1000);
  return request;
}

void AddIdentities(v1::MetricsRequest* request) {
  Identity pod;
  pod.object = 1;
  pod.kind = ObjectKind::kPod;
  pod.pod_uid = "u";
  pod.namespace_name = "s";
  pod.pod_name = "p";
  EncodeIdentity(pod, request->add_identities());
  Identity container = pod;
  container.object = 2;
  container.kind = ObjectKind::kContainer;
  container.container_id = "c";
  container.container_name = "m";
  EncodeIdentity(container, request->add_identities());
}

SeriesValues ValuesAt(int64_t tick) {
  SeriesValues values;
  values.Set(Series::kCpuUsageUsec, static_cast<uint64_t>(tick) * 1'000);
  if (tick % 3 != 0) values.Set(Series::kPids, 1);
  return values;
}

// Ticks before the clock, the first one first.
std::string BlockOf(std::span<const int64_t> ticks, std::string boot = "b") {
  OpenBlock block(BlockStartMs(kStartMs - ticks.front() * kIntervalMs));
  for (const int64_t tick : ticks) {
    const SeriesValues values = ValuesAt(1'000 - tick);
    std::vector<ObjectRow> rows = {{0, &values}, {1, &values}, {2, &values}};
    block.Append({kStartMs - tick * kIntervalMs, static_cast<uint64_t>(1'000 - tick) * 10'000'000},
                 &rows);
  }
  const uint32_t epoch = 0;
  const auto bytes = block.Seal(std::span(&epoch, 1), std::span(&boot, 1));
  return {bytes.begin(), bytes.end()};
}

void AddTick(int64_t tick, v1::MetricsRequest* request) {
  Tick plain;
  plain.tick_ms = kStartMs - tick * kIntervalMs;
  plain.boot_usec = static_cast<uint64_t>(1'000 - tick) * 10'000'000;
  plain.pods.push_back({1, ValuesAt(1'000 - tick)});
  EncodeTickValues(plain, request->add_ticks());
}

bool Write(const std::string& path, std::initializer_list<v1::MetricsRequest> requests) {
  std::ofstream file(path, std::ios::binary);
  bool first = true;
  for (const v1::MetricsRequest& request : requests) {
    if (!first) file << kSeparator;
    first = false;
    file << request.SerializeAsString();
  }
  return file.good();
}

bool WriteAll(const std::string& folder) {
  const std::vector<int64_t> older = {48, 47, 45};  // all of one block, as are the next
  const std::vector<int64_t> newer = {18, 17, 16, 15};
  v1::MetricsRequest two = Header();
  AddIdentities(&two);
  two.add_blocks()->set_bytes(BlockOf(older));
  two.add_blocks()->set_bytes(BlockOf(newer));
  v1::MetricsRequest tick = Header();
  AddIdentities(&tick);
  AddTick(16, &tick);
  AddTick(0, &tick);
  v1::MetricsRequest one = Header();
  one.add_blocks()->set_bytes(BlockOf(newer));
  v1::MetricsRequest other = Header();
  AddIdentities(&other);
  other.add_blocks()->set_bytes(BlockOf(newer, "x"));
  v1::MetricsRequest broken = Header();
  broken.add_blocks()->set_bytes(BlockOf(newer).substr(0, 40));
  return Write(folder + "/blocks-adopted", {two}) &&
         Write(folder + "/block-merged-with-ticks", {tick, one}) &&
         Write(folder + "/block-of-unknown-objects", {one}) &&
         Write(folder + "/block-of-another-boot", {other}) &&
         Write(folder + "/block-broken", {broken});
}

}  // namespace
}  // namespace kubemonitor

int main(int argc, char** argv) {
  if (argc != 2 || !kubemonitor::WriteAll(argv[1])) {
    std::fprintf(stderr, "usage: request_corpus FOLDER\n");
    return 1;
  }
  return 0;
}

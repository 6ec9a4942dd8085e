// The yardstick for size: the same columns as general compressors would get them, little-endian
// 64-bit differences, all columns of one series after the other.

#include <fmt/format.h>

#include <cstdio>
#include <map>
#include <utility>

#include "bench/micro/model_hour.h"
#include "simulator/request_maker.h"

namespace kubemonitor::bench {
namespace {

class ColumnFile {
 public:
  void Add(const std::vector<Tick>& hour, uint32_t node, size_t first, size_t count) {
    for (size_t i = first; i < first + count; ++i) {
      AddValues(hour[i].node, node, 0);
      for (const ObjectSample& pod : hour[i].pods) AddValues(pod.values, node, pod.object);
      for (const ObjectSample& container : hour[i].containers) {
        AddValues(container.values, node, container.object);
      }
    }
  }

  uint64_t samples() const { return samples_; }

  bool Write(const std::string& path) const {
    std::string bytes;
    bytes.reserve(samples_ * sizeof(uint64_t));
    for (const auto& [key, values] : columns_) {
      uint64_t before = 0;
      for (const uint64_t value : values) {
        for (unsigned shift = 0; shift < 64; shift += 8) {
          bytes.push_back(static_cast<char>((value - before) >> shift & 0xff));
        }
        before = value;
      }
    }
    FILE* file = fopen(path.c_str(), "wb");
    if (file == nullptr) return false;
    const bool written = fwrite(bytes.data(), 1, bytes.size(), file) == bytes.size();
    return fclose(file) == 0 && written;
  }

 private:
  void AddValues(const SeriesValues& values, uint32_t node, uint32_t object) {
    for (uint8_t number = 1; number < kSeriesEnd; ++number) {
      const auto value = values.Get(static_cast<Series>(number));
      if (!value) continue;
      columns_[{number, (uint64_t{node} << 32) | object}].push_back(*value);
      ++samples_;
    }
  }

  std::map<std::pair<uint8_t, uint64_t>, std::vector<uint64_t>> columns_;  // by series, then object
  uint64_t samples_ = 0;
};

// Bytes of a request of the node with so many ticks, without identities, which are sent once.
size_t RequestBytes(const Model& model, size_t tick_count) {
  const int64_t first = model.TickAt(kHourStartMs);
  const ObjectNumbers numbers(model, first);
  RequestMaker maker(model, numbers, 1, "bench");
  ReportContent content;
  for (size_t i = 0; i < tick_count; ++i) content.ticks.push_back(first + static_cast<int64_t>(i));
  content.details = tick_count == 1;  // live: what has no history is sent with the newest tick
  return maker.Make(0, content, kHourStartMs).size();
}

}  // namespace

int DumpColumns(const std::string& directory) {
  const Model model(BenchModel());
  ColumnFile one, all;
  uint64_t one_bytes = 0, all_bytes = 0;
  for (uint32_t node = 0; node < model.options().nodes; ++node) {
    const std::vector<Tick> hour = HourOf(model, node);
    if (node == 0) one.Add(hour, node, 0, kTicksPerBlock);
    all.Add(hour, node, 0, hour.size());
    for (size_t first = 0; first < hour.size(); first += kTicksPerBlock) {
      const uint64_t size =
          SealBlock(OpenBlockOf(hour, first, kTicksPerBlock), model.BootId(node)).size();
      if (node == 0 && first == 0) one_bytes = size;
      all_bytes += size;
    }
  }
  if (!one.Write(directory + "/block.columns") || !all.Write(directory + "/hour.columns")) {
    fmt::print(stderr, "cannot write to {}\n", directory);
    return 1;
  }
  fmt::print(
      "{{\"block\":{{\"samples\":{},\"blockBytes\":{}}},\"hour\":{{\"samples\":{},\"blockBytes\":{}"
      ","
      "\"nodes\":{}}},\"requestBytes\":{{\"1\":{},\"{}\":{}}}}}\n",
      one.samples(), one_bytes, all.samples(), all_bytes, model.options().nodes,
      RequestBytes(model, 1), kTicksPerBlock, RequestBytes(model, kTicksPerBlock));
  return 0;
}

}  // namespace kubemonitor::bench

// The series block and the open block: one node, 30 ticks.

#include <benchmark/benchmark.h>

#include <array>
#include <cstdlib>
#include <cstring>

#include "bench/micro/model_hour.h"
#include "common/series_block.h"

namespace kubemonitor::bench {
namespace {

constexpr uint64_t kAllSeries = ~uint64_t{0};
constexpr uint32_t kContainer = 2;  // the first pod's first container

struct BlockData {
  Model model{BenchModel()};
  std::vector<Tick> hour = HourOf(model, 0);
  OpenBlock open = OpenBlockOf(hour, 0, kTicksPerBlock);
  std::vector<uint8_t> sealed = SealBlock(open, model.BootId(0));
  uint64_t samples = open.sample_count();
};

void CountSamples(benchmark::State& state, uint64_t samples) {
  state.SetItemsProcessed(static_cast<int64_t>(state.iterations() * samples));
}

uint64_t SumOf(BlockReader::Object* object, uint64_t mask, size_t ticks) {
  uint64_t sum = 0;
  object->Columns(mask, [&](Series, const TickMask&, const uint64_t* values) {
    sum += values[0] + values[ticks - 1];
  });
  return sum;
}

// The yardstick: the block's samples as plain 64-bit numbers, copied.
void BM_Memcpy(benchmark::State& state) {
  const BlockData data;
  std::vector<uint64_t> from(data.samples, 1), to(data.samples);
  for (auto _ : state) {
    benchmark::DoNotOptimize(from.data());
    memcpy(to.data(), from.data(), from.size() * sizeof(uint64_t));
    benchmark::DoNotOptimize(to.data());
    benchmark::ClobberMemory();
  }
  CountSamples(state, data.samples);
}
BENCHMARK(BM_Memcpy);

void BM_BlockEncode(benchmark::State& state) {
  const BlockData data;
  BlockColumns columns;
  data.open.Decode(&columns);
  const std::array<std::string, 1> boots{data.model.BootId(0)};
  for (auto _ : state) {
    BlockEncoder encoder(data.open.start_ms(), boots, data.open.ticks());
    for (const BlockColumns::Object& object : columns.objects()) {
      encoder.BeginObject(object.number);
      for (const BlockColumns::Column& column : columns.columns(object)) {
        encoder.AddColumn(column.series, column.present,
                          std::span(columns.values(column), kTicksPerBlock));
      }
    }
    benchmark::DoNotOptimize(encoder.Finish());
  }
  CountSamples(state, data.samples);
}
BENCHMARK(BM_BlockEncode);

void BM_BlockDecode(benchmark::State& state) {
  const BlockData data;
  for (auto _ : state) {
    const BlockReader reader = BlockReader::Trusted(data.sealed);
    uint64_t sum = 0;
    for (BlockReader::Object object = reader.Objects(); object.Next();) {
      sum += SumOf(&object, kAllSeries, reader.tick_count());
    }
    benchmark::DoNotOptimize(sum);
  }
  CountSamples(state, data.samples);
}
BENCHMARK(BM_BlockDecode);

void BM_BlockCheck(benchmark::State& state) {
  const BlockData data;
  if (!BlockReader::Check(data.sealed).ok()) abort();
  for (auto _ : state) benchmark::DoNotOptimize(BlockReader::Check(data.sealed));
  CountSamples(state, data.samples);
}
BENCHMARK(BM_BlockCheck);

// One column of one container: found, the others stepped over.
void BM_BlockReadOneColumn(benchmark::State& state) {
  const BlockData data;
  for (auto _ : state) {
    const BlockReader reader = BlockReader::Trusted(data.sealed);
    BlockReader::Object object;
    if (!reader.Find(kContainer, &object)) abort();
    benchmark::DoNotOptimize(
        SumOf(&object, SeriesValues::Bit(Series::kCpuUsageUsec), reader.tick_count()));
  }
  CountSamples(state, kTicksPerBlock);
}
BENCHMARK(BM_BlockReadOneColumn);

void BM_OpenBlockAppend(benchmark::State& state) {
  const BlockData data;
  for (auto _ : state) benchmark::DoNotOptimize(OpenBlockOf(data.hour, 0, kTicksPerBlock));
  CountSamples(state, data.samples);
}
BENCHMARK(BM_OpenBlockAppend);

void BM_OpenBlockDecode(benchmark::State& state) {
  const BlockData data;
  BlockColumns columns;
  for (auto _ : state) {
    data.open.Decode(&columns);
    benchmark::DoNotOptimize(columns.objects().data());
  }
  CountSamples(state, data.samples);
}
BENCHMARK(BM_OpenBlockDecode);

// What ends a block: decode the open one, encode.
void BM_OpenBlockSeal(benchmark::State& state) {
  const BlockData data;
  for (auto _ : state) benchmark::DoNotOptimize(SealBlock(data.open, data.model.BootId(0)));
  CountSamples(state, data.samples);
}
BENCHMARK(BM_OpenBlockSeal);

}  // namespace
}  // namespace kubemonitor::bench

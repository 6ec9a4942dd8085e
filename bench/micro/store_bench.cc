// The store: one node's hour goes in, and is read.

#include <benchmark/benchmark.h>

#include <cstdlib>
#include <memory>

#include "apiserver/query/summed_store.h"
#include "apiserver/store/store.h"
#include "bench/micro/model_hour.h"

namespace kubemonitor::bench {
namespace {

constexpr uint64_t kAllSeries = ~uint64_t{0};
constexpr ObjectId kContainer{0, 2};
constexpr int64_t kHourEndMs = kHourStartMs + static_cast<int64_t>(kTicksPerHour - 1) * kIntervalMs;

uint64_t Samples(const std::vector<Tick>& ticks) {
  uint64_t samples = 0;
  for (const Tick& tick : ticks) samples += SamplesOf(tick);
  return samples;
}

std::vector<NodeReport> Reports(size_t ticks_each) {
  const Model model(BenchModel());
  const std::vector<Tick> hour = HourOf(model, 0);
  std::vector<NodeReport> reports;
  for (size_t first = 0; first < hour.size(); first += ticks_each) {
    reports.push_back(ReportOf(model, 0, hour, first, ticks_each));
  }
  return reports;
}

void Fill(const std::vector<NodeReport>& reports, Store* store) {
  for (const NodeReport& report : reports) {
    if (store->Append(report, report.sent_at_ms).accepted_ticks != report.ticks.size()) abort();
  }
}

std::unique_ptr<Store> FilledStore() {
  std::unique_ptr<Store> store = NewBlockStore({});
  Fill(Reports(kTicksPerBlock), store.get());
  return store;
}

// An hour of reports with so many ticks each, blocks sealed on the way.
template <typename MakeStore>
void AppendHour(benchmark::State& state, MakeStore make_store) {
  const std::vector<NodeReport> reports = Reports(static_cast<size_t>(state.range(0)));
  uint64_t samples = 0;
  for (const NodeReport& report : reports) samples += Samples(report.ticks);
  for (auto _ : state) {
    const std::unique_ptr<Store> store = make_store();
    Fill(reports, store.get());
    benchmark::DoNotOptimize(store.get());
  }
  state.SetItemsProcessed(static_cast<int64_t>(state.iterations() * samples));
}

void BM_StoreAppendHour(benchmark::State& state) {
  AppendHour(state, [] { return NewBlockStore({}); });
}
BENCHMARK(BM_StoreAppendHour)->ArgName("ticks")->Arg(1)->Arg(30);
// With the sums over namespaces.
void BM_SummedStoreAppendHour(benchmark::State& state) {
  AppendHour(state, [] { return NewSummedStore({}); });
}
BENCHMARK(BM_SummedStoreAppendHour)->ArgName("ticks")->Arg(1)->Arg(30);

// All series of a container, the newest so many minutes.
void BM_StoreReadContainer(benchmark::State& state) {
  const std::unique_ptr<Store> store = FilledStore();
  const int64_t first_ms = kHourEndMs - state.range(0) * 60'000 + kIntervalMs;
  size_t samples = 0;
  for (auto _ : state) {
    const ObjectRows rows = store->Read(kContainer, kAllSeries, first_ms, kHourEndMs);
    samples = rows.size() * 10;
    benchmark::DoNotOptimize(samples);
  }
  if (samples == 0) abort();
  state.SetItemsProcessed(static_cast<int64_t>(state.iterations() * samples));
}
BENCHMARK(BM_StoreReadContainer)->ArgName("minutes")->Arg(5)->Arg(60);

void ReadNodeHour(benchmark::State& state, uint64_t mask) {
  const std::unique_ptr<Store> store = FilledStore();
  uint64_t samples = 0;
  for (const IndexedRows& object : store->ReadNode(0, mask, kHourStartMs, kHourEndMs)) {
    for (size_t row = 0; row < object.rows.size(); ++row) {
      samples += static_cast<uint64_t>(std::popcount(object.rows.mask(row)));
    }
  }
  if (samples == 0) abort();
  for (auto _ : state) {
    benchmark::DoNotOptimize(store->ReadNode(0, mask, kHourStartMs, kHourEndMs));
  }
  state.SetItemsProcessed(static_cast<int64_t>(state.iterations() * samples));
}

// All objects of a node, an hour.
void BM_StoreReadNodeHour(benchmark::State& state) { ReadNodeHour(state, kAllSeries); }
BENCHMARK(BM_StoreReadNodeHour);
void BM_StoreReadNodeHourCpu(benchmark::State& state) {
  ReadNodeHour(state, SeriesValues::Bit(Series::kCpuUsageUsec));
}
BENCHMARK(BM_StoreReadNodeHourCpu);

}  // namespace
}  // namespace kubemonitor::bench

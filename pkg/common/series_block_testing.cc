#include "common/series_block_testing.h"

#include <cmath>
#include <limits>

namespace kubemonitor::testing {
namespace {

constexpr uint64_t kMax = std::numeric_limits<uint64_t>::max();

uint64_t AnyWidth(Random* random) { return (*random)() >> Draw(random, 0, 63); }

// Starts anywhere, and changes in `percent` of the ticks by what `step` gives.
template <typename Step>
std::vector<uint64_t> Walk(Random* random, uint64_t start, size_t count, unsigned percent,
                           Step step) {
  std::vector<uint64_t> values = {start};
  while (values.size() < count) {
    values.push_back(values.back() + (Chance(random, percent) ? step() : 0));
  }
  return values;
}

}  // namespace

uint64_t Draw(Random* random, uint64_t low, uint64_t high) {
  return std::uniform_int_distribution<uint64_t>(low, high)(*random);
}

bool Chance(Random* random, unsigned percent) { return Draw(random, 1, 100) <= percent; }

double DrawLog(Random* random, double low, double high) {
  return std::exp(std::uniform_real_distribution<double>(std::log(low), std::log(high))(*random));
}

uint64_t PlainBlock::SampleCount() const {
  uint64_t count = 0;
  for (const auto& [number, object] : objects) {
    for (const auto& [series, column] : object) {
      for (const auto& value : column) count += value.has_value();
    }
  }
  return count;
}

std::ostream& operator<<(std::ostream& out, const PlainBlock& block) {
  return out << "block of " << block.ticks.size() << " ticks, " << block.objects.size()
             << " objects, " << block.SampleCount() << " values";
}

std::vector<uint8_t> Encode(const PlainBlock& block) {
  BlockEncoder encoder(block.start_ms, block.boot_ids, block.ticks);
  std::vector<uint64_t> values(block.ticks.size());
  for (const auto& [number, object] : block.objects) {
    encoder.BeginObject(number);
    for (const auto& [series, column] : object) {
      TickMask present;
      for (size_t i = 0; i < column.size(); ++i) {
        values[i] = column[i].value_or(0xDEAD);
        if (column[i]) present.Set(i);
      }
      encoder.AddColumn(static_cast<Series>(series), present, values);
    }
  }
  return encoder.Finish();
}

PlainBlock Read(const BlockReader& reader) {
  PlainBlock block{reader.start_ms(), reader.BootIds(), reader.Ticks(), {}};
  for (BlockReader::Object object = reader.Objects(); object.Next();) {
    PlainBlock::Object& columns = block.objects[object.number()];
    object.Columns(kMax, [&](Series series, const TickMask& present, const uint64_t* values) {
      PlainBlock::Column& column = columns[static_cast<uint8_t>(series)];
      column.resize(reader.tick_count());
      for (size_t i = 0; i < column.size(); ++i) {
        if (present.Has(i)) column[i] = values[i];
      }
    });
  }
  return block;
}

uint64_t ReadAll(const BlockReader& reader) {
  uint64_t sum = reader.sample_count() + reader.object_count();
  for (const std::string& id : reader.BootIds()) sum += id.size();
  for (const BlockTick& tick : reader.Ticks()) sum += tick.boot_usec + tick.boot;
  for (BlockReader::Object object = reader.Objects(); object.Next();) {
    sum += object.number();
    object.Columns(kMax, [&](Series series, const TickMask& present, const uint64_t* values) {
      sum += static_cast<uint64_t>(series);
      for (size_t i = 0; i < reader.tick_count(); ++i) sum += present.Has(i) ? values[i] : 0;
    });
    // One alone takes the way over the others.
    const uint64_t mask = object.series_mask();
    object.Columns(
        mask == 0 ? 0 : std::bit_floor(mask),
        [&](Series, const TickMask& present, const uint64_t*) { sum += present.count(); });
  }
  return sum;
}

std::vector<uint64_t> RandomValues(Random* random, size_t count) {
  const uint64_t base = AnyWidth(random);
  const uint64_t scale = AnyWidth(random) / 32 + 1;
  const auto shift = static_cast<unsigned>(Draw(random, 0, 3) == 0 ? Draw(random, 1, 20) : 0);
  const uint64_t least = Chance(random, 50) ? 1 : 20 * scale;
  const auto up = [&] { return (least + Draw(random, 0, scale)) << shift; };
  const auto either = [&] { return Chance(random, 50) ? up() : ~up() + 1; };
  const auto percent = static_cast<unsigned>(Draw(random, 1, Chance(random, 50) ? 9 : 60));
  switch (Draw(random, 0, 9)) {
    case 0:
      return std::vector<uint64_t>(count, 0);
    case 1:
      return std::vector<uint64_t>(count, base << shift);
    case 2:  // a counter that never rests
      return Walk(random, base, count, 100, [&] { return 7 * scale + Draw(random, 0, 3 * scale); });
    case 3:
      return Walk(random, base, count, percent, up);
    case 4:  // a gauge
      return Walk(random, base << shift, count, percent, either);
    case 5:
    case 6: {  // around a level, each tick for itself
      std::vector<uint64_t> values(count);
      for (uint64_t& value : values) value = base + (Chance(random, percent) ? either() : 0);
      return values;
    }
    case 7: {  // the ends of the range
      std::vector<uint64_t> values(count);
      constexpr uint64_t kEnds[] = {0, 1, kMax, kMax - 1, uint64_t{1} << 63, kMax >> 1, kMax >> 2};
      for (uint64_t& value : values) value = kEnds[Draw(random, 0, std::size(kEnds) - 1)];
      return values;
    }
    case 8: {  // a constant step
      std::vector<uint64_t> values(count, base);
      for (size_t i = 0; i < count; ++i) values[i] += i * (scale << shift);
      return values;
    }
    default: {
      std::vector<uint64_t> values(count);
      for (uint64_t& value : values) value = (*random)();
      return values;
    }
  }
}

namespace {

void RandomAxis(Random* random, size_t max_ticks, PlainBlock* block) {
  block->start_ms = static_cast<int64_t>(Draw(random, 0, 6'000'000)) * kBlockSpanMs;
  const size_t boots = Draw(random, 1, 3);
  for (size_t i = 0; i < boots; ++i) {
    block->boot_ids.push_back(Chance(random, 50) ? "5a1d6e0c-3b0f-4c57-9a2e-0f4f7d8c1b2a"
                                                 : std::string(Draw(random, 0, 128), 'b'));
  }
  const size_t count = Draw(random, 1, max_ticks);
  const bool even = Chance(random, 70);
  const int64_t step = kBlockSpanMs / static_cast<int64_t>(count);
  int64_t tick_ms = block->start_ms;
  uint64_t boot_usec = AnyWidth(random);
  uint32_t boot = 0;
  for (size_t i = 0; i < count; ++i) {
    if (Chance(random, 2) && boot + 1 < boots) {
      ++boot;
      boot_usec = Draw(random, 0, 100'000'000);
    }
    block->ticks.push_back({tick_ms, boot_usec, boot, Chance(random, 3)});
    const int64_t advance =
        even ? step : static_cast<int64_t>(Draw(random, 1, static_cast<uint64_t>(step)));
    tick_ms += advance;
    boot_usec += static_cast<uint64_t>(advance) * 1000 + Draw(random, 0, 500);
  }
}

// The ticks at which something has values; at least one.
std::vector<bool> RandomPresence(Random* random, size_t count) {
  std::vector<bool> present(count, true);
  const uint64_t shape = Draw(random, 0, 9);
  if (shape == 0) {  // it comes and goes
    const size_t first = Draw(random, 0, count - 1);
    const size_t last = Draw(random, first, count - 1);
    for (size_t i = 0; i < count; ++i) present[i] = i >= first && i <= last;
  } else if (shape == 1) {
    for (size_t i = 0; i < count; ++i) present[i] = Chance(random, 60);
    present[Draw(random, 0, count - 1)] = true;
  }
  return present;
}

PlainBlock::Object RandomObject(Random* random, size_t tick_count) {
  PlainBlock::Object object;
  const std::vector<bool> common = RandomPresence(random, tick_count);
  const bool mixed = Chance(random, 20);
  for (uint8_t series = 1; series < kSeriesEnd; ++series) {
    if (!Chance(random, 25)) continue;
    const std::vector<bool> present = mixed ? RandomPresence(random, tick_count) : common;
    const std::vector<uint64_t> values = RandomValues(random, tick_count);
    PlainBlock::Column& column = object[series];
    column.resize(tick_count);
    for (size_t i = 0; i < tick_count; ++i) {
      if (present[i]) column[i] = values[i];
    }
  }
  return object;
}

// The columns of the model.
class Model {
 public:
  explicit Model(Random* random) : random_(random) {}

  void Container(PlainBlock::Object* object) {
    const double mean = DrawLog(random_, 20'000, 3'000'000);
    Put(object, Series::kCpuUsageUsec, Counter(mean, 0.3, 100));
    for (const Series series : {Series::kCpuThrottledUsec, Series::kPsiCpuSomeUsec,
                                Series::kPsiMemorySomeUsec, Series::kPsiIoSomeUsec}) {
      Put(object, series, Counter(DrawLog(random_, 10'000, 320'000), 0.9, 5));
    }
    Put(object, Series::kMemoryCurrentBytes, Memory());
    Put(object, Series::kMemoryWorkingSetBytes, Memory());
    const bool disk = Chance(random_, 20);
    for (const Series series : {Series::kDiskReadBytes, Series::kDiskWriteBytes}) {
      std::vector<uint64_t> pages(kTicks, 0);
      if (disk) pages = Counter(DrawLog(random_, 2, 2'000), 0.9, 60);
      for (uint64_t& value : pages) value *= 4096;
      Put(object, series, pages);
    }
    Put(object, Series::kPids, Walk(random_, Draw(random_, 2, 40), kTicks, 2, [&] {
          return Chance(random_, 50) ? 1 : kMax;
        }));
  }

  void Pod(PlainBlock::Object* object) {
    for (const Series series : {Series::kNetworkRxBytes, Series::kNetworkTxBytes}) {
      Put(object, series, Counter(DrawLog(random_, 1'000, 10'000'000), 0.3, 100));
    }
  }

 private:
  static constexpr size_t kTicks = 30;

  // Grows in `percent` of the ticks by `mean` and up to `spread` of it more or less, and has done
  // so for up to a month.
  std::vector<uint64_t> Counter(double mean, double spread, unsigned percent) {
    const double start = mean * percent / 100 * static_cast<double>(Draw(random_, 1, 259'200));
    const auto low = static_cast<uint64_t>(mean * (1 - spread)) + 1;
    const auto high = std::max(low, static_cast<uint64_t>(mean * (1 + spread)));
    return Walk(random_, static_cast<uint64_t>(start), kTicks, percent,
                [&] { return Draw(random_, low, high); });
  }

  std::vector<uint64_t> Memory() {
    const uint64_t start = Draw(random_, 2'000, 220'000);
    std::vector<uint64_t> pages = Walk(random_, start, kTicks, 50, [&] {
      const uint64_t step = Draw(random_, 1, 32);
      return Chance(random_, 50) ? step : ~step + 1;
    });
    for (uint64_t& value : pages) value *= 4096;
    return pages;
  }

  static void Put(PlainBlock::Object* object, Series series, const std::vector<uint64_t>& values) {
    (*object)[static_cast<uint8_t>(series)].assign(values.begin(), values.end());
  }

  Random* random_;
};

}  // namespace

PlainBlock RandomBlock(Random* random, size_t max_ticks, size_t max_objects) {
  PlainBlock block;
  RandomAxis(random, max_ticks, &block);
  const size_t objects = Draw(random, 0, max_objects);
  uint64_t number = Draw(random, 0, 1);
  for (size_t i = 0; i < objects && number <= UINT32_MAX; ++i) {
    PlainBlock::Object object = RandomObject(random, block.ticks.size());
    if (!object.empty()) block.objects[static_cast<uint32_t>(number)] = std::move(object);
    number += Chance(random, 70) ? 1 : Draw(random, 1, uint64_t{1} << Draw(random, 0, 32));
  }
  return block;
}

PlainBlock ModelBlock(Random* random) {
  PlainBlock block;
  block.start_ms = 1'700'000'100'000;
  block.boot_ids = {"5a1d6e0c-3b0f-4c57-9a2e-0f4f7d8c1b2a"};
  uint64_t boot_usec = Draw(random, 0, 2'600'000'000'000);
  for (int64_t i = 0; i < 30; ++i) {
    block.ticks.push_back(
        {block.start_ms + i * 10'000, boot_usec + Draw(random, 0, 20'000), 0, false});
    boot_usec += 10'000'000;
  }
  Model model(random);
  uint32_t number = 1;
  for (int pod = 0; pod < 30; ++pod) {
    model.Pod(&block.objects[number++]);
    model.Container(&block.objects[number++]);
    model.Container(&block.objects[number++]);
  }
  return block;
}

}  // namespace kubemonitor::testing

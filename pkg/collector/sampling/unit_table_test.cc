#include "collector/sampling/unit_table.h"

#include <gtest/gtest.h>

namespace kubemonitor {
namespace {

UnitReading Unit(uint64_t key, uint64_t usage, std::optional<uint64_t> delta) {
  UnitReading unit;
  unit.key = key;
  unit.name = "x.service";
  unit.cpu_usage_usec = usage;
  unit.cpu_delta_usec = delta;
  unit.memory_bytes = 1000;
  unit.tasks = 5;
  return unit;
}

TEST(UnitTable, RatesOverTheTimeThatPassed) {
  UnitTable table;
  const UnitUsage first = table.Update({Unit(1, 500, {})}, 0).at(0);
  EXPECT_EQ(first.name, "x.service");
  EXPECT_EQ(first.cpu_usage_usec, 500u);
  EXPECT_FALSE(first.cpu_millicores);
  EXPECT_EQ(first.memory_bytes, 1000u);
  EXPECT_EQ(first.process_count, 5u);
  const UnitUsage second = table.Update({Unit(1, 5'000'500, 5'000'000)}, 10'000'000).at(0);
  EXPECT_DOUBLE_EQ(*second.cpu_millicores, 500);
  // Restarted: the counter went back, so there is no delta.
  const UnitUsage third = table.Update({Unit(1, 40, {})}, 10'000'000).at(0);
  EXPECT_EQ(third.cpu_usage_usec, 40u);
  EXPECT_FALSE(third.cpu_millicores);
}

TEST(UnitTable, ContainersBelowAreNotTheUnits) {
  UnitTable table;
  UnitReading unit = Unit(1, 1000, {});
  unit.has_pods = true;
  unit.pods_cpu_usage_usec = 700;
  unit.pods_memory_bytes = 400;
  unit.pods_tasks = 2;
  const UnitUsage first = table.Update({unit}, 0).at(0);
  EXPECT_EQ(first.cpu_usage_usec, 300u);
  EXPECT_EQ(first.memory_bytes, 600u);
  EXPECT_EQ(first.process_count, 3u);
  unit.cpu_usage_usec = 2000;
  unit.cpu_delta_usec = 1000;
  unit.pods_cpu_usage_usec = 1600;
  unit.pods_cpu_delta_usec = 900;
  const UnitUsage second = table.Update({unit}, 1'000'000).at(0);
  EXPECT_EQ(second.cpu_usage_usec, 400u);
  EXPECT_DOUBLE_EQ(*second.cpu_millicores, 0.1);
  // The containers ended: their past does not become the unit's.
  UnitReading alone = Unit(1, 2050, 50);
  EXPECT_EQ(table.Update({alone}, 1'000'000).at(0).cpu_usage_usec, 450u);
  // Reads one after the other: never negative.
  unit.cpu_delta_usec = 10;
  unit.pods_cpu_delta_usec = 20;
  unit.pods_memory_bytes = 5000;
  const UnitUsage last = table.Update({unit}, 1'000'000).at(0);
  EXPECT_EQ(last.cpu_usage_usec, 450u);
  EXPECT_DOUBLE_EQ(*last.cpu_millicores, 0);
  EXPECT_EQ(last.memory_bytes, 0u);
}

TEST(UnitTable, IsBounded) {
  std::vector<UnitReading> units;
  for (uint64_t i = 0; i < UnitTable::kMaxUnits + 10; ++i) units.push_back(Unit(i + 1, 100, 10));
  UnitTable table;
  const std::vector<UnitUsage> usages = table.Update(units, 1'000'000);
  ASSERT_EQ(usages.size(), UnitTable::kMaxUnits);
  EXPECT_EQ(usages.back().name, "other");
  EXPECT_EQ(usages.back().memory_bytes, 11'000u);
  EXPECT_EQ(usages.back().process_count, 55u);
  EXPECT_FALSE(usages.back().cpu_usage_usec);
  EXPECT_NEAR(*usages.back().cpu_millicores, 0.11, 1e-9);
  units.resize(UnitTable::kMaxUnits);
  EXPECT_EQ(table.Update(units, 1'000'000).back().name, "x.service");
}

TEST(UnitTable, UnknownStaysUnknown) {
  UnitReading unit;
  unit.key = 1;
  unit.name = "bare";
  unit.has_pods = true;
  UnitTable table;
  const UnitUsage usage = table.Update({unit}, 1'000'000).at(0);
  EXPECT_FALSE(usage.cpu_usage_usec);
  EXPECT_FALSE(usage.cpu_millicores);
  EXPECT_FALSE(usage.memory_bytes);
  EXPECT_FALSE(usage.process_count);
}

}  // namespace
}  // namespace kubemonitor

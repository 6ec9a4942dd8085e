#include "collector/sampling/storable.h"

#include <gtest/gtest.h>

#include "metrics.pb.h"
#include "wire/limits.h"
#include "wire/report_codec.h"

namespace kubemonitor {
namespace {

constexpr uint64_t kTooLarge = kMaxValue + 1;

// A tick in which every number of the wire is `value`.
Tick FullTick(uint64_t value) {
  SeriesValues values;
  for (uint32_t number = 0; number < kSeriesEnd; ++number) {
    if (const auto series = SeriesFromNumber(number)) values.Set(*series, value);
  }
  const DeviceUsage disk{"sda", value, value, value, value};
  const InterfaceUsage interface{"eth0", value, value, value, value,
                                 value,  value, value, value, true};
  Tick tick;
  tick.node = values;
  tick.pods.push_back({1, values});
  tick.containers.push_back({2, values});
  NodeDetails& node = tick.node_details.emplace();
  node.cpu_capacity_millicores = node.memory_capacity_bytes = value;
  node.swap_capacity_bytes = node.uptime_seconds = value;
  node.disks = {disk};
  node.interfaces = {interface};
  node.units = {{"x.service", value, std::nullopt, value, value}};
  node.processes.emplace_back().memory_rss_bytes = value;
  ObjectDetails& object = tick.object_details.emplace_back();
  object.object = 1;
  object.cpu_limit_millicores = object.memory_limit_bytes = value;
  object.pids_limit = object.oom_events = value;
  object.disks = {disk};
  object.interfaces = {interface};
  return tick;
}

// As the server reads it.
absl::Status Decode(const Tick& tick) {
  v1::Tick message;
  EncodeTickValues(tick, &message);
  v1::Tick details;
  EncodeTickDetails(tick, &details);
  message.MergeFrom(details);
  return DecodeTick(message).status();
}

TEST(DropUnstorable, WhatTheServerTakesStays) {
  Tick tick = FullTick(kMaxValue);
  ASSERT_TRUE(Decode(tick).ok());
  EXPECT_EQ(DropUnstorable(tick), 0u);
  EXPECT_EQ(tick.node.Get(Series::kCpuUsageUsec), kMaxValue);
  EXPECT_EQ(tick.object_details[0].disks[0].write_operations, kMaxValue);
}

TEST(DropUnstorable, WhatItRefusesIsAbsent) {
  Tick tick = FullTick(kTooLarge);
  ASSERT_FALSE(Decode(tick).ok());
  EXPECT_GT(DropUnstorable(tick), 100u);
  EXPECT_TRUE(Decode(tick).ok()) << Decode(tick);
  EXPECT_TRUE(tick.node.empty());
  EXPECT_EQ(tick.object_details[0].interfaces[0].tx_dropped, std::nullopt);
  EXPECT_EQ(tick.object_details[0].interfaces[0].name, "eth0");
}

TEST(DropUnstorable, OneOddNumberCostsItself) {
  Tick tick = FullTick(7);
  tick.pods[0].values.Set(Series::kOomKills, UINT64_MAX);
  EXPECT_EQ(DropUnstorable(tick), 1u);
  EXPECT_FALSE(tick.pods[0].values.Has(Series::kOomKills));
  EXPECT_EQ(tick.pods[0].values.Get(Series::kPids), 7u);
}

}  // namespace
}  // namespace kubemonitor

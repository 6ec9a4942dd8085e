#include "apiserver/rest/item_json.h"

#include <gtest/gtest.h>

namespace kubemonitor {
namespace {

std::string JsonOf(const Item& item, const ItemShape& shape = {}) {
  JsonWriter json;
  json.StartObject();
  WriteItemFields(item, shape, &json);
  json.EndObject();
  std::string text;
  json.Take(&text);
  return text;
}

Item Named(ItemKind kind) {
  Item item;
  item.kind = kind;
  item.name = "x";
  return item;
}

void Set(Metric metric, double value, Item* item) {
  item->usage[static_cast<size_t>(metric)] = value;
}

TEST(ItemJsonTest, NothingMeasuredIsNullOrAbsent) {
  EXPECT_EQ(JsonOf(Named(ItemKind::kPod)),
            "{\"name\":\"x\",\"stale\":false,\"usage\":{\"cpuMillicores\":null,"
            "\"memoryBytes\":null,\"memoryWorkingSetBytes\":null,\"memoryRssBytes\":null,"
            "\"diskReadBytesPerSecond\":null,\"diskWriteBytesPerSecond\":null,"
            "\"networkRxBytesPerSecond\":null,\"networkTxBytesPerSecond\":null,"
            "\"processCount\":null,\"diskReadBytes\":null,\"diskWriteBytes\":null,"
            "\"networkRxBytes\":null,\"networkTxBytes\":null},\"hostNetwork\":false}");
}

TEST(ItemJsonTest, AggregatesHaveNoCumulativeUsage) {
  Item item = Named(ItemKind::kNamespace);
  Set(Metric::kDiskReadBytes, 5, &item);
  item.pod_count = 2;
  item.node_count = 1;
  EXPECT_EQ(JsonOf(item),
            "{\"name\":\"x\",\"stale\":false,\"podCount\":2,\"nodeCount\":1,\"usage\":{"
            "\"cpuMillicores\":null,\"memoryBytes\":null,\"memoryWorkingSetBytes\":null,"
            "\"memoryRssBytes\":null,\"diskReadBytesPerSecond\":null,"
            "\"diskWriteBytesPerSecond\":null,\"networkRxBytesPerSecond\":null,"
            "\"networkTxBytesPerSecond\":null,\"processCount\":null}}");
}

TEST(ItemJsonTest, MetricsLimitUsageAlone) {
  Item item = Named(ItemKind::kContainer);
  Set(Metric::kCpuMillicores, 1.23456, &item);
  Set(Metric::kThrottledPercent, 50, &item);
  item.container_type = ContainerType::kSidecar;
  item.stale = item.terminated = true;
  ItemShape shape;
  shape.metrics.Add(Metric::kCpuMillicores);
  EXPECT_EQ(JsonOf(item, shape),
            "{\"name\":\"x\",\"stale\":true,\"terminated\":true,"
            "\"usage\":{\"cpuMillicores\":1.235},\"throttling\":{\"throttledPercent\":50,"
            "\"throttledMillicores\":null},\"type\":\"sidecar\"}");
}

TEST(ItemJsonTest, SeriesAndStatistics) {
  Item item = Named(ItemKind::kContainer);
  item.series = {{Metric::kCpuMillicores, {1.5, std::nullopt}, {1.5, 1.5, 1.5, 1.5, std::nullopt}}};
  ItemShape shape;
  shape.metrics.Add(Metric::kPodCount);  // of no container: `usage` is empty
  shape.window = true;
  EXPECT_EQ(
      JsonOf(item, shape),
      "{\"name\":\"x\",\"stale\":false,\"usage\":{},\"series\":{\"cpuMillicores\":[1.5,null]},"
      "\"statistics\":{\"cpuMillicores\":{\"avg\":1.5,\"min\":1.5,\"max\":1.5,\"p95\":1.5,"
      "\"last\":null}}}");
}

TEST(ItemJsonTest, TextFromOutsideIsEscapedEverywhere) {
  const std::string hostile = "\xFF\"</script>\n";
  Item item = Named(ItemKind::kPod);
  item.name = item.namespace_name = item.node = item.uid = item.container_id = hostile;
  item.labels = {{hostile, hostile}};
  item.owner = Owner{hostile, hostile, true};
  item.disks.resize(1);
  item.disks[0].total.name = hostile;
  item.interfaces.resize(1);
  item.interfaces[0].total.name = hostile;
  const std::string text = JsonOf(item, {{}, /*detailed=*/true, false});
  EXPECT_EQ(text.find('\xFF'), std::string::npos);
  EXPECT_EQ(text.find('\n'), std::string::npos);
}

}  // namespace
}  // namespace kubemonitor

#include "wire/report_codec.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <string>

#include "common/text.h"
#include "metrics.pb.h"
#include "wire/limits.h"
#include "wire/node_name.h"
#include "wire/report_json.h"
#include "wire/wire_shape.h"

namespace kubemonitor {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

SeriesValues Values(std::initializer_list<std::pair<Series, uint64_t>> pairs) {
  SeriesValues out;
  for (const auto& [series, value] : pairs) out.Set(series, value);
  return out;
}

Tick FullTick() {
  Tick tick;
  tick.tick_ms = 1'700'000'010'000;
  tick.boot_usec = 987'654'321;
  tick.node = Values({{Series::kCpuUsageUsec, 5}, {Series::kNodeLoad1Milli, 0}});
  tick.pods = {{7, Values({{Series::kCpuUsageUsec, 1}, {Series::kNetworkRxBytes, kMaxValue}})},
               {9, Values({{Series::kCpuUsageUsec, 0}})}};
  tick.containers.push_back({8, SeriesValues()});  // seen, nothing measured
  for (uint32_t i = 0; i < 20; ++i) {
    SeriesValues values = Values({{Series::kOomKills, 0}});
    if (i % 3 == 0) values.Set(Series::kMemoryCurrentBytes, i);
    tick.containers.push_back({100 + i, values});
  }
  NodeDetails& node = tick.node_details.emplace();
  node.cpu_capacity_millicores = 4000;
  node.kernel_version = "6.1";
  node.cgroup_mode = "v2";
  node.nested = true;
  node.read_errors = 3;
  node.disks = {{"sda", 1, 2, std::nullopt, 4}};
  node.interfaces = {{"eth0", 1, 2, 3, 4, 5, 6, 7, std::nullopt, true}};
  node.units = {{"ssh.service", 10, 1.5, 20, std::nullopt}};
  ProcessUsage process;
  process.pid = 42;
  process.name = "a\xff(b)";
  process.cpu_millicores = 0.125;
  process.threads = 3;
  process.disk_read_bytes_per_second = 12;
  node.processes.push_back(process);
  ObjectDetails details;
  details.object = 7;
  details.memory_limit_bytes = 1 << 20;
  InterfaceUsage& interface = details.interfaces.emplace_back();
  interface.name = "eth0";
  interface.rx_bytes = 1;
  tick.object_details.push_back(details);
  return tick;
}

std::string JsonOf(const Tick& tick) {
  NodeReport report;
  report.ticks.push_back(tick);
  return ReportToJson(report);
}

TEST(ReportCodec, TickRoundTrip) {
  const Tick tick = FullTick();
  v1::Tick values;
  EncodeTickValues(tick, &values);
  v1::Tick details;
  EncodeTickDetails(tick, &details);
  // The two one after the other are one message: that is how the newest tick is sent.
  v1::Tick joined;
  ASSERT_TRUE(joined.ParseFromString(values.SerializeAsString() + details.SerializeAsString()));
  const auto back = DecodeTick(joined);
  ASSERT_TRUE(back.ok()) << back.status();
  EXPECT_EQ(JsonOf(*back), JsonOf(tick));
  EXPECT_EQ(back->containers.size(), tick.containers.size());
  EXPECT_EQ(back->node_details->processes[0].name, "a\xff(b)");
  EXPECT_FALSE(back->node_details->processes[0].memory_rss_bytes.has_value());
  EXPECT_TRUE(back->containers[0].values.empty());
}

TEST(ReportCodec, ColumnsHoldOnlyWhatIsThere) {
  v1::Tick message;
  EncodeTickValues(FullTick(), &message);
  ASSERT_EQ(message.pods().columns_size(), 2);
  EXPECT_TRUE(message.pods().columns(0).present().empty()) << "both pods have it";
  EXPECT_EQ(message.pods().columns(1).present(), std::string("\x01", 1));
  // oom_kill is 0 everywhere but absent in object 8.
  const v1::Column& oom = message.containers().columns(1);
  EXPECT_EQ(oom.series(), static_cast<uint32_t>(Series::kOomKills));
  EXPECT_EQ(oom.values_size(), 0);
  EXPECT_EQ(oom.present().size(), 3U);
}

TEST(ReportCodec, ReportAndIdentityRoundTrip) {
  NodeReport report;
  report.node_name = "node-1";
  report.boot_id = "boot";
  report.instance_id = "instance";
  report.collector_version = "0.1.0";
  report.interval_ms = 10'000;
  report.sent_at_ms = 123;
  Identity identity;
  identity.object = 5;
  identity.kind = ObjectKind::kContainer;
  identity.pod_object = 4;
  identity.pod_uid = "uid";
  identity.namespace_name = "default";
  identity.pod_name = "web-0";
  identity.container_name = "web";
  identity.container_id = "abc";
  identity.container_type = ContainerType::kSidecar;
  identity.started_at_ms = 99;
  identity.labels = {{"app", "web"}, {"empty", ""}};
  identity.host_network = true;
  identity.qos_class = QosClass::kBestEffort;
  identity.restart_count = 0;
  report.identities.push_back(identity);
  v1::MetricsRequest message;
  EncodeReport(report, &message);
  const auto header = DecodeHeader(message);
  ASSERT_TRUE(header.ok());
  EXPECT_EQ(header->node_name, "node-1");
  EXPECT_EQ(header->interval_ms, 10'000U);
  const auto back = DecodeIdentity(message.identities(0));
  ASSERT_TRUE(back.ok()) << back.status();
  EXPECT_EQ(*back, identity);
  EXPECT_TRUE(CheckRequestShape(message.SerializeAsString()).ok());
}

TEST(ReportCodec, EncodingMakesTextsValidAndBounded) {
  Identity identity;
  identity.object = 1;
  identity.pod_uid = "u";
  identity.pod_name = std::string(1000, 'x');
  identity.namespace_name = "a\xff";
  v1::Identity message;
  EncodeIdentity(identity, &message);
  EXPECT_EQ(message.pod_name().size(), kMaxObjectName);
  EXPECT_EQ(message.namespace_(), "a\xEF\xBF\xBD");
  EXPECT_TRUE(DecodeIdentity(message).ok());
}

v1::Tick GoodMessage() {
  v1::Tick message;
  v1::ColumnSet* set = message.mutable_containers();
  for (uint32_t i = 1; i <= 9; ++i) set->add_objects(i);
  v1::Column* column = set->add_columns();
  column->set_series(7);
  for (uint64_t i = 1; i <= 9; ++i) column->add_values(i);
  return message;
}

TEST(DecodeTick, HostileTable) {
  using Change = std::function<void(v1::Tick&)>;
  const auto column = [](v1::Tick& t) { return t.mutable_containers()->mutable_columns(0); };
  const struct {
    const char* name;
    Change change;
    const char* error;  // null: fine
  } cases[] = {
      {"good", [](v1::Tick&) {}, nullptr},
      {"unknown series", [&](v1::Tick& t) { column(t)->set_series(4'000'000'000U); }, nullptr},
      {"series 0", [&](v1::Tick& t) { column(t)->set_series(0); }, nullptr},
      {"series twice", [&](v1::Tick& t) { *t.mutable_containers()->add_columns() = *column(t); },
       nullptr},
      {"all zero", [&](v1::Tick& t) { column(t)->clear_values(); }, nullptr},
      {"one value less", [&](v1::Tick& t) { column(t)->mutable_values()->RemoveLast(); },
       "8 values for 9 present objects"},
      {"one value more", [&](v1::Tick& t) { column(t)->add_values(1); },
       "10 values for 9 present objects"},
      {"short bitmap", [&](v1::Tick& t) { column(t)->set_present("\x01"); }, "bitmap has 1 bytes"},
      {"long bitmap", [&](v1::Tick& t) { column(t)->set_present("\xff\x01\x01"); },
       "bitmap has 3 bytes"},
      {"bits past the end", [&](v1::Tick& t) { column(t)->set_present("\xff\xff"); },
       "bits past the last object"},
      {"negative value", [&](v1::Tick& t) { column(t)->set_values(3, ~uint64_t{0}); },
       "no measurement"},
      {"object twice", [](v1::Tick& t) { t.mutable_containers()->set_objects(3, 1); },
       "object number 1 is there twice"},
      {"object 0", [](v1::Tick& t) { t.mutable_containers()->set_objects(3, 0); }, "the node's"},
      {"objects missing", [](v1::Tick& t) { t.mutable_containers()->clear_objects(); },
       "9 values for 0"},
      {"too many objects",
       [](v1::Tick& t) {
         for (uint32_t i = 0; i < 20'001; ++i) t.mutable_pods()->add_objects(i + 1);
       },
       "20001 objects"},
      {"too many columns",
       [](v1::Tick& t) {
         for (int i = 0; i < 65; ++i) t.mutable_pods()->add_columns();
       },
       "65 columns"},
      {"node with another object", [](v1::Tick& t) { t.mutable_node()->add_objects(1); },
       "one object, number 0"},
      {"node columns without object", [](v1::Tick& t) { t.mutable_node()->add_columns(); },
       "one object, number 0"},
      {"boot time", [](v1::Tick& t) { t.set_boot_usec(~uint64_t{0}); }, "boot_usec"},
      {"unit name",
       [](v1::Tick& t) {
         t.mutable_node_details()->add_units()->set_name(std::string(10'000'000, 'x'));
       },
       "units.name has 10000000 bytes"},
      {"unit name not UTF-8",
       [](v1::Tick& t) { t.mutable_node_details()->add_units()->set_name("\xff"); },
       "is not UTF-8"},
      {"process name may be anything",
       [](v1::Tick& t) { t.mutable_node_details()->add_processes()->set_name("\xff\n"); }, nullptr},
      {"too many processes",
       [](v1::Tick& t) {
         for (int i = 0; i < 1025; ++i) t.mutable_node_details()->add_processes();
       },
       "processes has 1025 entries"},
      {"detail value",
       [](v1::Tick& t) { t.add_object_details()->set_memory_limit_bytes(~uint64_t{0}); },
       "memory_limit_bytes"},
  };
  for (const auto& c : cases) {
    v1::Tick message = GoodMessage();
    c.change(message);
    const auto tick = DecodeTick(message);
    EXPECT_EQ(tick.ok(), c.error == nullptr) << c.name << ": " << tick.status();
    if (!tick.ok() && c.error != nullptr) {
      EXPECT_THAT(std::string(tick.status().message()), HasSubstr(c.error)) << c.name;
    }
  }
}

TEST(DecodeIdentity, HostileTable) {
  v1::Identity good;
  good.set_object(1);
  good.set_kind(v1::OBJECT_KIND_CONTAINER);
  good.set_container_id("abc");
  const struct {
    const char* name;
    std::function<void(v1::Identity&)> change;
    const char* error;
  } cases[] = {
      {"good", [](v1::Identity&) {}, nullptr},
      {"number 0", [](v1::Identity& i) { i.set_object(0); }, "number 0"},
      {"kind", [](v1::Identity& i) { i.set_kind(v1::OBJECT_KIND_NODE); }, "kind"},
      {"newer type",
       [](v1::Identity& i) { i.set_container_type(static_cast<v1::ContainerType>(77)); }, nullptr},
      {"10 MB name", [](v1::Identity& i) { i.set_pod_name(std::string(10'000'000, 'p')); },
       "pod_name has 10000000 bytes"},
      {"long namespace", [](v1::Identity& i) { i.set_namespace_(std::string(64, 'n')); },
       "namespace"},
      {"not UTF-8", [](v1::Identity& i) { i.set_container_name("\xc0\x80"); }, "not UTF-8"},
      {"label key", [](v1::Identity& i) { (*i.mutable_labels())[std::string(318, 'k')] = "v"; },
       "labels (key)"},
      {"label value", [](v1::Identity& i) { (*i.mutable_labels())["k"] = std::string(64, 'v'); },
       "labels (value)"},
      {"nameless", [](v1::Identity& i) { i.clear_container_id(); }, "neither"},
      {"negative start", [](v1::Identity& i) { i.set_started_at_ms(-1); }, "negative"},
  };
  for (const auto& c : cases) {
    v1::Identity message = good;
    c.change(message);
    const auto identity = DecodeIdentity(message);
    EXPECT_EQ(identity.ok(), c.error == nullptr) << c.name << ": " << identity.status();
    if (!identity.ok() && c.error != nullptr) {
      EXPECT_THAT(std::string(identity.status().message()), HasSubstr(c.error)) << c.name;
    }
  }
}

std::string Repeat(const std::string& bytes, size_t times) {
  std::string out;
  out.reserve(bytes.size() * times);
  for (size_t i = 0; i < times; ++i) out += bytes;
  return out;
}

std::string Field(uint32_t number, const std::string& content) {
  std::string out(1, static_cast<char>(number << 3 | 2));
  size_t length = content.size();
  for (; length >= 0x80; length >>= 7) out.push_back(static_cast<char>(length | 0x80));
  out.push_back(static_cast<char>(length));
  return out + content;
}

TEST(CheckRequestShape, Table) {
  const std::string column = Field(2, "");
  const std::string set_of_64 = Repeat(column, 64);
  const struct {
    const char* name;
    std::string bytes;
    const char* error;
  } cases[] = {
      {"empty", "", nullptr},
      {"garbage", "GET / HTTP/1.1\r\n\r\n", "no serialized"},
      {"truncated length", "\x52\xff", "no serialized"},
      {"length past the end", "\x52\x05xx", "no serialized"},
      {"endless varint", std::string(11, '\xff'), "no serialized"},
      {"field 0", std::string("\x02\x00", 2), "no serialized"},
      {"group", "\x53\x54", "no serialized"},
      {"unknown fields", Field(15, "whatever"), nullptr},
      {"4096 ticks", Repeat(Field(10, ""), 4096), nullptr},
      {"4097 ticks", Repeat(Field(10, ""), 4097), "more than 4096 ticks"},
      {"64 blocks", Repeat(Field(12, "block"), 64), nullptr},
      {"65 blocks", Repeat(Field(12, "block"), 65), "more than 64 blocks"},
      {"a million identities", Repeat(Field(9, ""), 1'000'000), "more than 40000 identities"},
      {"a million metrics", Repeat(Field(1, ""), 1'000'000), "more than 50000 metrics"},
      {"64 columns", Field(10, Field(3, set_of_64)), nullptr},
      {"65 columns", Field(10, Field(3, set_of_64 + column)), "more than 64 columns"},
      {"containers twice", Field(10, Field(3, set_of_64) + Field(3, set_of_64)),
       "more than 1 containers"},
      {"many columns in many ticks",
       Repeat(Field(10, Field(3, set_of_64) + Field(4, set_of_64) + Field(5, set_of_64)), 4000),
       "messages inside"},
      {"17 MiB", std::string(size_t{17} << 20, 'x'), "bytes, at most"},
  };
  for (const auto& c : cases) {
    const absl::Status status = CheckRequestShape(c.bytes);
    EXPECT_EQ(status.ok(), c.error == nullptr) << c.name << ": " << status;
    if (!status.ok() && c.error != nullptr) {
      EXPECT_THAT(std::string(status.message()), HasSubstr(c.error)) << c.name;
    }
  }
}

TEST(CheckRequestShape, EveryPrefixOfARealRequestIsSafe) {
  NodeReport report;
  report.node_name = "node";
  report.ticks.push_back(FullTick());
  v1::MetricsRequest message;
  EncodeReport(report, &message);
  const std::string bytes = message.SerializeAsString();
  for (size_t length = 0; length < bytes.size(); ++length) {
    const std::string prefix = bytes.substr(0, length);
    v1::MetricsRequest parsed;
    // What passes the look at the shape may still fail to parse, but never the other way round.
    if (parsed.ParseFromString(prefix)) {
      EXPECT_TRUE(CheckRequestShape(prefix).ok()) << length;
    }
    for (const v1::Tick& tick : parsed.ticks()) DecodeTick(tick).status().IgnoreError();
  }
}

TEST(IsNodeName, Table) {
  for (const char* good : {"a", "node-1", "ip-10-0-0-1.eu.internal", "0", "a.b"}) {
    EXPECT_TRUE(IsNodeName(good)) << good;
  }
  EXPECT_TRUE(IsNodeName(std::string(253, 'a')));
  for (const char* bad : {"", ".", "a.", ".a", "a..b", "-a", "a-", "A", "a_b", "a b", "ü", "a\n"}) {
    EXPECT_FALSE(IsNodeName(bad)) << bad;
  }
  EXPECT_FALSE(IsNodeName(std::string(254, 'a')));
}

TEST(ReportToJson, AnyBytesBecomeValidJson) {
  NodeReport report;
  report.node_name = "n\"\\\n\xff";
  report.ticks.push_back(FullTick());
  const std::string json = ReportToJson(report);
  EXPECT_EQ(ValidUtf8PrefixLength(json), json.size());
  EXPECT_THAT(json, HasSubstr(R"("node_name": "n\"\\\n)"));
  EXPECT_THAT(json, HasSubstr("\xEF\xBF\xBD"));
  EXPECT_THAT(json, HasSubstr(R"("cpu_usage_usec": 5)"));
  EXPECT_THAT(json, Not(HasSubstr("memory_rss_bytes"))) << "not measured";
}

}  // namespace
}  // namespace kubemonitor

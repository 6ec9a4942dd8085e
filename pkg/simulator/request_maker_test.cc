#include "simulator/request_maker.h"

#include <gtest/gtest.h>

#include <map>

#include "metrics.pb.h"
#include "wire/limits.h"
#include "wire/report_codec.h"
#include "wire/wire_shape.h"

namespace kubemonitor {
namespace {

constexpr int64_t kNowMs = 1'790'000'000'000;

ModelOptions Options() {
  ModelOptions out;
  out.nodes = 3;
  out.pods_per_node = 5;
  out.containers_per_pod = 2;
  out.churn_per_minute = 6;
  return out;
}

class RequestMakerTest : public ::testing::Test {
 protected:
  // As the server reads it.
  v1::MetricsRequest Parse(const std::string& bytes) {
    EXPECT_TRUE(CheckRequestShape(bytes).ok());
    v1::MetricsRequest out;
    EXPECT_TRUE(out.ParseFromString(bytes));
    return out;
  }
  std::vector<PodRef> PodsAt(int64_t tick) {
    std::vector<PodRef> out;
    for (uint32_t slot = 0; slot < 5; ++slot) out.push_back(model_.PodAt(1, slot, tick));
    return out;
  }

  Model model_{Options()};
  int64_t tick_ = model_.TickAt(kNowMs);
  ObjectNumbers numbers_{model_, tick_ - 360};
  RequestMaker maker_{model_, numbers_, 77, "1.2.3"};
};

TEST_F(RequestMakerTest, TheHeaderIsACollectors) {
  const v1::MetricsRequest request = Parse(maker_.Make(1, {}, kNowMs + 5));
  const auto header = DecodeHeader(request);
  ASSERT_TRUE(header.ok()) << header.status();
  EXPECT_EQ(header->node_name, "node-0002");
  EXPECT_EQ(header->boot_id, model_.BootId(1));
  EXPECT_EQ(header->collector_version, "1.2.3");
  EXPECT_EQ(header->interval_ms, 10'000U);
  EXPECT_EQ(header->sent_at_ms, kNowMs + 5);
  EXPECT_EQ(header->instance_id.size(), 32U);
  EXPECT_EQ(request.protocol_version(), kProtocolVersion);
  EXPECT_NE(Parse(maker_.Make(2, {}, kNowMs)).instance_id(), header->instance_id);
  RequestMaker other(model_, numbers_, 78, "1.2.3");
  EXPECT_NE(Parse(other.Make(1, {}, kNowMs)).instance_id(), header->instance_id);
  EXPECT_EQ(request.ticks_size(), 0);
}

TEST_F(RequestMakerTest, TicksDecodeToTheModelsValues) {
  // Twice, because the message is used again.
  for (const int64_t first : {tick_ - 30, tick_ - 100}) {
    ReportContent content;
    for (int64_t tick = first; tick < first + 20; ++tick) content.ticks.push_back(tick);
    const v1::MetricsRequest request = Parse(maker_.Make(1, content, kNowMs));
    ASSERT_EQ(request.ticks_size(), 20);
    for (int i = 0; i < 20; ++i) {
      const auto tick = DecodeTick(request.ticks(i));
      ASSERT_TRUE(tick.ok()) << tick.status();
      const int64_t number = first + i;
      EXPECT_EQ(tick->tick_ms, model_.TickMs(number));
      EXPECT_EQ(tick->boot_usec, model_.BootUsec(1, number));
      EXPECT_FALSE(tick->node_details.has_value());
      EXPECT_TRUE(tick->node.Has(Series::kLedgerPodsCpuUsec));
      ASSERT_EQ(tick->pods.size(), 5U);
      ASSERT_EQ(tick->containers.size(), 10U);
      uint64_t values = static_cast<uint64_t>(std::popcount(tick->node.present_mask()));
      for (uint32_t slot = 0; slot < 5; ++slot) {
        const PodRef pod = model_.PodAt(1, slot, number);
        const ObjectSample& sample = tick->pods[slot];
        EXPECT_EQ(sample.object, numbers_.Pod(pod));
        values += static_cast<uint64_t>(std::popcount(sample.values.present_mask()));
        for (const Series series : kPodSeries) {
          EXPECT_EQ(sample.values.Get(series), model_.Value(pod, std::nullopt, series, number));
        }
        for (uint32_t c = 0; c < 2; ++c) {
          const ObjectSample& container = tick->containers[slot * 2 + c];
          EXPECT_EQ(container.object, numbers_.Container(pod, c));
          values += static_cast<uint64_t>(std::popcount(container.values.present_mask()));
          for (const Series series : kContainerSeries) {
            EXPECT_EQ(container.values.Get(series), model_.Value(pod, c, series, number))
                << NameOf(series);
          }
        }
      }
      EXPECT_EQ(values, ValuesPerTick(model_.options()));
    }
  }
}

TEST_F(RequestMakerTest, IdentitiesNameEveryObject) {
  ReportContent content;
  content.identities = PodsAt(tick_);
  content.ticks = {tick_};
  content.details = true;
  const v1::MetricsRequest request = Parse(maker_.Make(1, content, kNowMs));
  std::map<uint32_t, Identity> identities;
  for (const v1::Identity& message : request.identities()) {
    const auto identity = DecodeIdentity(message);
    ASSERT_TRUE(identity.ok()) << identity.status();
    identities[identity->object] = *identity;
  }
  EXPECT_EQ(identities.size(), 15U);
  const auto tick = DecodeTick(request.ticks(0));
  ASSERT_TRUE(tick.ok());
  for (const ObjectSample& sample : tick->pods) {
    EXPECT_EQ(identities.at(sample.object).kind, ObjectKind::kPod);
  }
  for (const ObjectSample& sample : tick->containers) {
    const Identity& container = identities.at(sample.object);
    EXPECT_EQ(container.pod_object, numbers_.PodOf(sample.object));
    EXPECT_EQ(container.pod_uid, identities.at(container.pod_object).pod_uid);
  }
  EXPECT_TRUE(tick->node_details.has_value());
  EXPECT_EQ(tick->object_details.size(), 15U);
  for (const ObjectDetails& details : tick->object_details) {
    EXPECT_TRUE(identities.contains(details.object));
  }
}

TEST_F(RequestMakerTest, ObjectNumbersBelongToOneObject) {
  std::map<uint32_t, std::string> objects;
  for (int64_t tick = tick_ - 360; tick <= tick_ + 360; ++tick) {
    for (const PodRef& pod : PodsAt(tick)) {
      const std::string uid = model_.PodIdentity(pod, 1).pod_uid;
      EXPECT_GT(numbers_.Pod(pod), 0U);
      EXPECT_EQ(objects.emplace(numbers_.Pod(pod), uid).first->second, uid);
      for (uint32_t c = 0; c < 2; ++c) {
        const uint32_t number = numbers_.Container(pod, c);
        const std::string id = model_.ContainerIdentity(pod, c, number, 1).container_id;
        EXPECT_EQ(objects.emplace(number, id).first->second, id);
        EXPECT_EQ(numbers_.PodOf(number), numbers_.Pod(pod));
      }
    }
  }
  EXPECT_EQ(numbers_.PodOf(0), 0U);
}

TEST(TicksPerRequest, StaysBelowAMegabyte) {
  for (const auto& [pods, containers] :
       {std::pair{1U, 1U}, {30U, 2U}, {110U, 2U}, {250U, 4U}, {1000U, 20U}}) {
    ModelOptions options;
    options.nodes = 1;
    options.pods_per_node = pods;
    options.containers_per_pod = containers;
    const Model model(options);
    const int64_t tick = model.TickAt(kNowMs);
    const ObjectNumbers numbers(model, tick);
    RequestMaker maker(model, numbers, 1, "v");
    ReportContent content;
    for (size_t i = 0; i < TicksPerRequest(options); ++i) {
      content.ticks.push_back(tick + static_cast<int64_t>(i));
    }
    const std::string& bytes = maker.Make(0, content, kNowMs);
    EXPECT_TRUE(bytes.size() < 1'000'000 || content.ticks.size() == 1) << bytes.size();
    EXPECT_TRUE(bytes.size() > 400'000 || content.ticks.size() == 120) << bytes.size();
    EXPECT_LT(bytes.size(), kMaxRequestBytes);
  }
}

TEST_F(RequestMakerTest, ABlockHasTheValuesOfItsTicks) {
  const int64_t first = model_.TickAt(BlockStartMs(kNowMs)) - 28;
  ReportContent content;
  content.blocks = {{first, first + 27}};
  content.waiting_bytes = 77;
  content.owed_ticks = 7;
  const v1::MetricsRequest request = Parse(maker_.Make(1, content, kNowMs));
  EXPECT_EQ(request.codec_version(), kBlockVersion);
  EXPECT_EQ(request.history_waiting_bytes(), 77U);
  EXPECT_EQ(request.owed_ticks(), 7U);
  ASSERT_EQ(request.blocks_size(), 1);
  const std::string& bytes = request.blocks(0).bytes();
  const auto block =
      BlockReader::Check({reinterpret_cast<const uint8_t*>(bytes.data()), bytes.size()});
  ASSERT_TRUE(block.ok()) << block.status();
  EXPECT_EQ(block->BootIds(), std::vector<std::string>{model_.BootId(1)});
  ASSERT_EQ(block->tick_count(), 28U);
  EXPECT_EQ(block->sample_count(), 28 * ValuesPerTick(model_.options()));

  std::map<std::pair<uint32_t, int64_t>, std::pair<PodRef, int>> expected;  // by number and tick
  for (int64_t tick = first; tick < first + 28; ++tick) {
    for (const PodRef& pod : PodsAt(tick)) {
      expected[{numbers_.Pod(pod), tick}] = {pod, -1};
      for (int c = 0; c < 2; ++c) {
        expected[{numbers_.Container(pod, static_cast<uint32_t>(c)), tick}] = {pod, c};
      }
    }
  }
  size_t compared = 0;
  for (BlockReader::Object object = block->Objects(); object.Next();) {
    if (object.number() == 0) continue;
    object.Columns(
        ~uint64_t{0}, [&](Series series, const TickMask& present, const uint64_t* values) {
          for (size_t i = 0; i < 28; ++i) {
            const int64_t tick = first + static_cast<int64_t>(i);
            const auto of = expected.find({object.number(), tick});
            ASSERT_EQ(present.Has(i), of != expected.end());
            if (of == expected.end()) continue;
            const auto& [pod, c] = of->second;
            const auto container = c < 0 ? std::nullopt : std::optional(static_cast<uint32_t>(c));
            EXPECT_EQ(values[i], model_.Value(pod, container, series, tick));
            ++compared;
          }
        });
  }
  EXPECT_EQ(compared, 28U * 5 * (2 * kContainerSeries.size() + kPodSeries.size()));
}

}  // namespace
}  // namespace kubemonitor

// A simulated cluster and the real API server, over loopback: what REST answers is what the model
// says.

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidjson/document.h>

#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "apiserver/server.h"
#include "common/clock.h"
#include "http/raw_client.h"
#include "simulator/cluster.h"
#include "simulator/grpc_calls.h"
#include "simulator/node_ticks.h"

namespace kubemonitor {
namespace {

using ::testing::Contains;

constexpr int64_t kWindowSeconds = 300;

std::unique_ptr<ApiServer> StartServer(int64_t interval_ms,
                                       const std::string& grpc = "127.0.0.1:0") {
  ApiServerOptions options;
  options.grpc_listen = grpc;
  options.http_listen = "127.0.0.1:0";
  options.interval_ms = interval_ms;
  options.kubernetes = "off";
  auto server = ApiServer::Create(options, SystemClock());
  EXPECT_TRUE(server.ok()) << server.status();
  return server.ok() ? *std::move(server) : nullptr;
}

ClusterOptions SmallCluster() {
  ClusterOptions out;
  out.model.nodes = 3;
  out.model.pods_per_node = 6;
  out.model.namespaces = 3;
  out.model.deployments = 5;
  out.backfill_ms = 600'000;
  out.duration_ms = 0;
  out.version = "test";
  return out;
}

bool Eventually(const std::function<bool()>& done) {
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(60);
  while (!done()) {
    if (std::chrono::steady_clock::now() > deadline) return false;
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
  }
  return true;
}

// A server that was back-filled, and the model it was filled from.
class SimulatorTest : public ::testing::Test {
 protected:
  void Fill(const ClusterOptions& options) {
    server_ = StartServer(options.model.interval_ms);
    ASSERT_NE(server_, nullptr);
    model_ = std::make_unique<Model>(options.model);
    // All nodes will hold this one, whatever the time at the end.
    tick_ = model_->TickAt(SystemClock().WallMs());
    const std::string address = server_->grpc_address();
    summary_ = RunCluster(options, SystemClock(), [address] { return NewGrpcCalls(address); }, {});
  }

  rapidjson::Document Get(const std::string& path, const std::string& parameters) {
    const std::string end = std::to_string(model_->TickMs(tick_) / 1000);
    std::string target = "/api/v1/" + path + "?end=" + end;
    target += "&window=" + std::to_string(kWindowSeconds);
    if (!parameters.empty()) target += "&" + parameters;
    const auto answer = RawClient(server_->http_address()).Get(target);
    rapidjson::Document out;
    EXPECT_TRUE(answer.has_value());
    if (!answer) return out;
    EXPECT_EQ(answer->status, 200) << target << ": " << answer->body;
    out.Parse(answer->body.c_str());
    EXPECT_FALSE(out.HasParseError());
    return out;
  }

  // The ticks of an answer's series.
  std::vector<int64_t> TicksOf(const rapidjson::Document& answer) {
    std::vector<int64_t> out;
    for (const auto& seconds : answer["window"]["timestamps"].GetArray()) {
      out.push_back(model_->TickAt(seconds.GetInt64() * 1000));
    }
    EXPECT_EQ(static_cast<int64_t>(out.size()),
              kWindowSeconds * 1000 / model_->options().interval_ms);
    EXPECT_EQ(out.back(), tick_);
    return out;
  }

  // Δvalue / Δboot-time in units per microsecond; 0 where the pod has none.
  double Rate(const PodRef& pod, std::optional<uint32_t> container, Series series, int64_t tick) {
    const auto before = model_->Value(pod, container, series, tick - 1);
    const auto after = model_->Value(pod, container, series, tick);
    if (!before || !after) return 0;
    return static_cast<double>(*after - *before) /
           static_cast<double>(model_->BootUsec(pod.node, tick) -
                               model_->BootUsec(pod.node, tick - 1));
  }

  double PodCpu(const PodRef& pod, int64_t tick) {
    double sum = 0;
    for (uint32_t c = 0; c < model_->options().containers_per_pod; ++c) {
      sum += Rate(pod, c, Series::kCpuUsageUsec, tick) * 1000;
    }
    return sum;
  }
  double PodMemory(const PodRef& pod, int64_t tick) {
    double sum = 0;
    for (uint32_t c = 0; c < model_->options().containers_per_pod; ++c) {
      sum += static_cast<double>(model_->Value(pod, c, Series::kMemoryCurrentBytes, tick).value());
    }
    return sum;
  }

  std::vector<PodRef> PodsAt(int64_t tick) {
    std::vector<PodRef> out;
    for (uint32_t node = 0; node < model_->options().nodes; ++node) {
      for (uint32_t slot = 0; slot < model_->options().pods_per_node; ++slot) {
        out.push_back(model_->PodAt(node, slot, tick));
      }
    }
    return out;
  }
  std::string NamespaceOf(const PodRef& pod) {
    return model_->NamespaceOf(model_->WorkloadOf(pod));
  }

  std::unique_ptr<ApiServer> server_;
  std::unique_ptr<Model> model_;
  int64_t tick_ = 0;
  ClusterSummary summary_;
};

// A sum is one of values rounded to thousandths.
void ExpectClose(const rapidjson::Value& value, double expected, int parts = 1) {
  ASSERT_TRUE(value.IsNumber()) << "expected " << expected;
  EXPECT_NEAR(value.GetDouble(), expected, 0.0005 + 0.0005 * parts + expected * 1e-6);
}

TEST_F(SimulatorTest, TheBackfillIsTakenWhole) {
  Fill(SmallCluster());
  EXPECT_EQ(summary_.counters.errors, 0U);
  EXPECT_EQ(summary_.counters.refused, 0U);
  EXPECT_GE(summary_.counters.ticks, 3U * 60);
  EXPECT_EQ(server_->store().Stats().samples_total, summary_.counters.samples);
  EXPECT_EQ(server_->store().Stats().pods, 18U);
  EXPECT_EQ(server_->store().Stats().containers, 36U);
  for (uint32_t node = 0; node < 3; ++node) {
    const auto held = server_->store().Held(model_->NodeName(node));
    ASSERT_EQ(held.size(), 1U) << "without a hole";
    EXPECT_LE(held[0].first_ms, model_->TickMs(tick_ - 59));
    EXPECT_GE(held[0].last_ms, model_->TickMs(tick_));
  }
}

TEST_F(SimulatorTest, NamespacesAreTheSumsOfTheModel) {
  Fill(SmallCluster());
  for (const char* name : {"kube-system", "ns-001", "ns-002", "ns-003"}) {
    const auto answer = Get(std::string("namespaces/") + name,
                            "metrics=cpuMillicores,memoryBytes,networkRxBytesPerSecond,podCount");
    const std::vector<int64_t> ticks = TicksOf(answer);
    for (rapidjson::SizeType i = 0; i < ticks.size(); ++i) {
      double cpu = 0;
      double memory = 0;
      double received = 0;
      int pods = 0;
      for (const PodRef& pod : PodsAt(ticks[i])) {
        if (NamespaceOf(pod) != name) continue;
        ++pods;
        cpu += PodCpu(pod, ticks[i]);
        memory += PodMemory(pod, ticks[i]);
        received += Rate(pod, std::nullopt, Series::kNetworkRxBytes, ticks[i]) * 1e6;
      }
      const auto& series = answer["series"];
      ExpectClose(series["cpuMillicores"][i], cpu, pods);
      ExpectClose(series["memoryBytes"][i], memory);
      ExpectClose(series["networkRxBytesPerSecond"][i], received, pods);
      ExpectClose(series["podCount"][i], pods);
    }
  }
}

TEST_F(SimulatorTest, OnePodAndItsContainers) {
  Fill(SmallCluster());
  const PodRef pod = model_->PodAt(1, 2, tick_);
  const Identity identity = model_->PodIdentity(pod, 1);
  const auto answer =
      Get("namespaces/" + identity.namespace_name + "/pods/" + identity.pod_name, "");
  EXPECT_STREQ(answer["uid"].GetString(), identity.pod_uid.c_str());
  EXPECT_STREQ(answer["node"].GetString(), "node-0002");
  EXPECT_STREQ(answer["owner"]["kind"].GetString(), "Deployment");
  EXPECT_STREQ(answer["owner"]["name"].GetString(),
               model_->WorkloadName({WorkloadKind::kDeployment, 0}).c_str());
  const std::vector<int64_t> ticks = TicksOf(answer);
  ASSERT_EQ(answer["containers"].Size(), 2U);
  for (rapidjson::SizeType i = 0; i < ticks.size(); ++i) {
    ExpectClose(answer["series"]["cpuMillicores"][i], PodCpu(pod, ticks[i]));
    ExpectClose(answer["series"]["memoryBytes"][i], PodMemory(pod, ticks[i]));
    ExpectClose(answer["series"]["networkTxBytesPerSecond"][i],
                Rate(pod, std::nullopt, Series::kNetworkTxBytes, ticks[i]) * 1e6);
    for (uint32_t c = 0; c < 2; ++c) {
      const auto& container = answer["containers"][c];  // by name: app, sidecar-1
      const auto& series = container["series"];
      ExpectClose(series["cpuMillicores"][i], Rate(pod, c, Series::kCpuUsageUsec, ticks[i]) * 1000);
      const auto value = [&](Series which) {
        return static_cast<double>(model_->Value(pod, c, which, ticks[i]).value());
      };
      ExpectClose(series["memoryWorkingSetBytes"][i], value(Series::kMemoryWorkingSetBytes));
      ExpectClose(series["diskWriteBytes"][i], value(Series::kDiskWriteBytes));
      ExpectClose(series["processCount"][i], value(Series::kPids));
    }
  }
}

TEST_F(SimulatorTest, ANodeAndItsParts) {
  Fill(SmallCluster());
  const auto answer = Get("nodes/node-0003", "metrics=cpuMillicores,memoryBytes");
  NodeTicks ticks(*model_);
  ticks.SetNode(2);
  ticks.MoveTo(tick_ - 1);
  const SeriesValues before = ticks.node_values();
  ticks.MoveTo(tick_);
  const SeriesValues& now = ticks.node_values();
  const auto elapsed =
      static_cast<double>(model_->BootUsec(2, tick_) - model_->BootUsec(2, tick_ - 1));
  const auto millicores = [&](Series series) {
    return static_cast<double>(*now.Get(series) - *before.Get(series)) * 1000 / elapsed;
  };
  ExpectClose(answer["usage"]["cpuMillicores"], millicores(Series::kCpuUsageUsec));
  ExpectClose(answer["usage"]["memoryBytes"],
              static_cast<double>(*now.Get(Series::kMemoryCurrentBytes)));
  const auto& parts = answer["breakdown"];
  ExpectClose(parts["pods"]["cpuMillicores"], millicores(Series::kLedgerPodsCpuUsec));
  ExpectClose(parts["systemServices"]["cpuMillicores"], millicores(Series::kLedgerServicesCpuUsec));
  ExpectClose(parts["pods"]["memoryBytes"],
              static_cast<double>(*now.Get(Series::kLedgerPodsMemoryBytes)));
  ExpectClose(answer["capacity"]["cpuMillicores"],
              static_cast<double>(ticks.profile().cores * 1000));
  ExpectClose(answer["capacity"]["memoryBytes"], static_cast<double>(ticks.profile().memory_bytes));
}

TEST_F(SimulatorTest, ReplacedPodsEndAndOthersBegin) {
  ClusterOptions options = SmallCluster();
  options.model.churn_per_minute = 6;
  Fill(options);
  std::set<std::string> expected;
  for (const PodRef& pod : PodsAt(tick_)) expected.insert(model_->PodName(pod));
  const auto names = [this](const std::string& parameters) {
    std::set<std::string> out;
    const auto answer = Get("pods", parameters);
    for (const auto& item : answer["items"].GetArray()) out.insert(item["name"].GetString());
    return out;
  };
  EXPECT_EQ(names("metrics=cpuMillicores"), expected);
  for (int64_t tick = tick_ - 55; tick < tick_; ++tick) {
    for (const PodRef& pod : PodsAt(tick)) expected.insert(model_->PodName(pod));
  }
  EXPECT_GT(expected.size(), 18U + 30);
  const std::set<std::string> all = names("metrics=cpuMillicores&includeTerminated=true");
  for (const std::string& name : expected) EXPECT_THAT(all, Contains(name));
}

TEST(Simulator, ARestartedServerIsToldTheHistoryAgain) {
  ClusterOptions options = SmallCluster();
  options.model.interval_ms = 1'000;
  options.backfill_ms = 60'000;
  options.duration_ms.reset();
  const Model model(options.model);
  auto server = StartServer(1'000);
  ASSERT_NE(server, nullptr);
  const std::string address = server->grpc_address();
  std::jthread cluster([&options, &address](const std::stop_token& stop) {
    RunCluster(options, SystemClock(), [&address] { return NewGrpcCalls(address); }, stop);
  });
  const auto holds = [&](int64_t first_ms) {
    for (uint32_t node = 0; node < 3; ++node) {
      const auto held = server->store().Held(model.NodeName(node));
      if (held.size() != 1 || held[0].first_ms > first_ms) return false;
      if (held[0].last_ms < SystemClock().WallMs() - 4'000) return false;
    }
    return true;
  };
  ASSERT_TRUE(Eventually([&] { return holds(SystemClock().WallMs() - 55'000); }));
  const int64_t first_ms = server->store().Held(model.NodeName(0))[0].first_ms;
  server.reset();
  server = StartServer(1'000, address);
  ASSERT_NE(server, nullptr);
  EXPECT_TRUE(Eventually([&] { return holds(first_ms + 1'000); }));
  EXPECT_EQ(server->store().Stats().pods, 18U);
  cluster.request_stop();
  const auto stopping = std::chrono::steady_clock::now();
  cluster.join();
  EXPECT_LT(std::chrono::steady_clock::now() - stopping, std::chrono::seconds(8));
}

}  // namespace
}  // namespace kubemonitor

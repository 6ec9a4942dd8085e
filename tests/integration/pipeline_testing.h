#ifndef KUBEMONITOR_TESTS_INTEGRATION_PIPELINE_TESTING_H_
#define KUBEMONITOR_TESTS_INTEGRATION_PIPELINE_TESTING_H_

// A server of gRPC, ingest and store on a loopback port, and a publisher that sends to it.

#include <gtest/gtest.h>

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "apiserver/ingest/grpc_server.h"
#include "apiserver/ingest/ingest.h"
#include "apiserver/query/summed_store.h"
#include "apiserver/store/store.h"
#include "collector/publish/grpc_transport.h"
#include "collector/publish/publisher.h"
#include "common/clock.h"
#include "common/signals.h"
#include "metrics.pb.h"
#include "wire/limits.h"

namespace kubemonitor {

inline constexpr int64_t kIntervalMs = 1'000;

// Short, so that nothing waits long.
inline StoreOptions TestStoreOptions() {
  StoreOptions out;
  out.interval_ms = kIntervalMs;
  return out;
}

class TestServer {
 public:
  explicit TestServer(const std::string& listen = "127.0.0.1:0",
                      std::optional<size_t> spare_descriptors = std::nullopt)
      : store_(NewSummedStore(TestStoreOptions())),
        ingest_(*store_, SystemClock(), IngestOptions{RandomId()}) {
    GrpcServerOptions options;
    options.listen = listen;
    if (spare_descriptors) options.spare_descriptors = *spare_descriptors;
    auto server = GrpcServer::Create(options, ingest_);
    EXPECT_TRUE(server.ok()) << server.status();
    if (server.ok()) server_ = *std::move(server);
  }

  const std::string& address() const { return server_->address(); }
  Store& store() { return *store_; }
  Ingest& ingest() { return ingest_; }
  GrpcServer& grpc() { return *server_; }

  bool Holds(const std::string& node, int64_t tick_ms) const {
    for (const TickRange& range : store_->Held(node)) {
      if (range.first_ms <= tick_ms && tick_ms <= range.last_ms) return true;
    }
    return false;
  }
  bool HoldsAll(const std::string& node, const std::vector<int64_t>& ticks) const {
    for (const int64_t tick_ms : ticks) {
      if (!Holds(node, tick_ms)) return false;
    }
    return true;
  }

 private:
  std::unique_ptr<SummedStore> store_;
  Ingest ingest_;
  std::unique_ptr<GrpcServer> server_;
};

// True as soon as `done` holds; false after half a minute.
inline bool Eventually(const std::function<bool()>& done) {
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(30);
  while (!done()) {
    if (std::chrono::steady_clock::now() > deadline) return false;
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
  return true;
}

inline int64_t TickBefore(int64_t intervals) {
  return SystemClock().WallMs() / kIntervalMs * kIntervalMs - intervals * kIntervalMs;
}

inline Sample PodSample(int64_t tick_ms, uint32_t pods = 3) {
  Sample out;
  out.tick.tick_ms = tick_ms;
  out.tick.boot_usec = static_cast<uint64_t>(tick_ms) * 1000;
  out.tick.node.Set(Series::kCpuUsageUsec, static_cast<uint64_t>(tick_ms));
  for (uint32_t i = 1; i <= pods; ++i) {
    auto identity = std::make_shared<Identity>();
    identity->object = i;
    identity->pod_uid = "uid-" + std::to_string(i);
    identity->namespace_name = "default";
    identity->pod_name = "pod-" + std::to_string(i);
    ObjectSample& sample = out.tick.pods.emplace_back();
    sample.object = i;
    sample.values.Set(Series::kCpuUsageUsec, static_cast<uint64_t>(tick_ms) + i);
    out.identities.push_back(std::move(identity));
  }
  return out;
}

inline std::unique_ptr<Publisher> TestPublisher(std::vector<std::string> servers,
                                                const std::string& node = "node-1") {
  PublisherOptions options;
  options.servers = std::move(servers);
  options.node_name = node;
  options.instance_id = RandomId();
  options.boot_id = "boot";
  options.interval_ms = static_cast<uint32_t>(kIntervalMs);
  return NewPublisher(options, SystemClock(), NewGrpcTransport);
}

}  // namespace kubemonitor

#endif  // KUBEMONITOR_TESTS_INTEGRATION_PIPELINE_TESTING_H_

#ifndef KUBEMONITOR_APISERVER_INGEST_INGEST_TESTING_H_
#define KUBEMONITOR_APISERVER_INGEST_INGEST_TESTING_H_

// Ingest before a store, and short ways to write requests, for tests.

#include <gtest/gtest.h>

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "apiserver/ingest/ingest.h"
#include "apiserver/store/store.h"
#include "common/clock.h"
#include "metrics.pb.h"

namespace kubemonitor {

inline constexpr int64_t kNow = 1'700'000'000'000;  // a multiple of 10 s
inline constexpr int64_t kInterval = 10'000;

class FakeClock final : public Clock {
 public:
  int64_t WallMs() const override { return wall_ms; }
  uint64_t BootUsec() const override { return boot_usec; }
  void Advance(int64_t ms) {
    wall_ms += ms;
    boot_usec += static_cast<uint64_t>(ms) * 1000;
  }
  int64_t wall_ms = kNow;
  uint64_t boot_usec = 1'000'000'000'000;
};

class IngestTest : public ::testing::Test {
 protected:
  void Make(StoreOptions options = {}) {
    store = NewBlockStore(options);
    ingest = std::make_unique<Ingest>(*store, clock, IngestOptions{"server"});
  }
  void SetUp() override { Make(); }

  v1::MetricsResponse Send(const v1::MetricsRequest& request) {
    v1::MetricsResponse response;
    ingest->Handle(request, "peer", &response);
    return response;
  }

  v1::MetricsRequest Request(const std::string& instance = "i1") const {
    v1::MetricsRequest request;
    request.set_node_name("node-1");
    request.set_protocol_version(1);
    request.set_boot_id("boot");
    request.set_instance_id(instance);
    request.set_interval_ms(kInterval);
    request.set_sent_at_ms(clock.wall_ms);
    return request;
  }

  static void AddIdentity(v1::MetricsRequest& request, uint32_t object, const std::string& uid) {
    v1::Identity* identity = request.add_identities();
    identity->set_object(object);
    identity->set_kind(v1::OBJECT_KIND_POD);
    identity->set_pod_uid(uid);
    identity->set_namespace_("default");
    identity->set_pod_name("pod-" + uid);
  }

  static v1::Tick* AddTick(v1::MetricsRequest& request, int64_t tick_ms,
                           const std::vector<uint32_t>& objects = {}) {
    v1::Tick* tick = request.add_ticks();
    tick->set_tick_ms(tick_ms);
    tick->set_boot_usec(static_cast<uint64_t>(tick_ms) * 1000);
    tick->mutable_node()->add_objects(0);
    v1::Column* busy = tick->mutable_node()->add_columns();
    busy->set_series(1);
    busy->add_values(5);
    if (objects.empty()) return tick;
    v1::Column* column = tick->mutable_pods()->add_columns();
    column->set_series(1);
    for (const uint32_t object : objects) {
      tick->mutable_pods()->add_objects(object);
      column->add_values(object);
    }
    return tick;
  }

  v1::MetricsRequest GoodRequest(const std::string& instance = "i1") const {
    v1::MetricsRequest request = Request(instance);
    AddIdentity(request, 1, "u1");
    AddTick(request, Tick0(), {1});
    return request;
  }
  int64_t Tick0() const { return clock.wall_ms / kInterval * kInterval; }

  NodeInfo Node(const std::string& name = "node-1") const {
    for (const std::shared_ptr<const NodeInfo>& node : store->Nodes()) {
      if (node->name == name) return *node;
    }
    ADD_FAILURE() << "no node " << name;
    return {};
  }

  static std::map<int, uint64_t> Refusals(const v1::MetricsResponse& response) {
    std::map<int, uint64_t> out;
    for (const auto& refusal : response.refusals()) {
      out[refusal.reason()] += refusal.count();
      EXPECT_FALSE(refusal.detail().empty());
      EXPECT_LE(refusal.detail().size(), 1300U);
    }
    return out;
  }
  using Expected = std::map<int, uint64_t>;

  FakeClock clock;
  std::unique_ptr<Store> store;
  std::unique_ptr<Ingest> ingest;
};

}  // namespace kubemonitor

#endif  // KUBEMONITOR_APISERVER_INGEST_INGEST_TESTING_H_

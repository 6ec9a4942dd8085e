// Publisher → gRPC → ingest → store, over loopback, in the orders in which programs start, stop and
// come back.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "pipeline_testing.h"

namespace kubemonitor {
namespace {

using ::testing::HasSubstr;

TEST(Pipeline, ServerFirst) {
  TestServer server;
  const auto publisher = TestPublisher({server.address()});
  const int64_t tick = TickBefore(0);
  publisher->Publish(PodSample(tick));
  EXPECT_TRUE(Eventually([&] { return server.Holds("node-1", tick); }));
  EXPECT_TRUE(Eventually([&] { return publisher->server_interval_ms() == kIntervalMs; }));
  const auto nodes = server.store().Nodes();
  ASSERT_EQ(nodes.size(), 1U);
  EXPECT_EQ(server.store().Objects(nodes[0]->node).size(), 3U);
}

TEST(Pipeline, CollectorFirst) {
  std::string address;
  {
    address = TestServer().address();
  }
  const auto publisher = TestPublisher({address});
  std::vector<int64_t> ticks;
  for (int64_t i = 5; i >= 0; --i) {
    ticks.push_back(TickBefore(i));
    publisher->Publish(PodSample(ticks.back()));
  }
  TestServer server(address);
  EXPECT_TRUE(Eventually([&] { return server.HoldsAll("node-1", ticks); }));
}

TEST(Pipeline, ServerRestartGetsEverythingAgain) {
  auto server = std::make_unique<TestServer>();
  const std::string address = server->address();
  const auto publisher = TestPublisher({address});
  std::vector<int64_t> ticks;
  for (int64_t i = 20; i >= 0; --i) {
    ticks.push_back(TickBefore(i));
    publisher->Publish(PodSample(ticks.back()));
  }
  ASSERT_TRUE(Eventually([&] { return server->HoldsAll("node-1", ticks); }));
  server.reset();
  server = std::make_unique<TestServer>(address);
  const int64_t live = ticks.back() + kIntervalMs;
  publisher->Publish(PodSample(live));
  ticks.push_back(live);
  EXPECT_TRUE(Eventually([&] { return server->HoldsAll("node-1", ticks); }));
  EXPECT_EQ(server->store().Objects(server->store().Nodes()[0]->node).size(), 3U);
}

TEST(Pipeline, CollectorRestartGoesOn) {
  TestServer server;
  const int64_t first = TickBefore(2);
  {
    const auto publisher = TestPublisher({server.address()});
    publisher->Publish(PodSample(first));
    ASSERT_TRUE(Eventually([&] { return server.Holds("node-1", first); }));
  }
  const auto publisher = TestPublisher({server.address()});
  publisher->Publish(PodSample(first + kIntervalMs));
  EXPECT_TRUE(Eventually([&] { return server.Holds("node-1", first + kIntervalMs); }));
  EXPECT_EQ(server.store().Objects(server.store().Nodes()[0]->node).size(), 3U)
      << "the same pods under another instance's numbers";
}

TEST(Pipeline, EveryAddressIsAServerAndOneAwayDelaysNobody) {
  TestServer one;
  TestServer two;
  std::string away;
  {
    away = TestServer().address();
  }
  const auto publisher = TestPublisher({away, one.address(), two.address()});
  const int64_t tick = TickBefore(0);
  publisher->Publish(PodSample(tick));
  EXPECT_TRUE(Eventually([&] { return one.Holds("node-1", tick) && two.Holds("node-1", tick); }));
}

TEST(Pipeline, ManyNodes) {
  TestServer server;
  std::vector<std::unique_ptr<Publisher>> publishers;
  const int64_t tick = TickBefore(0);
  for (int i = 0; i < 20; ++i) {
    publishers.push_back(TestPublisher({server.address()}, "node-" + std::to_string(i)));
    publishers.back()->Publish(PodSample(tick, 20));
  }
  EXPECT_TRUE(Eventually([&] { return server.store().Stats().pods == 400; }));
}

TEST(Pipeline, StoppingTheServerIsQuickAndThePublisherToo) {
  auto server = std::make_unique<TestServer>();
  auto publisher = TestPublisher({server->address()});
  const int64_t tick = TickBefore(0);
  publisher->Publish(PodSample(tick));
  ASSERT_TRUE(Eventually([&] { return server->Holds("node-1", tick); }));
  const auto start = std::chrono::steady_clock::now();
  server.reset();
  publisher.reset();
  EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(8));
}

TEST(Pipeline, PortInUseSaysWhatToDo) {
  TestServer server;
  Ingest ingest(server.store(), SystemClock(), IngestOptions{"x"});
  GrpcServerOptions options;
  options.listen = server.address();
  const auto second = GrpcServer::Create(options, ingest);
  ASSERT_FALSE(second.ok());
  EXPECT_TRUE(absl::IsAlreadyExists(second.status())) << second.status();
  EXPECT_THAT(std::string(second.status().message()), HasSubstr(server.address()));
  EXPECT_THAT(std::string(second.status().message()), HasSubstr("--grpc-listen"));
}

TEST(Pipeline, AddressesThatCannotBeBound) {
  TestServer server;
  Ingest ingest(server.store(), SystemClock(), IngestOptions{"x"});
  for (const char* listen :
       {"", "nonsense", "localhost:1", "127.0.0.1:", "127.0.0.1:x", "192.0.2.1:50051", "[::1:5"}) {
    GrpcServerOptions options;
    options.listen = listen;
    EXPECT_FALSE(GrpcServer::Create(options, ingest).ok()) << listen;
  }
}

}  // namespace
}  // namespace kubemonitor

#include "apiserver/server.h"

#include <gmock/gmock.h>
#include <grpcpp/client_context.h>
#include <grpcpp/create_channel.h>
#include <grpcpp/security/credentials.h>
#include <gtest/gtest.h>

#include "http/raw_client.h"
#include "metrics.grpc.pb.h"

namespace kubemonitor {
namespace {

using ::testing::HasSubstr;

constexpr int64_t kTickMs = 1'700'000'000'000;

class FixedClock final : public Clock {
 public:
  int64_t WallMs() const override { return kTickMs + 4'000; }
  uint64_t BootUsec() const override { return 1'000'000'000; }
};

TEST(ApiServerTest, StatusTellsWhatIngestCounted) {
  ApiServerOptions options;
  options.grpc_listen = "127.0.0.1:0";
  options.http_listen = "127.0.0.1:0";
  const FixedClock clock;
  const auto server = ApiServer::Create(options, clock);
  ASSERT_TRUE(server.ok()) << server.status();

  v1::MetricsRequest request;
  request.set_node_name("edge");
  v1::Metric* metric = request.add_metrics();
  metric->set_pod_name("web");
  metric->set_namespace_("default");
  metric->set_memory_bytes(1);
  metric->set_timestamp(kTickMs);
  metric = request.add_metrics();  // without a name
  metric->set_timestamp(kTickMs);
  grpc::ChannelArguments arguments;
  arguments.SetInt(GRPC_ARG_ENABLE_HTTP_PROXY, 0);
  const auto stub = v1::MetricsService::NewStub(grpc::CreateCustomChannel(
      (*server)->grpc_address(), grpc::InsecureChannelCredentials(), arguments));
  grpc::ClientContext context;
  v1::MetricsResponse response;
  const grpc::Status sent = stub->SendMetrics(&context, request, &response);
  ASSERT_TRUE(sent.ok()) << sent.error_message();
  EXPECT_EQ(response.accepted(), 1U);

  const auto status = RawClient((*server)->http_address()).Get("/api/v1/status");
  ASSERT_TRUE(status);
  EXPECT_THAT(status->body, HasSubstr("\"ingest\":{\"requests\":1,"));
  EXPECT_THAT(status->body, HasSubstr("\"reportLagLastSeconds\":4,\"reportLagMaxSeconds\":4}"));
  EXPECT_THAT(status->body, HasSubstr("\"refusals\":{\"invalid\":1,"));
}

}  // namespace
}  // namespace kubemonitor

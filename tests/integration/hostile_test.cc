// What a gRPC port must survive: bytes that are no HTTP/2, requests that are no requests, hundreds
// of slow peers.

#include <arpa/inet.h>
#include <gmock/gmock.h>
#include <grpcpp/channel.h>
#include <grpcpp/client_context.h>
#include <grpcpp/completion_queue.h>
#include <grpcpp/create_channel.h>
#include <grpcpp/generic/generic_stub.h>
#include <grpcpp/security/credentials.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <optional>
#include <string_view>

#include "pipeline_testing.h"

namespace kubemonitor {
namespace {

constexpr char kPath[] = "/kubemonitor.v1.MetricsService/SendMetrics";
constexpr std::string_view kPreface = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
const std::string kEmptySettings("\x00\x00\x00\x04\x00\x00\x00\x00\x00", 9);

class RawConnection {
 public:
  explicit RawConnection(const std::string& address)
      : fd_(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    const size_t colon = address.rfind(':');
    sockaddr_in to{};
    to.sin_family = AF_INET;
    to.sin_port = htons(static_cast<uint16_t>(atoi(address.c_str() + colon + 1)));
    inet_pton(AF_INET, address.substr(0, colon).c_str(), &to.sin_addr);
    const timeval timeout{20, 0};
    setsockopt(fd_, SOL_SOCKET, SO_RCVTIMEO, &timeout, sizeof timeout);
    connected_ = connect(fd_, reinterpret_cast<const sockaddr*>(&to), sizeof to) == 0;
  }
  RawConnection(RawConnection&& other) noexcept
      : fd_(std::exchange(other.fd_, -1)), connected_(other.connected_) {}
  ~RawConnection() {
    if (fd_ >= 0) close(fd_);
  }
  bool connected() const { return connected_; }
  void Write(std::string_view bytes) const {
    if (send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL) < 0)
      return;  // closed by the peer: fine
  }
  bool EndsWithin(std::chrono::milliseconds time) const {
    pollfd readable{fd_, POLLIN, 0};
    char buffer[4096];
    while (poll(&readable, 1, static_cast<int>(time.count())) == 1) {
      if (recv(fd_, buffer, sizeof buffer, 0) <= 0) return true;
    }
    return false;
  }
  // True once the peer has closed.
  bool ReadToEnd() const {
    char buffer[4096];
    ssize_t n = 0;
    while ((n = recv(fd_, buffer, sizeof buffer, 0)) > 0) {
    }
    return n == 0 || errno == ECONNRESET;
  }

 private:
  int fd_;
  bool connected_ = false;
};

struct Answer {
  grpc::Status status;
  v1::MetricsResponse response;
};

Answer Call(const std::string& address, const std::string& bytes, const std::string& path = kPath,
            std::optional<grpc_compression_algorithm> compression = std::nullopt) {
  grpc::ChannelArguments arguments;
  arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
  grpc::GenericStub stub(
      grpc::CreateCustomChannel("ipv4:" + address, grpc::InsecureChannelCredentials(), arguments));
  grpc::ClientContext context;
  context.set_deadline(std::chrono::system_clock::now() + std::chrono::seconds(30));
  if (compression) context.set_compression_algorithm(*compression);
  const grpc::Slice slice(bytes);
  grpc::ByteBuffer request(&slice, 1);
  grpc::ByteBuffer reply;
  grpc::CompletionQueue queue;
  Answer answer;
  const auto call = stub.PrepareUnaryCall(&context, path, request, &queue);
  call->StartCall();
  call->Finish(&reply, &answer.status, nullptr);
  void* tag = nullptr;
  bool ok = false;
  queue.Next(&tag, &ok);
  queue.Shutdown();
  while (queue.Next(&tag, &ok)) {
  }
  grpc::Slice joined;
  if (answer.status.ok() && reply.DumpToSingleSlice(&joined).ok()) {
    EXPECT_TRUE(answer.response.ParseFromArray(joined.begin(), static_cast<int>(joined.size())));
  }
  return answer;
}

v1::MetricsRequest SimpleRequest(int64_t timestamp) {
  v1::MetricsRequest request;
  request.set_node_name("edge");
  v1::Metric* metric = request.add_metrics();
  metric->set_pod_name("web");
  metric->set_namespace_("default");
  metric->set_memory_bytes(1);
  metric->set_timestamp(timestamp);
  return request;
}

std::string Good() { return SimpleRequest(TickBefore(0)).SerializeAsString(); }

TEST(Hostile, BothPathsAreServedAndNoOther) {
  TestServer server;
  EXPECT_EQ(Call(server.address(), Good()).response.accepted(), 1U);
  EXPECT_EQ(Call(server.address(), Good(), "/MetricsService/SendMetrics").response.accepted(), 1U);
  EXPECT_EQ(Call(server.address(), Good(), "/Other/SendMetrics").status.error_code(),
            grpc::StatusCode::UNIMPLEMENTED);
}

TEST(Hostile, TimesOf1970And2100) {
  TestServer server;
  const Answer old = Call(server.address(), SimpleRequest(1).SerializeAsString());
  ASSERT_EQ(old.response.refusals_size(), 1);
  EXPECT_EQ(old.response.refusals(0).reason(), v1::REFUSAL_REASON_TOO_OLD);
  const Answer future =
      Call(server.address(), SimpleRequest(4'102'444'800'000).SerializeAsString());
  ASSERT_EQ(future.response.refusals_size(), 1);
  EXPECT_EQ(future.response.refusals(0).reason(), v1::REFUSAL_REASON_IN_FUTURE);
}

TEST(Hostile, LargeNames) {
  TestServer server;
  v1::MetricsRequest request = SimpleRequest(TickBefore(0));
  request.mutable_metrics(0)->set_pod_name(std::string(10'000'000, 'x'));
  Answer answer = Call(server.address(), request.SerializeAsString());
  ASSERT_EQ(answer.response.refusals_size(), 1);
  EXPECT_LT(answer.response.refusals(0).detail().size(), 1'000U);
  request.set_node_name(std::string(10'000'000, 'n'));
  answer = Call(server.address(), request.SerializeAsString());
  EXPECT_TRUE(answer.status.ok() ||
              answer.status.error_code() == grpc::StatusCode::RESOURCE_EXHAUSTED);
  EXPECT_TRUE(server.store().Nodes().size() <= 1);
}

TEST(Hostile, AMillionContainers) {
  TestServer server;
  std::string identities;
  for (int i = 0; i < 1'000'000; ++i) identities += std::string("\x4a\x02\x08\x01", 4);
  EXPECT_EQ(Call(server.address(), identities).status.error_code(),
            grpc::StatusCode::INVALID_ARGUMENT);
  v1::MetricsRequest request;
  request.set_node_name("edge");
  request.set_protocol_version(1);
  request.set_instance_id("i");
  request.set_sent_at_ms(SystemClock().WallMs());
  v1::Tick* tick = request.add_ticks();
  tick->set_tick_ms(TickBefore(0));
  for (uint32_t i = 1; i <= 1'000'000; ++i) tick->mutable_containers()->add_objects(i);
  const Answer answer = Call(server.address(), request.SerializeAsString());
  ASSERT_EQ(answer.response.refusals_size(), 1) << answer.status.error_message();
  EXPECT_EQ(answer.response.refusals(0).reason(), v1::REFUSAL_REASON_INVALID);
}

TEST(Hostile, MessagesThatAreNone) {
  TestServer server;
  for (const std::string bytes : {"\xff\xff\xff\xff", "GET / HTTP/1.1\r\n\r\n", "\x0a\x7f"}) {
    EXPECT_EQ(Call(server.address(), bytes).status.error_code(),
              grpc::StatusCode::INVALID_ARGUMENT);
  }
  EXPECT_EQ(Call(server.address(), std::string(kMaxRequestBytes + 1, 'x')).status.error_code(),
            grpc::StatusCode::RESOURCE_EXHAUSTED);
  const Answer empty = Call(server.address(), "");
  EXPECT_TRUE(empty.status.ok());
  EXPECT_EQ(empty.response.refusals(0).reason(), v1::REFUSAL_REASON_INVALID);
}

TEST(Hostile, TextThatIsNotUtf8WritesNoLog) {
  TestServer server;
  std::string bytes = SimpleRequest(TickBefore(0)).SerializeAsString();
  bytes.replace(bytes.find("web"), 3, "\xff\xff\xff");
  testing::internal::CaptureStderr();
  for (int i = 0; i < 10; ++i) Call(server.address(), bytes);
  EXPECT_EQ(testing::internal::GetCapturedStderr().find("libprotobuf"), std::string::npos);
}

TEST(Hostile, CompressedBombsAreNotInflated) {
  TestServer server;
  // 15 MiB of one letter: 15 kB on the wire.
  const Answer answer =
      Call(server.address(), std::string(size_t{15} << 20, 'x'), kPath, GRPC_COMPRESS_GZIP);
  EXPECT_FALSE(answer.status.ok());
  EXPECT_EQ(server.store().Nodes().size(), 0U);
  EXPECT_EQ(Call(server.address(), Good()).response.accepted(), 1U);
}

TEST(Hostile, RawBytesOnThePort) {
  TestServer server;
  for (const std::string& bytes :
       {std::string("GET / HTTP/1.1\r\nHost: x\r\n\r\n"), std::string(100'000, '\0'),
        std::string(100'000, '\xff'), std::string(kPreface) + std::string(1000, '\xff'),
        std::string("\x16\x03\x01\x02\x00\x01", 6),
        // A header frame that says it has 16 MB.
        std::string(kPreface) + kEmptySettings +
            std::string("\xff\xff\xff\x01\x04\x00\x00\x00\x01", 9)}) {
    const RawConnection connection(server.address());
    ASSERT_TRUE(connection.connected());
    connection.Write(bytes);
  }
  const RawConnection spoken(server.address());
  spoken.Write("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
  EXPECT_TRUE(spoken.ReadToEnd()) << "a peer that does not speak HTTP/2 is closed";
  EXPECT_EQ(Call(server.address(), Good()).response.accepted(), 1U);
}

// Lowers the limit of open files for a while.
class OpenFilesLimit {
 public:
  explicit OpenFilesLimit(rlim_t files) {
    getrlimit(RLIMIT_NOFILE, &before_);
    const rlimit low{files, before_.rlim_max};
    EXPECT_EQ(setrlimit(RLIMIT_NOFILE, &low), 0);
  }
  ~OpenFilesLimit() { setrlimit(RLIMIT_NOFILE, &before_); }
  OpenFilesLimit(const OpenFilesLimit&) = delete;

 private:
  rlimit before_{};
};

TEST(Hostile, RunningOutOfDescriptorsIsNotForEver) {
  TestServer server;
  {
    const int next = dup(0);  // the lowest free number: nothing can be opened from there on
    close(next);
    const OpenFilesLimit limit(static_cast<rlim_t>(next) + 1);
    const RawConnection waits(server.address());
    ASSERT_TRUE(waits.connected());  // by the kernel: it cannot be accepted
    EXPECT_FALSE(waits.EndsWithin(std::chrono::milliseconds(200)));
  }
  EXPECT_EQ(Call(server.address(), Good()).response.accepted(), 1U);
}

TEST(Hostile, ConnectionsLeaveDescriptorsToOthers) {
  constexpr rlim_t kFiles = 200;
  const OpenFilesLimit limit(kFiles);
  TestServer server("127.0.0.1:0", kFiles / 4);
  std::vector<RawConnection> many;
  // Two descriptors for each, as both ends are here.
  for (rlim_t i = 0; i < kFiles / 2; ++i) {
    many.emplace_back(server.address());
    ASSERT_TRUE(many.back().connected()) << i << ": " << strerror(errno);
    if (many.back().EndsWithin(std::chrono::milliseconds(100))) break;
  }
  EXPECT_GT(many.size(), kFiles / 8);
  EXPECT_LT(many.size(), kFiles / 2) << "the last one was closed at once";
  many.pop_back();
  const int next = dup(0);
  close(next);
  EXPECT_LE(next, static_cast<int>(kFiles - kFiles / 4)) << "others find descriptors";
  many.clear();
  EXPECT_EQ(Call(server.address(), Good()).response.accepted(), 1U);
}

TEST(Hostile, HundredsOfSlowConnectionsBesideAHealthyClient) {
  TestServer server;
  std::vector<RawConnection> slow;
  for (int i = 0; i < 400; ++i) {
    slow.emplace_back(server.address());
    ASSERT_TRUE(slow.back().connected()) << i;
    if (i % 4 == 1) slow.back().Write(kPreface.substr(0, 10));
    if (i % 4 == 2) slow.back().Write(std::string(kPreface) + kEmptySettings);
    if (i % 4 == 3) {
      slow.back().Write(std::string(kPreface) + kEmptySettings +
                        std::string("\x00\x10\x00\x01\x00\x00\x00\x00\x01", 9));
    }
  }
  const auto publisher = TestPublisher({server.address()});
  const int64_t first = TickBefore(10);
  const auto start = std::chrono::steady_clock::now();
  for (int64_t i = 0; i <= 10; ++i) {
    const int64_t tick = first + i * kIntervalMs;
    publisher->Publish(PodSample(tick));
    ASSERT_TRUE(Eventually([&] { return server.Holds("node-1", tick); })) << i;
    for (size_t j = 0; j < slow.size(); j += 4) slow[j].Write("\x00");
  }
  EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(60));
  const auto stopping = std::chrono::steady_clock::now();
  server.grpc().Stop(std::chrono::seconds(2));
  EXPECT_LT(std::chrono::steady_clock::now() - stopping, std::chrono::seconds(8));
}

}  // namespace
}  // namespace kubemonitor

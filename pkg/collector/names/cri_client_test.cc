#include "collector/names/cri_client.h"

#include <gmock/gmock.h>
#include <grpcpp/security/server_credentials.h>
#include <grpcpp/server.h>
#include <grpcpp/server_builder.h>
#include <gtest/gtest.h>

#include <thread>

#include "collector/names/cri_messages.h"
#include "collector/names/name_resolver.h"
#include "collector/names/names_testing.h"
#include "common/mutex.h"
#include "cri.grpc.pb.h"

namespace kubemonitor {
namespace {

namespace cri = ::runtime::v1;
using ::testing::HasSubstr;
using ::testing::SizeIs;

class FakeService final : public cri::RuntimeService::Service {
 public:
  grpc::Status Version(grpc::ServerContext* context, const cri::VersionRequest*,
                       cri::VersionResponse* reply) override {
    const MutexLock lock(mutex_);
    ++calls_;
    called_.notify_all();
    // Until the caller gives up.
    while (hold_ && !context->IsCancelled()) {
      called_.wait_for(mutex_, std::chrono::milliseconds(10));
    }
    reply->set_runtime_name("containerd");
    reply->set_runtime_version("v2.1.4");
    return status_;
  }
  grpc::Status ListPodSandbox(grpc::ServerContext*, const cri::ListPodSandboxRequest*,
                              cri::ListPodSandboxResponse* reply) override {
    const MutexLock lock(mutex_);
    *reply = sandboxes_;
    return status_;
  }
  grpc::Status ListContainers(grpc::ServerContext*, const cri::ListContainersRequest*,
                              cri::ListContainersResponse* reply) override {
    const MutexLock lock(mutex_);
    *reply = containers_;
    return status_;
  }
  grpc::Status PodSandboxStatus(grpc::ServerContext*, const cri::PodSandboxStatusRequest* request,
                                cri::PodSandboxStatusResponse* reply) override {
    const MutexLock lock(mutex_);
    if (request->verbose()) return {grpc::StatusCode::INVALID_ARGUMENT, "too dear"};
    if (request->pod_sandbox_id() != "s1") return {grpc::StatusCode::NOT_FOUND, "no such sandbox"};
    reply->mutable_status()
        ->mutable_linux_status()
        ->mutable_namespaces()
        ->mutable_options()
        ->set_network(cri::NODE);
    return status_;
  }

  void AddPod() {
    const MutexLock lock(mutex_);
    cri::PodSandbox* sandbox = sandboxes_.add_items();
    sandbox->set_id("s1");
    AddLabel(sandbox->add_labels(), "io.kubernetes.pod.name", "proxy");
    AddLabel(sandbox->add_labels(), "io.kubernetes.pod.namespace", "kube-system");
    AddLabel(sandbox->add_labels(), "io.kubernetes.pod.uid", "u1");
    AddLabel(sandbox->add_labels(), "app", "pro\xffxy");
    cri::Container* container = containers_.add_containers();
    container->set_id("c1");
    container->set_pod_sandbox_id("s1");
    container->mutable_metadata()->set_name("proxy");
    container->set_state(cri::CONTAINER_RUNNING);
    container->set_created_at(1'700'000'000'123'456'789);
  }
  void SetStatus(grpc::Status status) {
    const MutexLock lock(mutex_);
    status_ = std::move(status);
  }
  // A list whose reply has about this many bytes, in items that are valid.
  void FillSandboxes(size_t bytes) {
    const MutexLock lock(mutex_);
    cri::Entry* entry = sandboxes_.add_items()->add_labels();
    AddLabel(entry, "annotation", std::string(bytes, 'x'));
  }
  void Hold(bool hold) {
    const MutexLock lock(mutex_);
    hold_ = hold;
    called_.notify_all();
  }
  void WaitForCall() {
    const MutexLock lock(mutex_);
    called_.wait(mutex_, [this]() REQUIRES(mutex_) { return calls_ > 0; });
  }

 private:
  static void AddLabel(cri::Entry* entry, const std::string& key, const std::string& value) {
    entry->set_key(key);
    entry->set_value(value);
  }

  Mutex mutex_;
  Condition called_;
  int calls_ GUARDED_BY(mutex_) = 0;
  bool hold_ GUARDED_BY(mutex_) = false;
  grpc::Status status_ GUARDED_BY(mutex_);
  cri::ListPodSandboxResponse sandboxes_ GUARDED_BY(mutex_);
  cri::ListContainersResponse containers_ GUARDED_BY(mutex_);
};

class CriClientTest : public ::testing::Test {
 protected:
  ~CriClientTest() override { StopServer(); }
  void StartServer() {
    grpc::ServerBuilder builder;
    builder.AddListeningPort("unix://" + socket_, grpc::InsecureServerCredentials());
    builder.SetMaxSendMessageSize(-1);
    builder.RegisterService(&service_);
    server_ = builder.BuildAndStart();
    ASSERT_NE(server_, nullptr);
  }
  void StopServer() {
    service_.Hold(false);
    if (server_) server_->Shutdown(std::chrono::system_clock::now() + std::chrono::seconds(5));
    server_.reset();
  }

  const TemporaryFolder node_;
  const std::string socket_ = node_.Path("/con%tain er#d.sock");  // an odd path has to be escaped
  FakeService service_;
  std::unique_ptr<grpc::Server> server_;
  const std::unique_ptr<CriRuntime> client_ = MakeCriClient(socket_);
};

TEST_F(CriClientTest, AsksEverything) {
  service_.AddPod();
  StartServer();
  const auto version = client_->Version({});
  ASSERT_TRUE(version.ok()) << version.status();
  EXPECT_EQ(version->name, "containerd");
  EXPECT_EQ(version->version, "v2.1.4");
  const auto sandboxes = client_->ListSandboxes({});
  ASSERT_TRUE(sandboxes.ok()) << sandboxes.status();
  ASSERT_THAT(sandboxes->items, SizeIs(1));
  EXPECT_EQ(sandboxes->items[0].pod_name, "proxy");
  EXPECT_EQ(sandboxes->items[0].labels.at("app"), "pro\xef\xbf\xbdxy");
  const auto containers = client_->ListContainers({});
  ASSERT_TRUE(containers.ok()) << containers.status();
  ASSERT_THAT(containers->items, SizeIs(1));
  EXPECT_EQ(containers->items[0].container_name, "proxy");
  EXPECT_EQ(containers->items[0].created_at_ms, 1'700'000'000'123);
  const auto host_network = client_->UsesHostNetwork("s1", {});
  ASSERT_TRUE(host_network.ok()) << host_network.status();
  EXPECT_EQ(*host_network, true);
  EXPECT_TRUE(absl::IsNotFound(client_->UsesHostNetwork("s2", {}).status()));
}

TEST_F(CriClientTest, NobodyListens) {
  EXPECT_TRUE(absl::IsUnavailable(client_->Version({}).status()));
  node_.MakeSocket("/dead.sock");
  EXPECT_TRUE(absl::IsUnavailable(MakeCriClient(node_.Path("/dead.sock"))->Version({}).status()));
}

TEST_F(CriClientTest, ErrorsAreTheRuntimesOwnAndBounded) {
  StartServer();
  service_.SetStatus({grpc::StatusCode::UNIMPLEMENTED,
                      "od\xff"
                      "d\n" +
                          std::string(4000, 'x')});
  const absl::Status status = client_->ListSandboxes({}).status();
  EXPECT_TRUE(absl::IsUnimplemented(status));
  EXPECT_LE(status.message().size(), 1600u);
  EXPECT_EQ(status.message().find('\n'), absl::string_view::npos);
  service_.SetStatus({grpc::StatusCode::UNAVAILABLE, "server is not initialized yet"});
  EXPECT_TRUE(absl::IsUnavailable(client_->ListContainers({}).status()));
}

TEST_F(CriClientTest, LargeRepliesAreReadTooLargeOnesRefused) {
  StartServer();
  service_.AddPod();
  service_.FillSandboxes(12 << 20);  // above gRPC's own limit of 4 MiB; the large item is left out
  const auto list = client_->ListSandboxes({});
  ASSERT_TRUE(list.ok()) << list.status();
  EXPECT_THAT(list->items, SizeIs(1));
  EXPECT_EQ(list->refused, 1u);
  service_.FillSandboxes(5 << 20);
  EXPECT_TRUE(absl::IsResourceExhausted(client_->ListSandboxes({}).status()));
  EXPECT_TRUE(client_->Version({}).ok());
}

TEST_F(CriClientTest, StopEndsARunningCall) {
  service_.Hold(true);
  StartServer();
  std::stop_source stop;
  absl::Status status;
  std::jthread caller([&] { status = client_->Version(stop.get_token()).status(); });
  service_.WaitForCall();
  stop.request_stop();
  caller.join();
  EXPECT_TRUE(absl::IsCancelled(status)) << status;
  EXPECT_TRUE(absl::IsCancelled(client_->ListSandboxes(stop.get_token()).status()));
}

TEST_F(CriClientTest, ReconnectsToARestartedRuntime) {
  StartServer();
  ASSERT_TRUE(client_->Version({}).ok());
  StopServer();
  EXPECT_FALSE(client_->Version({}).ok());
  StartServer();
  absl::Status status = absl::UnavailableError("");
  const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(30);
  while (!status.ok() && std::chrono::steady_clock::now() < end) {
    status = client_->Version({}).status();
    std::this_thread::yield();
  }
  EXPECT_TRUE(status.ok()) << status;
}

TEST_F(CriClientTest, ResolverOverTheSocket) {
  service_.AddPod();
  StartServer();
  ManualClock clock;
  auto resolver =
      NameResolver::Create({"unix://" + socket_, node_.Path("/pods"), ""}, MakeCriClient, clock);
  ASSERT_TRUE(resolver.ok());
  (*resolver)->SetWanted({"c1", "s1"}, {"u1"});
  (*resolver)->RefreshOnce();
  const auto names = (*resolver)->Names();
  EXPECT_EQ(names->runtime, "containerd v2.1.4");
  ASSERT_TRUE(names->pods.contains("u1"));
  EXPECT_EQ(names->pods.at("u1").namespace_name, "kube-system");
  EXPECT_EQ(names->pods.at("u1").host_network, true);
  ASSERT_TRUE(names->containers.contains("c1"));
  EXPECT_EQ(names->containers.at("c1").pod_uid, "u1");
  EXPECT_EQ(names->containers.at("s1").type, ContainerType::kSandbox);
}

}  // namespace
}  // namespace kubemonitor

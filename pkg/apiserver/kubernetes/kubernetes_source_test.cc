// The whole client against a small server of ours: plain and TLS, and everything that goes wrong.

#include "apiserver/kubernetes/kubernetes_source.h"

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <signal.h>

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include "apiserver/kubernetes/api_server_testing.h"
#include "apiserver/kubernetes/cluster_testing.h"
#include "apiserver/kubernetes/objects_testing.h"
#include "http/content_coding.h"

namespace kubemonitor {
namespace {

using testing::MakeTestCertificates;
using testing::Quoted;
using testing::TestApiServer;
using testing::TestCertificates;
using testing::Text;
using State = KubernetesStatus::State;
using KindState = KubeKindStatus::State;

// A little cluster: one object of each kind, and pods that the test adds.
class FakeCluster {
 public:
  // As a TestApiServer::Handler.
  bool operator()(TestApiServer::Exchange& exchange) {
    const std::string target = exchange.target();
    if (!Admits(exchange)) {
      return exchange.Reply(401, Quoted("{'kind':'Status','code':401,'message':'who are you'}"));
    }
    if (target == "/version") {
      return exchange.Reply(200, Quoted("{'major':'1','gitVersion':'v1.34.1'}"));
    }
    const std::string path = target.substr(0, target.find('?'));
    const std::string resource = path.substr(path.rfind('/') + 1);
    if (resource == forbidden) {
      return exchange.Reply(403, Quoted("{'kind':'Status','code':403,'message':'no'}"));
    }
    if (target.find("watch=true") != std::string::npos) return Watch(exchange, resource);
    return List(exchange, resource);
  }

  // Tells the watches of pods.
  void Send(const std::string& event) {
    const std::lock_guard<std::mutex> lock(mutex);
    events.push_back(Quoted(event) + "\n");
  }
  void SetToken(const std::string& value) {
    const std::lock_guard<std::mutex> lock(mutex);
    token = value;
  }

  // Ends the watches as a server does, and takes clients of this certificate alone.
  void AdmitOnly(const std::string& certificate) {
    const std::lock_guard<std::mutex> lock(mutex);
    client = certificate;
    ++ended_watches;
  }

  std::mutex mutex;
  std::vector<std::string> events;
  std::string token;      // empty: none is needed
  std::string client;     // its certificate; empty: any
  int ended_watches = 0;  // those that are open end when it changes
  std::string forbidden;  // a resource
  bool zip = false;
  bool break_watches = false;  // in the middle of an event

 private:
  bool Admits(const TestApiServer::Exchange& exchange) {
    const std::lock_guard<std::mutex> lock(mutex);
    if (!client.empty() && exchange.client_certificate() != client) return false;
    return token.empty() || exchange.Has("Authorization: Bearer " + token + "\r\n");
  }

  static std::string ItemsOf(const std::string& resource) {
    const std::map<std::string, std::string> kItems = {
        {"pods",
         "{'metadata':{'name':'web-5d4f-x','namespace':'shop','uid':'p1','labels':"
         "{'pod-template-hash':'5d4f'},'ownerReferences':[{'kind':'ReplicaSet','name':'web-5d4f',"
         "'uid':'rs1','controller':true}]},'spec':{'nodeName':'n1'},'status':{'phase':'Running'}}"},
        {"nodes", "{'metadata':{'name':'n1','uid':'n1'}}"},
        {"namespaces", "{'metadata':{'name':'shop','uid':'ns'}}"},
        {"replicasets",
         "{'metadata':{'name':'web-5d4f','namespace':'shop','uid':'rs1','ownerReferences':"
         "[{'kind':'Deployment','name':'web','uid':'d1','controller':true}]}}"},
        {"deployments", "{'metadata':{'name':'web','namespace':'shop','uid':'d1'}}"},
    };
    const auto found = kItems.find(resource);
    return found == kItems.end() ? "" : found->second;
  }

  bool List(TestApiServer::Exchange& exchange, const std::string& resource) const {
    const std::string body =
        Quoted("{'kind':'SomeList','metadata':{'resourceVersion':'10'},'items':[" +
               ItemsOf(resource) + "]}");
    if (!zip || !exchange.Has("Accept-Encoding: gzip\r\n")) return exchange.Reply(200, body);
    std::string zipped;
    const auto encoder = GzipEncoder::Create(6);
    encoder->Write(body, &zipped);
    encoder->Finish(&zipped);
    return exchange.Reply(200, zipped, "Content-Encoding: gzip\r\n");
  }

  bool Watch(TestApiServer::Exchange& exchange, const std::string& resource) {
    exchange.Begin();
    if (resource != "pods") {
      exchange.Hold();
      return false;
    }
    size_t sent = 0;
    std::optional<int> ended;
    while (!exchange.stopping()) {
      std::vector<std::string> fresh;
      {
        const std::lock_guard<std::mutex> lock(mutex);
        if (ended.value_or(ended_watches) != ended_watches) return exchange.Send("0\r\n\r\n");
        ended = ended_watches;
        fresh.assign(events.begin() + static_cast<ptrdiff_t>(sent), events.end());
      }
      for (const std::string& event : fresh) {
        if (!exchange.Chunk(event)) return false;
      }
      sent += fresh.size();
      std::this_thread::sleep_for(std::chrono::milliseconds(5));
    }
    if (break_watches) exchange.Send("20\r\n{'type':'ADD");
    return false;
  }
};

std::string PodEvent(const std::string& type, const std::string& name, const std::string& version) {
  return fmt::format(
      "{{'type':'{}','object':{{'metadata':{{'name':'{}','namespace':'shop','uid':'{}',"
      "'resourceVersion':'{}'}}}}}}",
      type, name, name, version);
}

class KubernetesSourceTest : public ::testing::Test {
 protected:
  // As the program does: OpenSSL writes to sockets whose other end may be closed.
  static void SetUpTestSuite() { signal(SIGPIPE, SIG_IGN); }

  void Serve(uint16_t port = 0, std::optional<TestCertificates> certificates = std::nullopt,
             bool client_required = false) {
    server_ = std::make_unique<TestApiServer>(
        [this](TestApiServer::Exchange& exchange) { return cluster_(exchange); }, port,
        std::move(certificates), client_required);
    port_ = server_->port();
  }
  KubernetesAccess Access(bool tls = false) const {
    KubernetesAccess access;
    access.mode = "kubeconfig";
    access.tls = tls;
    access.host = "127.0.0.1";
    access.port = std::to_string(port_);
    return access;
  }
  void Start(const KubernetesAccess& access) {
    KubernetesSourceOptions options;
    options.access = access;
    options.publish_every_ms = 10;
    options.user_agent = "test/1";
    source_ = std::make_unique<KubernetesSource>(options, SystemClock());
  }
  // Waits until it is so; false: it never was.
  static bool Until(const std::function<bool()>& condition) {
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(60);
    while (!condition()) {
      if (std::chrono::steady_clock::now() > deadline) return false;
      std::this_thread::sleep_for(std::chrono::milliseconds(5));
    }
    return true;
  }
  bool UntilState(State state) {
    return Until([this, state] { return source_->status().state == state; });
  }
  bool UntilPod(const std::string& uid) {
    return Until([this, &uid] {
      const auto cluster = source_->cluster();
      return cluster != nullptr && cluster->FindPod(uid, {}, "", "").has_value();
    });
  }
  KubeKindStatus Kind(const std::string& kind) const {
    const KubernetesStatus status = source_->status();
    for (const KubeKindStatus& found : status.kinds) {
      if (found.kind == kind) return found;
    }
    return {};
  }
  bool UntilError(const std::string& part) {
    return Until([this, &part] { return Kind("Pod").error.find(part) != std::string::npos; });
  }

  FakeCluster cluster_;
  uint16_t port_ = 0;
  std::unique_ptr<TestApiServer> server_;
  std::unique_ptr<KubernetesSource> source_;
};

TEST_F(KubernetesSourceTest, ReadsAndFollowsAllKinds) {
  Serve();
  Start(Access());
  ASSERT_TRUE(UntilState(State::kSynced));
  ASSERT_TRUE(UntilPod("p1"));
  const auto knows_all = [this] {  // what was read is published in portions
    for (const char* kind : {"Pod", "Node", "Namespace", "ReplicaSet", "Deployment", "StatefulSet",
                             "DaemonSet", "Job", "CronJob"}) {
      if (!source_->cluster()->Knows(kind)) return false;
    }
    return true;
  };
  ASSERT_TRUE(Until(knows_all));
  const auto cluster = source_->cluster();
  EXPECT_EQ(Text(cluster->FindPod("p1", {}, "", "")->owner), "Deployment/web");
  EXPECT_NE(cluster->FindNode("n1"), nullptr);
  EXPECT_NE(cluster->FindNamespace("shop"), nullptr);
  EXPECT_NE(cluster->FindWorkload("Deployment", "shop", "web"), nullptr);
  ASSERT_TRUE(Until([this] { return source_->status().version == "v1.34.1"; }));
  const KubernetesStatus status = source_->status();
  EXPECT_EQ(status.mode, "kubeconfig");
  EXPECT_EQ(status.server, "http://127.0.0.1:" + std::to_string(port_));
  EXPECT_EQ(status.kinds.size(), 9u);
  EXPECT_GT(status.bytes, 0u);
  ASSERT_TRUE(status.last_sync_ms);
  EXPECT_TRUE(Until([this] {
    const KubernetesStatus now = source_->status();
    return std::all_of(now.kinds.begin(), now.kinds.end(),
                       [](const KubeKindStatus& kind) { return kind.watch_open; });
  }));
  cluster_.Send(PodEvent("ADDED", "p2", "11"));
  ASSERT_TRUE(UntilPod("p2"));
  EXPECT_EQ(cluster->FindPod("p2", {}, "", ""), std::nullopt);  // an old snapshot stays as it was
  cluster_.Send(PodEvent("DELETED", "p2", "12"));
  ASSERT_TRUE(Until(
      [this] { return source_->cluster()->FindPod("p2", {}, "", "")->deleted_at_ms.has_value(); }));
}

TEST_F(KubernetesSourceTest, TakesCompressedLists) {
  cluster_.zip = true;
  Serve();
  Start(Access());
  EXPECT_TRUE(UntilPod("p1"));
}

TEST_F(KubernetesSourceTest, AForbiddenKindIsMissingAndNothingElse) {
  cluster_.forbidden = "replicasets";
  Serve();
  Start(Access());
  ASSERT_TRUE(UntilState(State::kPartial));
  ASSERT_TRUE(UntilPod("p1"));
  EXPECT_EQ(Text(source_->cluster()->FindPod("p1", {}, "", "")->owner), "Deployment/web?");
  EXPECT_EQ(Kind("ReplicaSet").state, KindState::kForbidden);
  EXPECT_EQ(Kind("ReplicaSet").error, "403: no");
  EXPECT_EQ(Kind("Pod").state, KindState::kSynced);
}

TEST_F(KubernetesSourceTest, SurvivesAServerThatGoesAndComesBack) {
  cluster_.break_watches = true;
  Serve();
  Start(Access());
  ASSERT_TRUE(UntilPod("p1"));
  ASSERT_TRUE(UntilState(State::kSynced));
  server_.reset();
  ASSERT_TRUE(UntilState(State::kStale));
  EXPECT_TRUE(source_->cluster()->FindPod("p1", {}, "", ""));
  ASSERT_TRUE(UntilError("refused"));
  cluster_.Send(PodEvent("ADDED", "p3", "20"));
  Serve(port_);
  ASSERT_TRUE(UntilPod("p3"));
  EXPECT_TRUE(UntilState(State::kSynced));
}

TEST_F(KubernetesSourceTest, NobodyAnswers) {
  Serve();
  server_.reset();
  Start(Access());
  ASSERT_TRUE(UntilState(State::kFailed));
  EXPECT_EQ(source_->cluster(), nullptr);
  EXPECT_NE(Kind("Node").error.find("127.0.0.1:" + std::to_string(port_)), std::string::npos);
}

// Throws as often as it is told to, to any thread but that which made it.
class ThrowingClock final : public Clock {
 public:
  explicit ThrowingClock(int times) : times_(times) {}
  int64_t WallMs() const override { return SystemClock().WallMs(); }
  uint64_t BootUsec() const override {
    if (std::this_thread::get_id() != maker_ && times_ > 0) {
      --times_;
      throw std::runtime_error("no time");
    }
    return SystemClock().BootUsec();
  }

 private:
  const std::thread::id maker_ = std::this_thread::get_id();
  mutable int times_;  // of the reading thread
};

TEST_F(KubernetesSourceTest, BeginsAgainAfterAnException) {
  Serve();
  const ThrowingClock clock(12);  // each kind at least once
  KubernetesSourceOptions options;
  options.access = Access();
  options.publish_every_ms = 10;
  source_ = std::make_unique<KubernetesSource>(options, clock);
  EXPECT_TRUE(UntilState(State::kSynced));
  EXPECT_TRUE(UntilPod("p1"));
  source_.reset();
}

TEST_F(KubernetesSourceTest, StopsWhileAServerHangs) {
  TestApiServer hanging([](TestApiServer::Exchange& exchange) {
    exchange.Hold();
    return false;
  });
  port_ = hanging.port();
  Start(Access());
  EXPECT_EQ(source_->status().state, State::kConnecting);
  const auto begin = std::chrono::steady_clock::now();
  source_.reset();
  EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds(1));
}

TEST_F(KubernetesSourceTest, ATokenThatIsReplacedIsReadAgain) {
  const std::string path = ::testing::TempDir() + "kubernetes-source-token";
  std::ofstream(path) << "one\n";
  cluster_.SetToken("one");
  Serve();
  KubernetesAccess access = Access();
  access.token.path = path;
  Start(access);
  ASSERT_TRUE(UntilPod("p1"));
  std::ofstream(path) << "two\n";
  cluster_.SetToken("two");
  server_.reset();
  Serve(port_);
  cluster_.Send(PodEvent("ADDED", "p4", "30"));
  EXPECT_TRUE(UntilPod("p4"));
  std::filesystem::remove(path);
}

TEST_F(KubernetesSourceTest, AWrongTokenIsSaid) {
  cluster_.SetToken("right");
  Serve();
  KubernetesAccess access = Access();
  access.token.text = "wrong";
  Start(access);
  EXPECT_TRUE(UntilError("401: who are you"));
  EXPECT_TRUE(UntilState(State::kFailed));
}

class TlsTest : public KubernetesSourceTest {
 protected:
  const TestCertificates certificates_ = MakeTestCertificates("IP:127.0.0.1,DNS:kube.internal");
};

TEST_F(TlsTest, TrustsTheClustersCa) {
  Serve(0, certificates_);
  KubernetesAccess access = Access(true);
  access.ca.text =
      "comments may stand before it\n" + MakeTestCertificates("").ca + certificates_.ca;
  Start(access);
  EXPECT_TRUE(UntilPod("p1"));
  cluster_.Send(PodEvent("ADDED", "p2", "11"));
  EXPECT_TRUE(UntilPod("p2"));
}

TEST_F(TlsTest, ByName) {
  Serve(0, certificates_);
  KubernetesAccess access = Access(true);
  access.host = "localhost";
  access.server_name = "kube.internal";
  access.ca.text = certificates_.ca;
  Start(access);
  EXPECT_TRUE(UntilPod("p1"));
}

TEST_F(TlsTest, AnotherHostsCertificateIsRefused) {
  Serve(0, MakeTestCertificates("IP:127.0.0.2,DNS:other"));
  KubernetesAccess access = Access(true);
  access.ca.text = certificates_.ca;
  Start(access);
  EXPECT_TRUE(UntilError("certificate is not accepted"));
  source_.reset();
  server_.reset();
  const TestCertificates other = MakeTestCertificates("IP:127.0.0.2,DNS:other");
  Serve(0, other);
  access = Access(true);
  access.ca.text = other.ca;
  Start(access);
  EXPECT_TRUE(UntilError("IP address mismatch")) << Kind("Pod").error;
  access.server_name = "kube.internal";
  Start(access);
  EXPECT_TRUE(UntilError("hostname mismatch")) << Kind("Pod").error;
}

TEST_F(TlsTest, UnlessItIsNotToBeVerified) {
  Serve(0, MakeTestCertificates("DNS:other"));
  KubernetesAccess access = Access(true);
  access.verify = false;
  Start(access);
  EXPECT_TRUE(UntilPod("p1"));
}

TEST_F(TlsTest, ClientCertificates) {
  Serve(0, certificates_, true);
  KubernetesAccess access = Access(true);
  access.ca.text = certificates_.ca;
  access.client_certificate.text = certificates_.client;
  access.client_key.text = certificates_.client_key;
  Start(access);
  EXPECT_TRUE(UntilPod("p1"));
  access.client_key.text = certificates_.server_key;
  Start(access);
  EXPECT_TRUE(UntilError("client-key cannot be used")) << Kind("Pod").error;
  access.client_key.text = "no key";
  Start(access);
  EXPECT_TRUE(UntilError("client-key cannot be used"));
  access.client_certificate = access.client_key = {};
  Start(access);
  EXPECT_TRUE(UntilState(State::kFailed));
}

TEST_F(TlsTest, AClientCertificateThatIsReplacedIsReadAgain) {
  const std::string directory = ::testing::TempDir() + "kubernetes-source-client";
  std::filesystem::create_directories(directory);
  Serve(0, certificates_, true);
  KubernetesAccess access = Access(true);
  access.ca.text = certificates_.ca;
  access.client_certificate.path = directory + "/tls.crt";
  access.client_key.path = directory + "/tls.key";
  std::ofstream(access.client_certificate.path) << certificates_.client;
  std::ofstream(access.client_key.path) << certificates_.client_key;
  Start(access);
  ASSERT_TRUE(UntilPod("p1"));
  ASSERT_TRUE(UntilState(State::kSynced));
  std::ofstream(access.client_certificate.path) << certificates_.next_client;
  std::ofstream(access.client_key.path) << certificates_.next_client_key;
  // The connection of the watch stays open, and the next one is refused on it.
  cluster_.AdmitOnly(certificates_.next_client);
  cluster_.Send(PodEvent("ADDED", "p2", "11"));
  EXPECT_TRUE(UntilPod("p2")) << Kind("Pod").error;
  std::filesystem::remove_all(directory);
}

TEST_F(TlsTest, CertificatesThatAreNone) {
  Serve(0, certificates_);
  KubernetesAccess access = Access(true);
  access.ca.text = "nothing";
  Start(access);
  EXPECT_TRUE(UntilError("certificate-authority cannot be used"));
  access.ca = {"", "/does/not/exist"};
  Start(access);
  EXPECT_TRUE(UntilError("cannot read /does/not/exist"));
}

TEST_F(TlsTest, APlainServerIsNoTlsServer) {
  Serve();
  KubernetesAccess access = Access(true);
  access.ca.text = certificates_.ca;
  Start(access);
  EXPECT_TRUE(UntilState(State::kFailed));
}

}  // namespace
}  // namespace kubemonitor

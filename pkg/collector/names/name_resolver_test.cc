#include "collector/names/name_resolver.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <set>

#include "collector/names/fake_runtime.h"
#include "collector/names/names_testing.h"

namespace kubemonitor {
namespace {

using ::testing::IsEmpty;
using ::testing::SizeIs;

constexpr uint64_t kSecond = 1'000'000;
constexpr char kSocket[] = "/run/containerd/containerd.sock";

class NameResolverTest : public ::testing::Test {
 protected:
  void Make(const std::string& endpoint) {
    NameResolverOptions options;
    options.cri_endpoint = endpoint;
    options.pod_log_root = node_.Path("/var/log/pods");
    options.socket_root = node_.Path();
    auto made = NameResolver::Create(
        options,
        [this](const std::string& path) {
          const std::string known =
              path.starts_with(node_.Path()) ? path.substr(node_.Path().size()) : path;
          return std::make_unique<FakeRuntime>(runtimes_[known]);
        },
        clock_);
    ASSERT_TRUE(made.ok()) << made.status();
    resolver_ = std::move(*made);
  }
  void MakeWithSocket() { Make(std::string("unix://") + kSocket); }
  FakeState& Runtime(const std::string& path = kSocket) { return runtimes_[path]; }

  // Lets `seconds` pass as the thread would: a refresh whenever something is due.
  void Pass(uint64_t seconds) {
    const uint64_t end = clock_.BootUsec() + seconds * kSecond;
    resolver_->RefreshOnce();
    for (int steps = 0; steps < 10000; ++steps) {
      const uint64_t next = std::max(resolver_->NextRefreshUsec(), clock_.BootUsec() + 1);
      if (next > end) break;
      clock_.Set(next);
      resolver_->RefreshOnce();
    }
    clock_.Set(end);
  }
  const PodName* Pod(const std::string& uid) {
    table_ = resolver_->Names();
    const auto found = table_->pods.find(uid);
    return found == table_->pods.end() ? nullptr : &found->second;
  }
  const ContainerName* Container(const std::string& id) {
    table_ = resolver_->Names();
    const auto found = table_->containers.find(id);
    return found == table_->containers.end() ? nullptr : &found->second;
  }
  void AddLogs(const std::string& uid, const std::string& id) {
    const std::string folder = "shop_pod-" + uid + "_" + uid;
    node_.MakeFolder("/var/log/pods/" + folder);
    node_.MakeLink("/var/log/containers/pod-" + uid + "_shop_main-" + id + ".log",
                   "/var/log/pods/" + folder + "/main/5.log");
  }

  const TemporaryFolder node_;
  ManualClock clock_;
  std::map<std::string, FakeState> runtimes_;
  std::unique_ptr<NameResolver> resolver_;
  std::shared_ptr<const NameTable> table_;
};

TEST_F(NameResolverTest, WrongEndpoint) {
  const auto made = NameResolver::Create({"tcp://127.0.0.1:1", "", ""}, nullptr, clock_);
  EXPECT_TRUE(absl::IsInvalidArgument(made.status()));
}

TEST_F(NameResolverTest, NamesFromTheRuntime) {
  Runtime().AddPod("u1", "c1");
  MakeWithSocket();
  EXPECT_THAT(resolver_->Names()->pods, IsEmpty());
  EXPECT_EQ(resolver_->Names()->runtime, "");
  resolver_->SetWanted({"c1", "sandbox-u1"}, {"u1"});
  resolver_->RefreshOnce();
  EXPECT_EQ(resolver_->Names()->runtime, "containerd v1.6.20~ds1");
  ASSERT_TRUE(Pod("u1"));
  EXPECT_EQ(Pod("u1")->pod_name, "pod-u1");
  EXPECT_EQ(Pod("u1")->labels.at("app"), "burner");
  EXPECT_EQ(Pod("u1")->host_network, false);
  EXPECT_EQ(Container("c1")->container_name, "main");
  EXPECT_EQ(Container("c1")->restart_count, 1u);
  EXPECT_EQ(Container("sandbox-u1")->type, ContainerType::kSandbox);
}

TEST_F(NameResolverTest, UnchangedTableKeepsItsPointer) {
  Runtime().AddPod("u1", "c1");
  MakeWithSocket();
  resolver_->SetWanted({"c1"}, {"u1"});
  resolver_->RefreshOnce();
  const auto before = resolver_->Names();
  Pass(200);
  EXPECT_EQ(resolver_->Names(), before);
  EXPECT_EQ(Runtime().list_calls, 4);  // at once and every minute
  EXPECT_EQ(Runtime().version_calls, 1);
  EXPECT_THAT(Runtime().questions, SizeIs(1));
  Runtime().AddPod("u2", "c2");
  Pass(60);
  EXPECT_NE(resolver_->Names(), before);
  EXPECT_FALSE(before->pods.contains("u2"));  // what a reader holds never changes
}

TEST_F(NameResolverTest, WhatIsNewIsLookedUpSoon) {
  MakeWithSocket();
  resolver_->RefreshOnce();
  clock_.Advance(5 * kSecond);
  Runtime().AddPod("u1", "c1");
  resolver_->SetWanted({"c1"}, {"u1"});
  resolver_->RefreshOnce();
  EXPECT_TRUE(Container("c1"));
  // Two in quick succession are looked up at most every 2 s.
  const int calls = Runtime().list_calls;
  Runtime().AddPod("u2", "c2");
  resolver_->SetWanted({"c1", "c2"}, {"u1", "u2"});
  resolver_->RefreshOnce();
  EXPECT_EQ(Runtime().list_calls, calls);
  EXPECT_EQ(resolver_->NextRefreshUsec(), clock_.BootUsec() + 2 * kSecond);
  Pass(2);
  EXPECT_EQ(Runtime().list_calls, calls + 1);
  EXPECT_TRUE(Container("c2"));
}

TEST_F(NameResolverTest, WhatStaysUnknownIsAskedForLessAndLess) {
  Runtime().AddPod("u1", "c1");
  MakeWithSocket();
  resolver_->SetWanted({"c1", "not-of-kubernetes"}, {"u1"});
  Pass(600);
  EXPECT_LE(Runtime().list_calls, 30);
  EXPECT_GE(Runtime().list_calls, 10);
}

TEST_F(NameResolverTest, EndedIdsStayWhileWanted) {
  Runtime().AddPod("u1", "c1");
  MakeWithSocket();
  resolver_->SetWanted({"c1"}, {"u1"});
  resolver_->RefreshOnce();
  Runtime().sandboxes.items.clear();
  Runtime().containers.items.clear();
  Pass(120);
  ASSERT_TRUE(Container("c1"));
  EXPECT_EQ(Pod("u1")->labels.at("app"), "burner");
  resolver_->SetWanted({}, {});
  Pass(1);
  EXPECT_FALSE(Container("c1"));
  EXPECT_FALSE(Pod("u1"));
}

TEST_F(NameResolverTest, RuntimeAwayKeepsNamesAndBacksOff) {
  Runtime().AddPod("u1", "c1");
  MakeWithSocket();
  resolver_->SetWanted({"c1"}, {"u1"});
  resolver_->RefreshOnce();
  const auto before = resolver_->Names();
  Runtime().status = absl::UnavailableError("connection refused");
  Pass(60);
  const int calls = Runtime().version_calls;
  Pass(300);
  EXPECT_EQ(resolver_->Names(), before);
  EXPECT_GE(Runtime().version_calls - calls, 300 / 30);
  EXPECT_LE(Runtime().version_calls - calls, 300 / 15 + 1);
  EXPECT_LE(resolver_->NextRefreshUsec(), clock_.BootUsec() + 30 * kSecond);
  // Another version comes back.
  Runtime().status = absl::OkStatus();
  Runtime().version.version = "v2.1.4";
  Runtime().AddPod("u2", "c2");
  Pass(31);
  EXPECT_EQ(resolver_->Names()->runtime, "containerd v2.1.4");
  EXPECT_TRUE(Container("c2"));
  EXPECT_TRUE(Container("c1"));
}

TEST_F(NameResolverTest, LogsNameWhatTheRuntimeDoesNot) {
  Runtime().status = absl::DeadlineExceededError("slow");
  AddLogs("u1", "c1");
  MakeWithSocket();
  resolver_->SetWanted({"c1", "sandbox-u1"}, {"u1"});
  resolver_->RefreshOnce();
  ASSERT_TRUE(Pod("u1"));
  EXPECT_EQ(Pod("u1")->pod_name, "pod-u1");
  EXPECT_THAT(Pod("u1")->labels, IsEmpty());
  EXPECT_FALSE(Pod("u1")->host_network);
  EXPECT_EQ(Container("c1")->container_name, "main");
  EXPECT_EQ(Container("c1")->restart_count, 5u);
  EXPECT_FALSE(Container("sandbox-u1"));
  EXPECT_EQ(resolver_->Names()->runtime, "");

  Runtime().status = absl::OkStatus();
  Runtime().AddPod("u1", "c1");
  Pass(31);
  EXPECT_EQ(Pod("u1")->labels.at("app"), "burner");
  EXPECT_EQ(Pod("u1")->host_network, false);
  EXPECT_EQ(Container("c1")->restart_count, 1u);
  EXPECT_TRUE(Container("sandbox-u1"));
}

TEST_F(NameResolverTest, RuntimeThatListsLateCompletesWhatLogsSaid) {
  AddLogs("u1", "c1");
  MakeWithSocket();
  resolver_->RefreshOnce();
  clock_.Advance(10 * kSecond);
  resolver_->SetWanted({"c1"}, {"u1"});
  resolver_->RefreshOnce();
  ASSERT_TRUE(Container("c1"));
  EXPECT_THAT(Pod("u1")->labels, IsEmpty());
  Runtime().AddPod("u1", "c1");
  Pass(3);
  EXPECT_EQ(Pod("u1")->labels.at("app"), "burner");
}

TEST_F(NameResolverTest, EndpointNone) {
  AddLogs("u1", "c1");
  Make("none");
  EXPECT_EQ(resolver_->NextRefreshUsec(), UINT64_MAX);
  resolver_->SetWanted({"c1", "c2"}, {"u1"});
  resolver_->RefreshOnce();
  EXPECT_TRUE(Container("c1"));
  EXPECT_TRUE(Pod("u1"));
  EXPECT_FALSE(Container("c2"));
  AddLogs("u2", "c2");  // the kubelet makes the link a little later
  Pass(3);
  EXPECT_TRUE(Container("c2"));
  EXPECT_THAT(runtimes_, IsEmpty());
  resolver_->SetWanted({}, {});
  resolver_->RefreshOnce();
  EXPECT_THAT(resolver_->Names()->containers, IsEmpty());
}

TEST_F(NameResolverTest, AutoWaitsForASocket) {
  AddLogs("u1", "c1");
  Runtime().AddPod("u1", "c1");
  Make("auto");
  resolver_->SetWanted({"c1"}, {"u1"});
  Pass(100);
  EXPECT_EQ(Container("c1")->restart_count, 5u);  // by the logs
  EXPECT_EQ(Runtime().list_calls, 0);
  node_.MakeSocket(kSocket);
  Pass(31);
  EXPECT_EQ(Container("c1")->restart_count, 1u);
  EXPECT_EQ(resolver_->Names()->runtime, "containerd v1.6.20~ds1");
}

TEST_F(NameResolverTest, AutoChoosesTheRuntimeWithKubeletPods) {
  const std::string k3s = "/run/k3s/containerd/containerd.sock";
  node_.MakeSocket(kSocket);
  node_.MakeSocket(k3s);
  Runtime().AddPod("not-kubernetes", "x", false);
  Runtime(k3s).AddPod("u1", "c1");
  Runtime(k3s).version.version = "v2.0.0-k3s1";
  Make("auto");
  resolver_->SetWanted({"c1"}, {"u1"});
  resolver_->RefreshOnce();
  EXPECT_EQ(resolver_->Names()->runtime, "containerd v2.0.0-k3s1");
  EXPECT_TRUE(Container("c1"));
  EXPECT_FALSE(Pod("not-kubernetes"));
  const int others = Runtime().list_calls;
  Pass(200);
  EXPECT_EQ(Runtime().list_calls, others);  // the other one is left alone
  // It does not take over while the right one restarts …
  Runtime(k3s).status = absl::UnavailableError("restarting");
  Pass(120);
  EXPECT_EQ(resolver_->Names()->runtime, "containerd v2.0.0-k3s1");
  EXPECT_FALSE(Pod("not-kubernetes"));
  // … but does when the kubelet's pods show up there.
  Runtime().AddPod("u2", "c2");
  Pass(31);
  EXPECT_EQ(resolver_->Names()->runtime, "containerd v1.6.20~ds1");
  EXPECT_TRUE(Pod("u2"));
  EXPECT_TRUE(Pod("u1"));  // still wanted
}

TEST_F(NameResolverTest, AutoTakesAnEmptyRuntimeForTheTimeBeing) {
  const std::string crio = "/run/crio/crio.sock";
  node_.MakeSocket(kSocket);
  node_.MakeSocket(crio);
  Runtime(crio).version = {"cri-o", "1.29.1"};
  Make("auto");
  resolver_->RefreshOnce();
  EXPECT_EQ(resolver_->Names()->runtime, "containerd v1.6.20~ds1");
  Runtime(crio).AddPod("u1", "c1");
  resolver_->SetWanted({"c1"}, {"u1"});
  Pass(3);
  EXPECT_EQ(resolver_->Names()->runtime, "cri-o v1.29.1");
  EXPECT_TRUE(Container("c1"));
}

TEST_F(NameResolverTest, HostNetworkIsAskedOnceAtMostTwentyASecond) {
  std::vector<std::string> uids;
  for (int i = 0; i < 50; ++i) {
    uids.push_back("u" + std::to_string(i));
    Runtime().AddPod(uids.back(), "c" + std::to_string(i));
  }
  Runtime().host_network = true;
  MakeWithSocket();
  resolver_->RefreshOnce();
  EXPECT_THAT(Runtime().questions, IsEmpty());  // nothing is wanted yet
  resolver_->SetWanted({}, uids);
  resolver_->RefreshOnce();
  EXPECT_THAT(Runtime().questions, SizeIs(20));
  resolver_->RefreshOnce();
  EXPECT_THAT(Runtime().questions, SizeIs(20));
  EXPECT_EQ(resolver_->NextRefreshUsec(), clock_.BootUsec() + kSecond);
  Pass(2);
  EXPECT_THAT(Runtime().questions, SizeIs(50));
  Pass(300);
  EXPECT_THAT(Runtime().questions, SizeIs(50));
  EXPECT_THAT(std::set<std::string>(Runtime().questions.begin(), Runtime().questions.end()),
              SizeIs(50));
  for (const std::string& uid : uids) EXPECT_EQ(Pod(uid)->host_network, true);
}

TEST_F(NameResolverTest, HostNetworkNotTold) {
  Runtime().AddPod("u1", "c1");
  Runtime().host_network = std::nullopt;
  MakeWithSocket();
  resolver_->SetWanted({"c1"}, {"u1"});
  Pass(600);
  EXPECT_FALSE(Pod("u1")->host_network);
  EXPECT_THAT(Runtime().questions, SizeIs(1));
}

TEST_F(NameResolverTest, HostNetworkErrors) {
  Runtime().AddPod("u1", "c1");
  MakeWithSocket();
  resolver_->SetWanted({"c1"}, {"u1"});
  Runtime().question_status = absl::UnknownError("shim died");
  resolver_->RefreshOnce();
  Pass(60);
  EXPECT_FALSE(Pod("u1")->host_network);
  // One that stays broken does not hold up another.
  Runtime().question_status = absl::OkStatus();
  Runtime().AddPod("u2", "c2");
  resolver_->SetWanted({"c1", "c2"}, {"u1", "u2"});
  Pass(3);
  EXPECT_EQ(Pod("u2")->host_network, false);
  Pass(120);
  EXPECT_EQ(Pod("u1")->host_network, false);
}

TEST_F(NameResolverTest, HostNetworkTimeoutsBackOff) {
  for (int i = 0; i < 5; ++i) Runtime().AddPod("u" + std::to_string(i), "c" + std::to_string(i));
  MakeWithSocket();
  resolver_->SetWanted({}, {"u0", "u1", "u2", "u3", "u4"});
  Runtime().question_status = absl::DeadlineExceededError("slow");
  resolver_->RefreshOnce();
  EXPECT_THAT(Runtime().questions, SizeIs(1));  // the rest would wait as long
  EXPECT_TRUE(Pod("u4"));                       // names are published before
  Pass(600);
  EXPECT_LE(Runtime().questions.size(), 25u);
}

TEST_F(NameResolverTest, HostileNumbersOfWantedNames) {
  MakeWithSocket();
  std::vector<std::string> ids;
  for (int i = 0; i < 30000; ++i) ids.push_back("id" + std::to_string(i));
  resolver_->SetWanted(ids, ids);
  resolver_->RefreshOnce();
  EXPECT_THAT(resolver_->Names()->containers, IsEmpty());
}

}  // namespace
}  // namespace kubemonitor

#include "collector/names/name_book.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace kubemonitor {
namespace {

using ::testing::IsEmpty;
using ::testing::SizeIs;

CriSandbox Sandbox(const std::string& id, const std::string& uid, uint32_t attempt, bool ready) {
  CriSandbox sandbox;
  sandbox.id = id;
  sandbox.pod_uid = uid;
  sandbox.pod_name = "pod-" + uid;
  sandbox.namespace_name = "shop";
  sandbox.labels = {{"app", id}};
  sandbox.attempt = attempt;
  sandbox.ready = ready;
  sandbox.created_at_ms = 1000;
  return sandbox;
}

CriContainer Container(const std::string& id, const std::string& uid, const std::string& name,
                       uint32_t attempt, bool exited = false) {
  CriContainer container;
  container.id = id;
  container.pod_uid = uid;
  container.pod_name = "pod-" + uid;
  container.namespace_name = "shop";
  container.container_name = name;
  container.restart_count = attempt;
  container.exited = exited;
  container.created_at_ms = 2000;
  return container;
}

class NameBookTest : public ::testing::Test {
 protected:
  NameTable Learn(std::vector<CriSandbox> sandboxes, std::vector<CriContainer> containers,
                  const WantedNames& wanted = {}) {
    book_.AddRuntimeLists({std::move(sandboxes), 0}, {std::move(containers), 0}, wanted);
    book_.Forget(wanted);
    return book_.MakeTable("containerd v2.1.4");
  }
  NameBook book_;
};

TEST_F(NameBookTest, NamesPodsContainersAndSandboxes) {
  const NameTable table = Learn({Sandbox("s1", "u1", 0, true)}, {Container("c1", "u1", "main", 2)});
  EXPECT_EQ(table.runtime, "containerd v2.1.4");
  EXPECT_EQ(table.pods.at("u1").pod_name, "pod-u1");
  EXPECT_EQ(table.pods.at("u1").labels.at("app"), "s1");
  EXPECT_FALSE(table.pods.at("u1").host_network);
  EXPECT_EQ(table.containers.at("s1").type, ContainerType::kSandbox);
  EXPECT_EQ(table.containers.at("s1").container_name, "");
  EXPECT_EQ(table.containers.at("s1").pod_uid, "u1");
  EXPECT_EQ(table.containers.at("c1").type, ContainerType::kApp);
  EXPECT_EQ(table.containers.at("c1").container_name, "main");
  EXPECT_EQ(table.containers.at("c1").restart_count, 2u);
  EXPECT_EQ(table.containers.at("c1").started_at_ms, 2000);
}

TEST_F(NameBookTest, TheReadySandboxSpeaksThenTheLatestAttempt) {
  NameTable table = Learn({Sandbox("old", "u1", 3, false), Sandbox("ready", "u1", 1, true),
                           Sandbox("older", "u1", 0, false)},
                          {});
  EXPECT_EQ(table.pods.at("u1").labels.at("app"), "ready");
  EXPECT_THAT(table.containers, SizeIs(1));  // those that ended and nobody wants are left out
  table = Learn({Sandbox("old", "u1", 0, false), Sandbox("new", "u1", 1, false)}, {},
                {{"old"}, {"u1"}});
  EXPECT_EQ(table.pods.at("u1").labels.at("app"), "new");
  EXPECT_TRUE(table.containers.contains("old"));
}

TEST_F(NameBookTest, EndedContainersOnlyWhileWanted) {
  const std::vector<CriSandbox> sandboxes = {Sandbox("s1", "u1", 0, true)};
  const std::vector<CriContainer> containers = {Container("c0", "u1", "main", 0, true),
                                                Container("c1", "u1", "main", 1)};
  EXPECT_FALSE(Learn(sandboxes, containers).containers.contains("c0"));
  EXPECT_TRUE(Learn(sandboxes, containers, {{"c0"}, {}}).containers.contains("c0"));
  EXPECT_FALSE(Learn(sandboxes, containers).containers.contains("c0"));
}

// After a restart a runtime's lists are incomplete for a while.
TEST_F(NameBookTest, EmptyListsForgetNothingWanted) {
  Learn({Sandbox("s1", "u1", 0, true)}, {Container("c1", "u1", "main", 0)});
  book_.SetHostNetwork("u1", true);
  const NameTable table = Learn({}, {}, {{"c1"}, {}});
  EXPECT_EQ(table.containers.at("c1").container_name, "main");
  EXPECT_EQ(table.pods.at("u1").labels.at("app"), "s1");
  EXPECT_EQ(table.pods.at("u1").host_network, true);
  EXPECT_FALSE(table.containers.contains("s1"));
  EXPECT_THAT(Learn({}, {}).pods, IsEmpty());
}

TEST_F(NameBookTest, AnswersWithoutNamesEraseNone) {
  Learn({Sandbox("s1", "u1", 0, true)}, {Container("c1", "u1", "main", 4)});
  CriSandbox sandbox = Sandbox("s1", "u1", 0, true);
  sandbox.pod_name.clear();
  sandbox.namespace_name.clear();
  sandbox.labels.clear();
  CriContainer container = Container("c1", "", "", 0);
  container.restart_count.reset();
  container.created_at_ms.reset();
  const NameTable table = Learn({sandbox}, {container}, {{"c1"}, {"u1"}});
  EXPECT_EQ(table.pods.at("u1").pod_name, "pod-u1");
  EXPECT_EQ(table.pods.at("u1").labels.at("app"), "s1");
  EXPECT_EQ(table.containers.at("c1").container_name, "main");
  EXPECT_EQ(table.containers.at("c1").pod_uid, "u1");
  EXPECT_EQ(table.containers.at("c1").restart_count, 4u);
}

TEST_F(NameBookTest, ContainerWithoutUidBelongsToItsSandbox) {
  CriContainer container = Container("c1", "", "main", 0);
  container.sandbox_id = "s1";
  const NameTable table = Learn({Sandbox("s1", "u1", 0, true)}, {container});
  EXPECT_EQ(table.containers.at("c1").pod_uid, "u1");
}

TEST_F(NameBookTest, PodKnownByItsContainerIsNotComplete) {
  Learn({}, {Container("c1", "u1", "main", 0)});
  EXPECT_EQ(book_.OfContainer("c1"), Knowledge::kComplete);
  EXPECT_EQ(book_.OfPod("u1"), Knowledge::kPartial);
  Learn({Sandbox("s1", "u1", 0, true)}, {Container("c1", "u1", "main", 0)});
  EXPECT_EQ(book_.OfPod("u1"), Knowledge::kComplete);
}

TEST_F(NameBookTest, TheRuntimeWinsOverTheLogs) {
  NameTable logs;
  logs.pods["u1"].namespace_name = "logs";
  logs.pods["u1"].pod_name = "from-logs";
  logs.containers["c1"] = {"u1", "log-name", ContainerType::kApp, std::nullopt, 7};
  book_.AddLogNames(logs);
  EXPECT_EQ(book_.OfPod("u1"), Knowledge::kPartial);
  EXPECT_EQ(book_.MakeTable("").containers.at("c1").restart_count, 7u);
  const WantedNames wanted = {{"c1"}, {"u1"}};
  NameTable table =
      Learn({Sandbox("s1", "u1", 0, true)}, {Container("c1", "u1", "main", 8)}, wanted);
  EXPECT_EQ(table.pods.at("u1").namespace_name, "shop");
  EXPECT_EQ(table.containers.at("c1").container_name, "main");
  book_.AddLogNames(logs);  // does not turn it back
  table = book_.MakeTable("");
  EXPECT_EQ(table.pods.at("u1").pod_name, "pod-u1");
  EXPECT_EQ(table.containers.at("c1").container_name, "main");
  EXPECT_EQ(table.containers.at("c1").restart_count, 8u);
}

TEST_F(NameBookTest, AsksForTheNetworkOfWantedPodsOnce) {
  Learn({Sandbox("s1", "u1", 0, true), Sandbox("s2", "u2", 0, true), Sandbox("s3", "u3", 0, true)},
        {Container("c2", "u2", "main", 0)});
  EXPECT_THAT(book_.HostNetworkQuestions({}), IsEmpty());
  const WantedNames wanted = {{"c2", "unknown"}, {"u1", "elsewhere"}};
  EXPECT_THAT(book_.HostNetworkQuestions(wanted), SizeIs(2));
  book_.SetHostNetwork("u1", false);
  book_.SetHostNetwork("elsewhere", true);
  const auto questions = book_.HostNetworkQuestions(wanted);
  ASSERT_THAT(questions, SizeIs(1));
  EXPECT_EQ(questions[0].pod_uid, "u2");
  EXPECT_EQ(questions[0].sandbox_id, "s2");
}

}  // namespace
}  // namespace kubemonitor

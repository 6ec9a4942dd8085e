#include "collector/names/pod_log_names.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "collector/names/names_testing.h"

namespace kubemonitor {
namespace {

using ::testing::IsEmpty;
using ::testing::Pair;
using ::testing::UnorderedElementsAre;

constexpr char kUid[] = "1b2f0c5e-6a0d-4d0a-9a53-0c1d2e3f4a51";
constexpr char kOtherUid[] = "2c3a1d6f-7b1e-4e1b-8b64-1d2e3f4a5b62";
constexpr char kStaticUid[] = "3f1c0d5e6a0d4d0a9a530c1d2e3f49ab";
const std::string kId(64, 'a');
const std::string kOtherId(64, 'b');

TEST(PodLogNamesTest, FolderNames) {
  const auto folder = ParsePodLogFolder(std::string("shop_cpu-burner.x_") + kUid);
  ASSERT_TRUE(folder);
  EXPECT_EQ(folder->namespace_name, "shop");
  EXPECT_EQ(folder->pod_name, "cpu-burner.x");
  EXPECT_EQ(folder->pod_uid, kUid);
  EXPECT_TRUE(ParsePodLogFolder(std::string("kube-system_etcd-node1_") + kStaticUid));
  for (const std::string& bad :
       {std::string(""), std::string("_"), std::string("__"), std::string("a_b"),
        std::string("a_b_"), std::string("_b_c"), std::string("a__c"), std::string("a_b_c_d"),
        std::string("A_b_c"), std::string("a_../b_c"), std::string("a_b_c/d"),
        std::string("a.b_c_d"), std::string("a_b_\n"), std::string(300, 'a') + "_b_c",
        std::string("a_b_") + std::string(200, 'c')}) {
    EXPECT_FALSE(ParsePodLogFolder(bad)) << bad;
  }
}

TEST(PodLogNamesTest, LinkNames) {
  const auto link = ParseContainerLogLink("cpu-burner_shop_my-side-car-" + kId + ".log");
  ASSERT_TRUE(link);
  EXPECT_EQ(link->pod_name, "cpu-burner");
  EXPECT_EQ(link->namespace_name, "shop");
  EXPECT_EQ(link->container_name, "my-side-car");
  EXPECT_EQ(link->container_id, kId);
  for (const std::string& bad :
       {std::string(""), std::string(".log"), "p_n_c-" + kId, "p_n_" + kId + ".log",
        std::string("p_n_c-.log"), "p_n_-" + kId + ".log", "p_c-" + kId + ".log",
        "p_n_c_d-" + kId + ".log", "P_n_c-" + kId + ".log", "p_n_c.d-" + kId + ".log",
        "p_n_c-" + kId + kId + kId + ".log"}) {
    EXPECT_FALSE(ParseContainerLogLink(bad)) << bad;
  }
}

TEST(PodLogNamesTest, LinkTargets) {
  const std::string folder = std::string("shop_burner_") + kUid;
  const auto target = ParseContainerLogTarget("/var/log/pods/" + folder + "/main/12.log");
  ASSERT_TRUE(target);
  EXPECT_EQ(target->pod.pod_uid, kUid);
  EXPECT_EQ(target->container_name, "main");
  EXPECT_EQ(target->restart_count, 12u);
  EXPECT_TRUE(ParseContainerLogTarget(folder + "/main/0.log"));
  for (const std::string& bad :
       {std::string(""), std::string("/"), std::string("0.log"), std::string("main/0.log"),
        folder + "/main/.log", folder + "/main/x.log", folder + "/main/-1.log",
        folder + "/main/4294967296.log", folder + "/main/0.txt", folder + "/../0.log",
        folder + "//0.log", std::string("/var/lib/docker/containers/abc/abc-json.log")}) {
    EXPECT_FALSE(ParseContainerLogTarget(bad)) << bad;
  }
}

class PodLogFolderTest : public ::testing::Test {
 protected:
  void AddPod(const std::string& folder) { node_.MakeFolder("/pods/" + folder); }
  void AddLink(const std::string& name, const std::string& target) {
    node_.MakeLink("/containers/" + name, target);
  }
  NameTable Read(const std::unordered_set<std::string>& ids,
                 const std::unordered_set<std::string>& uids) {
    auto table = ReadPodLogNames(node_.Path("/pods"), ids, uids);
    EXPECT_TRUE(table.ok()) << table.status();
    return table.ok() ? *table : NameTable();
  }
  const TemporaryFolder node_;
};

TEST_F(PodLogFolderTest, PodsByUid) {
  AddPod(std::string("shop_burner_") + kUid);
  AddPod(std::string("kube-system_etcd-node1_") + kStaticUid);
  AddPod(std::string("web_unwanted_") + kOtherUid);
  const NameTable table = Read({}, {kUid, kStaticUid, "unknown"});
  ASSERT_EQ(table.pods.size(), 2u);
  EXPECT_EQ(table.pods.at(kUid).namespace_name, "shop");
  EXPECT_EQ(table.pods.at(kUid).pod_name, "burner");
  EXPECT_THAT(table.pods.at(kUid).labels, IsEmpty());
  EXPECT_FALSE(table.pods.at(kUid).host_network);
  EXPECT_EQ(table.pods.at(kStaticUid).pod_name, "etcd-node1");
  EXPECT_THAT(table.containers, IsEmpty());
}

TEST_F(PodLogFolderTest, ContainersByLink) {
  AddPod(std::string("shop_burner_") + kUid);
  AddLink("burner_shop_main-" + kId + ".log",
          std::string("/var/log/pods/shop_burner_") + kUid + "/main/3.log");
  AddLink("burner_shop_other-" + kOtherId + ".log", "/dev/zero");
  const NameTable table = Read({kId}, {});
  ASSERT_EQ(table.containers.size(), 1u);
  const ContainerName& container = table.containers.at(kId);
  EXPECT_EQ(container.pod_uid, kUid);
  EXPECT_EQ(container.container_name, "main");
  EXPECT_EQ(container.type, ContainerType::kApp);
  EXPECT_EQ(container.restart_count, 3u);
  EXPECT_FALSE(container.started_at_ms);
  EXPECT_EQ(table.pods.at(kUid).pod_name, "burner");  // the pod of a wanted container
}

// A pod made again under its name, as a StatefulSet does: the name alone does not tell the uid, the
// link's target does.
TEST_F(PodLogFolderTest, SeveralUidsOfOneName) {
  AddPod(std::string("shop_db-0_") + kUid);
  AddPod(std::string("shop_db-0_") + kOtherUid);
  AddLink("db-0_shop_main-" + kId + ".log",
          std::string("/var/log/pods/shop_db-0_") + kOtherUid + "/main/0.log");
  AddLink("db-0_shop_main-" + kOtherId + ".log", "/somewhere/else.log");
  const NameTable table = Read({kId, kOtherId}, {});
  EXPECT_EQ(table.containers.at(kId).pod_uid, kOtherUid);
  EXPECT_EQ(table.containers.at(kOtherId).pod_uid, "");
  EXPECT_EQ(table.containers.at(kOtherId).container_name, "main");
  EXPECT_FALSE(table.containers.at(kOtherId).restart_count);
}

// A target that tells another pod than the link's own name is not believed; the folder of that name
// is.
TEST_F(PodLogFolderTest, TargetOfAnotherPod) {
  AddPod(std::string("shop_burner_") + kUid);
  AddLink("burner_shop_main-" + kId + ".log",
          std::string("/var/log/pods/shop_thief_") + kOtherUid + "/main/0.log");
  node_.MakeFile("/containers/burner_shop_file-" + kOtherId + ".log");  // no link at all
  const NameTable table = Read({kId, kOtherId}, {});
  EXPECT_EQ(table.containers.at(kId).pod_uid, kUid);
  EXPECT_FALSE(table.containers.at(kId).restart_count);
  EXPECT_EQ(table.containers.at(kOtherId).pod_uid, kUid);
}

TEST_F(PodLogFolderTest, OddEntriesCostOnlyThemselves) {
  AddPod(std::string("shop_burner_") + kUid);
  AddPod("not-a-pod");
  AddPod("a_b_c_d");
  node_.MakeFile(std::string("/pods/shop_file_") + kOtherUid);
  node_.MakeLink(std::string("/pods/shop_link_") + kStaticUid, "/");
  node_.MakeLink("/containers/loop.log", "loop.log");
  AddLink("burner_shop_main-" + kId + ".log", std::string(1500, 'x'));
  const NameTable table = Read({kId}, {kUid, kOtherUid, kStaticUid});
  EXPECT_THAT(table.pods, UnorderedElementsAre(Pair(kUid, ::testing::_)));
  EXPECT_EQ(table.containers.at(kId).pod_uid, kUid);
}

TEST_F(PodLogFolderTest, MissingFolders) {
  EXPECT_TRUE(absl::IsNotFound(ReadPodLogNames(node_.Path("/pods"), {kId}, {kUid}).status()));
  AddPod(std::string("shop_burner_") + kUid);
  EXPECT_EQ(Read({kId}, {kUid}).pods.size(), 1u);  // without the folder of links
  const auto with_slash = ReadPodLogNames(node_.Path("/pods/"), {}, {kUid});
  EXPECT_TRUE(with_slash.ok());
}

TEST_F(PodLogFolderTest, BoundedNumberOfEntries) {
  std::unordered_set<std::string> uids;
  for (int i = 0; i < 50; ++i) {
    uids.insert("u" + std::to_string(i));
    AddPod("shop_pod_u" + std::to_string(i));
  }
  const auto table = ReadPodLogNames(node_.Path("/pods"), {}, uids, 20);
  ASSERT_TRUE(table.ok());
  EXPECT_EQ(table->pods.size(), 20u);
}

}  // namespace
}  // namespace kubemonitor

#include "apiserver/kubernetes/controllers.h"

#include <gtest/gtest.h>

#include <string>

namespace kubemonitor {
namespace {

std::string Text(const KubeOwner& owner) {
  return owner.kind + "/" + owner.name + (owner.inferred ? "?" : "");
}

TEST(InferOwnerTest, FromNames) {
  const struct {
    std::string kind, name, hash, owner;
  } kCases[] = {
      {"ReplicaSet", "web-5d4f", "5d4f", "Deployment/web?"},
      {"ReplicaSet", "web-front-5d4f", "5d4f", "Deployment/web-front?"},
      {"ReplicaSet", "web-5d4f", "", "ReplicaSet/web-5d4f"},
      {"ReplicaSet", "web-5d4f", "abcd", "ReplicaSet/web-5d4f"},
      {"ReplicaSet", "-5d4f", "5d4f", "ReplicaSet/-5d4f"},
      {"ReplicaSet", "5d4f", "5d4f", "ReplicaSet/5d4f"},
      {"Job", "backup-29456789", "", "CronJob/backup?"},
      {"Job", "a-b-1712345678", "", "CronJob/a-b?"},
      {"Job", "backup-2945678", "", "Job/backup-2945678"},
      {"Job", "backup-17123456789", "", "Job/backup-17123456789"},
      {"Job", "backup-2945678x", "", "Job/backup-2945678x"},
      {"Job", "backup", "", "Job/backup"},
      {"Job", "-29456789", "", "Job/-29456789"},
      {"Job", "backup-", "", "Job/backup-"},
      {"StatefulSet", "db", "5d4f", "StatefulSet/db"},
      {"DaemonSet", "agent", "", "DaemonSet/agent"},
      {"Node", "node-1", "", "Node/node-1"},
      {"Rollout", "web-5d4f", "5d4f", "Rollout/web-5d4f"},
  };
  for (const auto& [kind, name, hash, owner] : kCases) {
    KubeLabels labels;
    if (!hash.empty()) labels["pod-template-hash"] = hash;
    EXPECT_EQ(Text(InferOwner({kind, name, "u"}, labels)), owner);
  }
}

class ControllersTest : public ::testing::Test {
 protected:
  std::string TopOf(uint32_t number) { return Text(controllers_.Share()[number].top()); }

  Interner interner_;
  Controllers controllers_{SeededHash{1, 1}, &interner_};  // everything collides
  const ControllerReference set_{"ReplicaSet", "web-5d4f", "rs-1"};
  const ControllerReference deployment_{"Deployment", "web", "d-1"};
  const KubeLabels labels_{{"pod-template-hash", "5d4f"}};
};

TEST_F(ControllersTest, AReplicaSetMayComeAfterItsPods) {
  const uint32_t number = controllers_.Acquire(set_, labels_);
  EXPECT_EQ(TopOf(number), "Deployment/web?");
  controllers_.Put(set_, deployment_, 1);
  EXPECT_EQ(controllers_.Acquire(set_, labels_), number);
  EXPECT_EQ(TopOf(number), "Deployment/web");
  EXPECT_EQ(controllers_.Count("ReplicaSet"), 1u);
  // Adopted by something else, then left alone.
  controllers_.Put(set_, ControllerReference{"Rollout", "roll", "r"}, 1);
  EXPECT_EQ(TopOf(number), "Rollout/roll");
  controllers_.Put(set_, std::nullopt, 1);
  EXPECT_EQ(TopOf(number), "ReplicaSet/web-5d4f");
  EXPECT_EQ(controllers_.Count("ReplicaSet"), 1u);
}

TEST_F(ControllersTest, AReplicaSetThatWentIsKnownAsLongAsItsPodsAre) {
  controllers_.Put(set_, deployment_, 1);
  const uint32_t number = controllers_.Acquire(set_, {});
  controllers_.Remove("rs-1");
  controllers_.Remove("rs-1");
  EXPECT_EQ(controllers_.Count("ReplicaSet"), 0u);
  EXPECT_EQ(TopOf(number), "Deployment/web");
  controllers_.Release(number);
  // Its number is free again.
  const uint32_t other = controllers_.Acquire({"StatefulSet", "db", "s-1"}, {});
  EXPECT_EQ(other, number);
  EXPECT_EQ(TopOf(other), "StatefulSet/db");
}

TEST_F(ControllersTest, AListReplacesTheOneBefore) {
  controllers_.Put(set_, deployment_, 1);
  controllers_.Put({"ReplicaSet", "old", "rs-2"}, deployment_, 1);
  controllers_.Put({"Job", "j", "j-1"}, std::nullopt, 1);
  controllers_.Put(set_, deployment_, 2);
  controllers_.RemoveOthers("ReplicaSet", 2);
  EXPECT_EQ(controllers_.Count("ReplicaSet"), 1u);
  EXPECT_EQ(controllers_.Count("Job"), 1u);
  EXPECT_EQ(controllers_.Count("Other"), 0u);
}

TEST_F(ControllersTest, WithoutUidKindAndNameHaveToDo) {
  const uint32_t a = controllers_.Acquire({"X", "a", ""}, {});
  const uint32_t b = controllers_.Acquire({"X", "b", ""}, {});
  EXPECT_NE(a, b);
  EXPECT_EQ(controllers_.Acquire({"X", "a", ""}, {}), a);
  EXPECT_EQ(TopOf(b), "X/b");
}

TEST_F(ControllersTest, NothingIsLeft) {
  const size_t empty = controllers_.MemoryBytes();
  const uint32_t number = controllers_.Acquire(set_, labels_);
  controllers_.AddReference(number);
  controllers_.Release(number);
  controllers_.Release(number);
  controllers_.Release(0);
  const uint32_t again = controllers_.Acquire(deployment_, {});
  EXPECT_EQ(again, number);
  controllers_.Release(again);
  EXPECT_LT(controllers_.MemoryBytes(), empty + 4096);
}

}  // namespace
}  // namespace kubemonitor

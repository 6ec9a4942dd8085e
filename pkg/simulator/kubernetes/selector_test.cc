#include "simulator/kubernetes/selector.h"

#include <gtest/gtest.h>

#include "simulator/kubernetes/objects.h"

namespace kubemonitor {
namespace {

constexpr int64_t kNowMs = 1'790'000'000'000;

class SelectorTest : public ::testing::Test {
 protected:
  // Names of what is selected.
  int Count(Resource resource, const char* labels, const char* fields,
            const char* namespace_name = "") {
    const auto parsed = Selector::Parse(resource, labels, fields, namespace_name);
    if (!std::holds_alternative<Selector>(parsed)) return -1;
    const ObjectSource& source = objects_.of(resource);
    std::vector<ObjectState> states;
    for (uint32_t place = 0; place < source.Places(); ++place) {
      source.AtPlace(place, RevisionAt(kNowMs), &states);
    }
    int count = 0;
    for (const ObjectState& state : states) {
      count += std::get<Selector>(parsed).Matches(source, state, source.MetaOf(state)) ? 1 : 0;
    }
    return count;
  }

  const Model model_{ModelOptions{}};  // 3 nodes of 30 pods
  const ClusterObjects objects_{model_};
};

TEST_F(SelectorTest, Labels) {
  EXPECT_EQ(Count(Resource::kPods, "app=agent-001", ""), 3);
  EXPECT_EQ(Count(Resource::kPods, "app==agent-001", ""), 3);
  EXPECT_EQ(Count(Resource::kPods, "pod-template-generation=1,app!=agent-001", ""), 6);
  EXPECT_EQ(Count(Resource::kPods, "pod-template-generation", ""), 9);
  const int all = Count(Resource::kPods, "", "");
  EXPECT_EQ(all, 93) << "one waits, two are on nodes without a collector";
  EXPECT_EQ(Count(Resource::kPods, "!pod-template-generation", ""), all - 9);
  EXPECT_EQ(Count(Resource::kPods, "no-such-label!=x", ""), all) << "also without the label";
  EXPECT_EQ(Count(Resource::kPods, "no-such-label=", ""), 0);
}

TEST_F(SelectorTest, FieldsAndNamespaces) {
  EXPECT_EQ(Count(Resource::kPods, "", "spec.nodeName=node-0002"), 30);
  EXPECT_EQ(Count(Resource::kPods, "", "spec.nodeName="), 1);
  EXPECT_EQ(Count(Resource::kPods, "", "status.phase=Pending"), 1);
  EXPECT_EQ(Count(Resource::kPods, "", "status.phase!=Running"), 1);
  EXPECT_EQ(Count(Resource::kPods, "", "metadata.name=db-001-0"), 1);
  EXPECT_EQ(Count(Resource::kPods, "", "", "kube-system"), 12);
  EXPECT_EQ(Count(Resource::kPods, "app=agent-001", "", "kube-system"), 3);
  EXPECT_EQ(Count(Resource::kPods, "app=agent-001", "", "ns-001"), 0);
  EXPECT_EQ(Count(Resource::kNodes, "kubernetes.io/os=windows", "spec.unschedulable!=true"), 1);
  EXPECT_EQ(Count(Resource::kNamespaces, "", "status.phase=Active"), 14);
}

TEST_F(SelectorTest, WhatIsNotKnownIsRefused) {
  for (const char* labels : {"a in (b)", "a notin (b)", "a>1", ",", "=x", "a=b c", "!", "a,"}) {
    EXPECT_EQ(Count(Resource::kPods, labels, ""), labels[1] == ',' ? 0 : -1) << labels;
  }
  for (const char* fields : {"spec.nodeName", "!spec.nodeName", "spec.hostNetwork=true", "x=y"}) {
    EXPECT_EQ(Count(Resource::kPods, "", fields), -1) << fields;
  }
  EXPECT_EQ(Count(Resource::kNodes, "", "metadata.namespace=x"), -1);
  EXPECT_EQ(Count(Resource::kDeployments, "", "status.phase=x"), -1);
}

}  // namespace
}  // namespace kubemonitor

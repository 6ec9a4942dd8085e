#include "apiserver/query/owner.h"

#include <gtest/gtest.h>

#include <string>

#include "apiserver/store/store_testing.h"

namespace kubemonitor {
namespace {

using testing::PodIdentity;

struct OwnerCase {
  const char* name;
  std::map<std::string, std::string> labels;
  const char* owner;  // "Kind/name", "CronJob/name/job"; empty: none
};

std::string Text(const std::optional<PodOwner>& owner) {
  if (!owner) return "";
  EXPECT_TRUE(owner->top.inferred);
  const std::string text = owner->top.kind + "/" + owner->top.name;
  return owner->job.empty() ? text : text + "/" + owner->job;
}

TEST(OwnerTest, LabelsAndNameMustAgree) {
  const std::map<std::string, std::string> hash = {{"pod-template-hash", "6b9f"}};
  const std::map<std::string, std::string> daemon = {{"controller-revision-hash", "5d"},
                                                     {"pod-template-generation", "1"}};
  const OwnerCase cases[] = {
      {"web-6b9f-abcde", hash, "Deployment/web"},
      {"my-web-app-6b9f-abcde", hash, "Deployment/my-web-app"},
      {"web-6b9f-abcd", hash, ""},
      {"web-6b9f-abcdef", hash, ""},
      {"web-6b9f-ab-de", hash, ""},
      {"web-7777-abcde", hash, ""},
      {"web6b9f-abcde", hash, ""},
      {"-6b9f-abcde", hash, ""},
      {"6b9f-abcde", hash, ""},
      {"web-6b9f-abcde", {{"pod-template-hash", ""}}, ""},
      {"web-6b9f-abcde", {}, ""},
      {"", hash, ""},
      {"db-0", {{"statefulset.kubernetes.io/pod-name", "db-0"}}, "StatefulSet/db"},
      {"my-db-12", {{"statefulset.kubernetes.io/pod-name", "my-db-12"}}, "StatefulSet/my-db"},
      {"db-0", {{"statefulset.kubernetes.io/pod-name", "db-1"}}, ""},
      {"db-x", {{"statefulset.kubernetes.io/pod-name", "db-x"}}, ""},
      {"agent-x7f2p", daemon, "DaemonSet/agent"},
      {"agent-x7f2", daemon, ""},
      {"agent-x7f2p", {{"controller-revision-hash", "5d"}}, ""},
      {"load-x7f2p", {{"job-name", "load"}}, "Job/load"},
      {"load-0-x7f2p", {{"batch.kubernetes.io/job-name", "load"}}, "Job/load"},
      {"load-x7f2p", {{"job-name", "other"}}, ""},
      {"load", {{"job-name", "load"}}, ""},
      {"night-29000000-x7f2p", {{"job-name", "night-29000000"}}, "CronJob/night/night-29000000"},
      {"night-290-x7f2p", {{"job-name", "night-290"}}, "Job/night-290"},
  };
  for (const OwnerCase& c : cases) {
    Identity pod = PodIdentity(1, "u", "shop", c.name);
    pod.labels = c.labels;
    EXPECT_EQ(Text(InferOwner(pod)), c.owner) << c.name;
  }
}

}  // namespace
}  // namespace kubemonitor

#include "apiserver/query/owner.h"

#include <algorithm>
#include <utility>

#include "apiserver/kubernetes/cron_job_name.h"

namespace kubemonitor {
namespace {

// Those that controllers set; empty: not there.
struct OwnerLabels {
  std::string_view template_hash, job, pod_name, revision, generation;
};

OwnerLabels Pick(const std::map<std::string, std::string>& labels) {
  OwnerLabels picked;
  const std::pair<std::string_view, std::string_view*> known[] = {
      {"batch.kubernetes.io/job-name", &picked.job},
      {"controller-revision-hash", &picked.revision},
      {"job-name", &picked.job},
      {"pod-template-generation", &picked.generation},
      {"pod-template-hash", &picked.template_hash},
      {"statefulset.kubernetes.io/pod-name", &picked.pod_name},
  };
  for (const auto& [key, value] : labels) {
    for (const auto& [name, target] : known) {
      if (key == name) *target = value;
    }
  }
  return picked;
}

bool AllDigits(std::string_view text) {
  return !text.empty() &&
         std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

// "web-6b9f-abcde" without "-abcde"; empty where it does not end so.
std::string_view WithoutSuffix(std::string_view name) {
  constexpr size_t kSuffix = 6;  // '-' and five characters
  if (name.size() <= kSuffix) return {};
  const size_t end = name.size() - kSuffix;
  const bool ends_so = name[end] == '-' && name.substr(end + 1).find('-') == std::string_view::npos;
  return ends_so ? name.substr(0, end) : std::string_view();
}

std::string_view DeploymentOf(std::string_view hash, std::string_view name) {
  const std::string_view replica_set = WithoutSuffix(name);
  if (hash.empty() || replica_set.size() <= hash.size() + 1) return {};
  const size_t dash = replica_set.size() - hash.size() - 1;
  const bool agree = replica_set[dash] == '-' && replica_set.ends_with(hash);
  return agree ? replica_set.substr(0, dash) : std::string_view();
}

std::string_view StatefulSetOf(std::string_view labelled, std::string_view name) {
  const size_t dash = name.rfind('-');
  const bool numbered =
      dash != std::string_view::npos && AllDigits(name.substr(dash + 1)) && labelled == name;
  return numbered ? name.substr(0, dash) : std::string_view();
}

bool IsOfJob(std::string_view job, std::string_view name) {
  return !job.empty() && name.size() > job.size() && name.starts_with(job) &&
         name[job.size()] == '-';
}

PodOwner Inferred(std::string_view kind, std::string_view name) {
  return {{std::string(kind), std::string(name), true}, ""};
}

}  // namespace

std::optional<PodOwner> InferOwner(const Identity& pod) {
  if (pod.labels.empty() || pod.pod_name.empty()) return std::nullopt;
  const std::string_view name = pod.pod_name;
  const OwnerLabels labels = Pick(pod.labels);
  if (const auto owner = DeploymentOf(labels.template_hash, name); !owner.empty()) {
    return Inferred(kDeployment, owner);
  }
  if (IsOfJob(labels.job, name)) {
    const std::string_view cron_job = CronJobOf(labels.job);
    if (cron_job.empty()) return Inferred(kJob, labels.job);
    PodOwner result = Inferred(kCronJob, cron_job);
    result.job = labels.job;
    return result;
  }
  if (const auto owner = StatefulSetOf(labels.pod_name, name); !owner.empty()) {
    return Inferred(kStatefulSet, owner);
  }
  const std::string_view daemon_set = WithoutSuffix(name);
  if (!labels.revision.empty() && !labels.generation.empty() && !daemon_set.empty()) {
    return Inferred(kDaemonSet, daemon_set);
  }
  return std::nullopt;
}

}  // namespace kubemonitor

#ifndef KUBEMONITOR_APISERVER_QUERY_OWNER_H_
#define KUBEMONITOR_APISERVER_QUERY_OWNER_H_

#include <optional>
#include <string>
#include <string_view>

#include "apiserver/query/query.h"
#include "common/node_report.h"

namespace kubemonitor {

inline constexpr std::string_view kDeployment = "Deployment", kStatefulSet = "StatefulSet",
                                  kDaemonSet = "DaemonSet", kJob = "Job", kCronJob = "CronJob",
                                  kNodeKind = "Node";

struct PodOwner {
  Owner top;
  std::string job;  // of a CronJob's pod: the Job in between
};

// Who owns a pod by the labels that controllers give to their pods and by how they name them; both
// must agree. Nullopt: nobody known.
//   Deployment   <name>-<hash>-<five characters>, pod-template-hash=<hash>
//   StatefulSet  <name>-<number>, statefulset.kubernetes.io/pod-name=<the pod's name>
//   DaemonSet    <name>-<five characters>, controller-revision-hash and pod-template-generation
//   Job          <name>-<five characters> or <name>-<number>-<five>, job-name=<name>
//   CronJob      of a Job <name>-<minutes since 1970>
std::optional<PodOwner> InferOwner(const Identity& pod);

}  // namespace kubemonitor

#endif  // KUBEMONITOR_APISERVER_QUERY_OWNER_H_

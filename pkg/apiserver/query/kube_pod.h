#ifndef KUBEMONITOR_APISERVER_QUERY_KUBE_POD_H_
#define KUBEMONITOR_APISERVER_QUERY_KUBE_POD_H_

// What is told of Kubernetes' pod in a word.

#include <string>

#include "apiserver/kubernetes/cluster.h"

namespace kubemonitor {

// The pod's own, or that of the first container that does not do what it should; empty: none.
std::string ReasonOf(const KubePod& pod);

}  // namespace kubemonitor

#endif  // KUBEMONITOR_APISERVER_QUERY_KUBE_POD_H_

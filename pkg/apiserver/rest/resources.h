#ifndef KUBEMONITOR_APISERVER_REST_RESOURCES_H_
#define KUBEMONITOR_APISERVER_REST_RESOURCES_H_

// The resource paths: nodes, pods, namespaces, workloads.

#include <absl/status/status.h>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "apiserver/query/findings.h"
#include "apiserver/query/query.h"
#include "apiserver/query/summed_store.h"
#include "apiserver/rest/list_cache.h"
#include "apiserver/rest/routes.h"
#include "apiserver/store/store.h"
#include "http/http_types.h"

namespace kubemonitor {

struct ResourceContext {
  const SummedStore* store = nullptr;
  const Visibility* visibility = nullptr;
  FindingsCache* findings = nullptr;
  ListCache* lists = nullptr;              // null: every list is ordered for itself
  std::optional<int64_t> newest_tick_ms;   // complete; needed for `lists`
  std::shared_ptr<const Cluster> cluster;  // null: Kubernetes is not asked
  int64_t now_ms = 0;                      // wall clock
  int64_t monotonic_ms = 0;                // what the 60 s of `continue` are measured by
  uint64_t instance = 0;                   // of this server, random
};

// `match.route` is a path of a resource (it has a kind). Errors are answered as problem documents:
// 400 for parameters, 404, 410.
HttpResponse AnswerResource(const ResourceContext& context, const RouteMatch& match,
                            const NameValueList& query);

// The answer to a status of this folder or of the query layer.
HttpResponse ProblemOf(const absl::Status& status);

// 200, application/json, not to be cached.
HttpResponse JsonResponse(std::string body);

}  // namespace kubemonitor

#endif  // KUBEMONITOR_APISERVER_REST_RESOURCES_H_

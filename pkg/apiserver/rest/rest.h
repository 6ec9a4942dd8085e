#ifndef KUBEMONITOR_APISERVER_REST_REST_H_
#define KUBEMONITOR_APISERVER_REST_REST_H_

// The REST API (api/openapi.yaml) as handlers for the HTTP server.

#include <memory>
#include <string>

#include "apiserver/kubernetes/cluster.h"
#include "apiserver/query/query.h"
#include "apiserver/query/summed_store.h"
#include "apiserver/rest/list_cache.h"
#include "apiserver/rest/status.h"
#include "apiserver/rest/tick_stream.h"
#include "apiserver/store/store.h"
#include "common/clock.h"
#include "http/http_server.h"
#include "http/http_types.h"

namespace kubemonitor {

// Pointers are not owned and outlive the handler and every answer it has given.
struct RestOptions {
  const SummedStore* store = nullptr;
  const Clock* clock = nullptr;
  const Visibility* visibility = nullptr;  // null: everything is visible
  const ClusterSource* cluster = nullptr;  // null: Kubernetes is not asked
  StatusFunction status;
  std::shared_ptr<TickStream> ticks;  // null: there is no /api/v1/stream
  VersionInfo version;
  // Answers what is neither a path of the API nor below one (the dashboard). Null: a 404.
  Handler site;
  // Lets equal questions of the same moment share an answer (answer_cache.h); needs `ticks`.
  bool share_answers = false;
  std::shared_ptr<ListCache> lists;  // null: every page orders its list anew; needs `ticks`
};

// All paths. The handler is thread-safe; lists are streamed, and their source may be pulled from
// any thread, by one at a time.
Handler MakeRestHandler(RestOptions options);

// /healthz, /livez and /readyz alone: for a listener that is open to probes.
Handler MakeHealthHandler(RestOptions options);

// The listeners of the two. Health paths are urgent on both: a heavy query must not make a probe
// fail.
HttpListener MakeRestListener(std::string address, RestOptions options);
HttpListener MakeHealthListener(std::string address, RestOptions options);

}  // namespace kubemonitor

#endif  // KUBEMONITOR_APISERVER_REST_REST_H_

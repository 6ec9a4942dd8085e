#ifndef KUBEMONITOR_APISERVER_REST_SELECTION_H_
#define KUBEMONITOR_APISERVER_REST_SELECTION_H_

// Which items a path and its filters mean.

#include <absl/status/statusor.h>

#include <vector>

#include "apiserver/query/query.h"
#include "apiserver/rest/parameters.h"
#include "apiserver/rest/routes.h"

namespace kubemonitor {

// The items of a list, in no order. NotFound: a node or workload in the path is not known. A
// namespace in the path need not be: one without pods has an empty list, as with kubectl.
//
// `namespace` and `node` are filters on top of the path. They narrow pods by where those are;
// nodes, namespaces and workloads by name, or to those with a pod there. A filter that contradicts
// the path leaves nothing. `labelSelector` looks at the labels that items are shown with.
absl::StatusOr<std::vector<ItemRef>> SelectList(Query* query, const RouteMatch& match,
                                                const Parameters& parameters);

// The item of a path. NotFound with a message that says where to look.
absl::StatusOr<ItemRef> SelectItem(Query* query, const RouteMatch& match,
                                   const Parameters& parameters);

}  // namespace kubemonitor

#endif  // KUBEMONITOR_APISERVER_REST_SELECTION_H_

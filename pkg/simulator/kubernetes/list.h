#ifndef KUBEMONITOR_SIMULATOR_KUBERNETES_LIST_H_
#define KUBEMONITOR_SIMULATOR_KUBERNETES_LIST_H_

#include <memory>
#include <vector>

#include "http/http_types.h"
#include "simulator/kubernetes/api_request.h"
#include "simulator/kubernetes/objects.h"

namespace kubemonitor {

// What a list says, before it is written.
struct ListPage {
  Revision revision = 0;
  std::vector<ObjectState> states;
  std::optional<ContinueToken> next;
};

// The objects as of `at` that the request selects, from its token on and up to its limit.
ListPage MakePage(const ClusterObjects& objects, const ApiRequest& request, Revision at);
ListPage EmptyPage(Revision at);

// Objects are written as the body is read; `objects` outlives that.
HttpResponse ListResponse(const ClusterObjects& objects, const ApiRequest& request, ListPage page);
// The same objects as events of a watch, one a line.
BodySource AddedEvents(const ClusterObjects& objects, const ApiRequest& request, ListPage page);

// {"type":"ADDED","object":…} and a newline.
std::string EventLine(const ClusterObjects& objects, std::string_view type,
                      const ObjectState& state, bool metadata_only);

}  // namespace kubemonitor

#endif  // KUBEMONITOR_SIMULATOR_KUBERNETES_LIST_H_

#ifndef KUBEMONITOR_APISERVER_REST_LIST_FILTERS_H_
#define KUBEMONITOR_APISERVER_REST_LIST_FILTERS_H_

// What parameters leave of a list, beside where its items are (selection.h).

#include <string_view>
#include <vector>

#include "apiserver/query/findings.h"
#include "apiserver/query/query.h"

namespace kubemonitor {

// Those whose name has `text`, which is in small letters, in any case.
void KeepNamed(Query* query, std::string_view text, std::vector<ItemRef>* refs);

// The nodes or pods that have the finding, or a container that has.
void KeepFound(Query* query, const Findings& findings, FindingKind kind,
               std::vector<ItemRef>* refs);

}  // namespace kubemonitor

#endif  // KUBEMONITOR_APISERVER_REST_LIST_FILTERS_H_

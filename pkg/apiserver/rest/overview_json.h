#ifndef KUBEMONITOR_APISERVER_REST_OVERVIEW_JSON_H_
#define KUBEMONITOR_APISERVER_REST_OVERVIEW_JSON_H_

// The documents of a dashboard's overview: the cluster, findings, what a search found.

#include <string>

#include "apiserver/query/findings.h"
#include "apiserver/query/name_index.h"
#include "apiserver/query/query.h"
#include "common/json_writer.h"

namespace kubemonitor {

// The keys of the cluster's item beyond those of every item.
void WriteClusterFields(const ClusterFacts& facts, JsonWriter* json);

// The documents of /api/v1/findings and /api/v1/search.
std::string FindingsJson(const Findings& findings);
std::string SearchJson(const NameMatches& matches);

}  // namespace kubemonitor

#endif  // KUBEMONITOR_APISERVER_REST_OVERVIEW_JSON_H_

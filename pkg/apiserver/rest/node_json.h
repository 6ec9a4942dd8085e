#ifndef KUBEMONITOR_APISERVER_REST_NODE_JSON_H_
#define KUBEMONITOR_APISERVER_REST_NODE_JSON_H_

#include "apiserver/query/query.h"
#include "common/json_writer.h"

namespace kubemonitor {

// The keys of a node item beyond those of every item. `detailed` adds breakdown, processes and
// units.
void WriteNodeFields(const NodeFacts& facts, bool detailed, JsonWriter* json);

}  // namespace kubemonitor

#endif  // KUBEMONITOR_APISERVER_REST_NODE_JSON_H_

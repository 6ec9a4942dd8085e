#ifndef KUBEMONITOR_APISERVER_REST_ITEM_JSON_H_
#define KUBEMONITOR_APISERVER_REST_ITEM_JSON_H_

// Items as JSON; api/openapi.yaml describes every key.

#include "apiserver/query/query.h"
#include "common/json_writer.h"

namespace kubemonitor {

// "window": {…}, as a key of the object being written.
void WriteWindow(const WindowAxis& axis, JsonWriter* json);

struct ItemShape {
  MetricSet metrics;      // limits `usage`; empty: all usage keys of the kind
  bool detailed = false;  // a single object, not one of a list
  bool window = false;    // with `series` and `statistics`
};

// The keys of an item, without the braces.
void WriteItemFields(const Item& item, const ItemShape& shape, JsonWriter* json);

}  // namespace kubemonitor

#endif  // KUBEMONITOR_APISERVER_REST_ITEM_JSON_H_

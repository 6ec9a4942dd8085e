#ifndef KUBEMONITOR_APISERVER_DASHBOARD_DASHBOARD_H_
#define KUBEMONITOR_APISERVER_DASHBOARD_DASHBOARD_H_

// Answers with the dashboard's files: a page that runs in the browser and asks the REST API.

#include <span>

#include "apiserver/dashboard/assets.h"
#include "http/http_types.h"

namespace kubemonitor {

// A handler of all paths that are not the API's. A file of `assets` is answered under its path.
// Every other path that does not look like a file (one segment with a dot, or below assets/) is a
// place in the dashboard and answers index.html. Without any assets "/" says how to get them.
// Files never change while the program runs: entity tags are strong, names with a hash are kept by
// browsers for a year, all else is asked for again each time.
//
// Thread-safe. What `assets` points at outlives the handler.
Handler MakeDashboardHandler(std::span<const Asset> assets);

}  // namespace kubemonitor

#endif  // KUBEMONITOR_APISERVER_DASHBOARD_DASHBOARD_H_

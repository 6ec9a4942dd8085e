#ifndef KUBEMONITOR_COLLECTOR_NAMES_CRI_CLIENT_H_
#define KUBEMONITOR_COLLECTOR_NAMES_CRI_CLIENT_H_

// CRI v1 over a runtime's unix socket, by gRPC. Only calls that read are made.

#include <memory>
#include <string>

#include "collector/names/cri_runtime.h"

namespace kubemonitor {

// Never blocks and never fails: the connection is made, and made again, by the calls. Deadlines:
// lists 10 s, the others 5 s; replies of more than 16 MiB are refused (kResourceExhausted). A
// CriRuntimeFactory.
std::unique_ptr<CriRuntime> MakeCriClient(const std::string& socket_path);

}  // namespace kubemonitor

#endif  // KUBEMONITOR_COLLECTOR_NAMES_CRI_CLIENT_H_

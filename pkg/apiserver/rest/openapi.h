#ifndef KUBEMONITOR_APISERVER_REST_OPENAPI_H_
#define KUBEMONITOR_APISERVER_REST_OPENAPI_H_

#include <string_view>

namespace kubemonitor {

// api/openapi.yaml as JSON, embedded in the program.
std::string_view OpenApiJson();

}  // namespace kubemonitor

#endif  // KUBEMONITOR_APISERVER_REST_OPENAPI_H_

#include "apiserver/rest/openapi.h"

extern "C" {
// Of the generated openapi.S.
extern const char kubemonitor_openapi_begin[];
extern const char kubemonitor_openapi_end[];
}

namespace kubemonitor {

std::string_view OpenApiJson() {
  return {kubemonitor_openapi_begin,
          static_cast<size_t>(kubemonitor_openapi_end - kubemonitor_openapi_begin)};
}

}  // namespace kubemonitor

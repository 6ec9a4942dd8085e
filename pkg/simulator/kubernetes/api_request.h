#ifndef KUBEMONITOR_SIMULATOR_KUBERNETES_API_REQUEST_H_
#define KUBEMONITOR_SIMULATOR_KUBERNETES_API_REQUEST_H_

// A request for a list or a watch, checked as the API server checks it.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "http/http_types.h"
#include "simulator/kubernetes/api_error.h"
#include "simulator/kubernetes/objects.h"
#include "simulator/kubernetes/selector.h"

namespace kubemonitor {

// Where a list goes on: as of which version, at which object of which place, and how many are left
// if that is known.
struct ContinueToken {
  Revision revision = 0;  // 0: whatever the newest is, after the right one has expired
  uint32_t place = 0;
  uint32_t skip = 0;
  std::optional<uint64_t> remaining;
};

std::string FormatToken(const ContinueToken& token);
std::optional<ContinueToken> ParseToken(std::string_view text);

enum class VersionMatch : uint8_t { kNone, kNotOlderThan, kExact };

struct ApiRequest {
  Resource resource = Resource::kPods;
  bool metadata_only = false;
  Selector selector;
  std::optional<Revision> version;  // nothing: not set; 0: any
  VersionMatch match = VersionMatch::kNone;
  bool watch = false;
  // Of lists.
  uint64_t limit = 0;  // 0: none
  std::optional<ContinueToken> token;
  // Of watches.
  bool bookmarks = false;
  std::optional<int64_t> timeout_seconds;
};

// The resource that a path names, and the namespace of it: "" where it names none. Nothing: 404.
struct ApiPath {
  Resource resource = Resource::kPods;
  std::string namespace_name;
};
std::optional<ApiPath> ParseApiPath(const HttpRequest& request);
ApiResult<ApiRequest> ParseApiRequest(const ApiPath& path, const HttpRequest& request);

}  // namespace kubemonitor

#endif  // KUBEMONITOR_SIMULATOR_KUBERNETES_API_REQUEST_H_

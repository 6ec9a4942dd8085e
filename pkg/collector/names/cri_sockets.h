#ifndef KUBEMONITOR_COLLECTOR_NAMES_CRI_SOCKETS_H_
#define KUBEMONITOR_COLLECTOR_NAMES_CRI_SOCKETS_H_

// Where runtimes listen, and what --cri-endpoint means.

#include <absl/status/statusor.h>

#include <string>
#include <string_view>
#include <vector>

namespace kubemonitor {

struct CriEndpoint {
  enum class Kind { kNone, kAuto, kSocket };
  Kind kind = Kind::kNone;
  std::string path;  // of kSocket: absolute
};

// "auto", "none", or "unix:///path" (at most 107 bytes of path: what a socket address holds).
// kInvalidArgument names what is allowed.
absl::StatusOr<CriEndpoint> ParseCriEndpoint(std::string_view text);

// The known places below `root` ("" = the node's own) that hold a socket right now, the likeliest
// first, each socket once: /var/run is a link to /run on most nodes, and a folder of its own in
// some images.
std::vector<std::string> ExistingCriSockets(const std::string& root);

}  // namespace kubemonitor

#endif  // KUBEMONITOR_COLLECTOR_NAMES_CRI_SOCKETS_H_

#ifndef KUBEMONITOR_COMMON_VERSION_H_
#define KUBEMONITOR_COMMON_VERSION_H_

#include <string>

namespace kubemonitor {

struct BuildInfo {
  std::string version;   // "0.1.0"
  std::string commit;    // as git describes it; "unknown" in a build without git
  std::string compiler;  // "GCC 12.2.0"
};

BuildInfo ThisBuild();

// The line of --version.
std::string VersionLine(const std::string& program);

}  // namespace kubemonitor

#endif  // KUBEMONITOR_COMMON_VERSION_H_

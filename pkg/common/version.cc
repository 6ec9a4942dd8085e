#include "common/version.h"

#include <fmt/format.h>

#include "kubemonitor_commit.h"

namespace kubemonitor {

BuildInfo ThisBuild() { return {KUBEMONITOR_VERSION, KUBEMONITOR_COMMIT, KUBEMONITOR_COMPILER}; }

std::string VersionLine(const std::string& program) {
  const BuildInfo build = ThisBuild();
  return fmt::format("{} {} (commit {}, {})", program, build.version, build.commit, build.compiler);
}

}  // namespace kubemonitor

// Any bytes as a kubeconfig: refused, or understood as something that can be asked.

#include <string>

#include "apiserver/kubernetes/kubeconfig.h"
#include "fuzz/fuzzing.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using kubemonitor::Require;
  const auto access = kubemonitor::ParseKubeconfig(kubemonitor::TextOf(data, size), "/directory");
  if (!access.ok()) {
    Require(!access.status().message().empty(), "a refusal says why");
    return 0;
  }
  Require(!access->host.empty() && !access->port.empty(), "there is an address");
  Require(access->Url().find_first_of(" \r\n") == std::string::npos, "of plain characters");
  Require(access->client_certificate.empty() == access->client_key.empty(), "both or none");
  return 0;
}

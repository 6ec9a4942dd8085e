// Any bytes as the decisions of a history: the store answers as the oracle.

#include <fmt/format.h>

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>

#include "oracle/differential.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  kubemonitor::Choices choices(std::span(data, size));
  const std::string difference = kubemonitor::CompareStores(&choices, 1 + size / 64);
  if (!difference.empty()) {
    fmt::print(stderr, "{}\n", difference);
    std::abort();
  }
  return 0;
}

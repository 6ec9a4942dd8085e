// Any bytes as a series block: refused, or read within bounds and the same by both readers.

#include <cstddef>
#include <cstdint>
#include <cstdlib>

#include "common/series_block.h"
#include "common/series_block_testing.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using kubemonitor::BlockReader;
  using kubemonitor::testing::ReadAll;
  const auto reader = BlockReader::Check({data, size});
  if (!reader.ok()) return 0;
  if (ReadAll(*reader) != ReadAll(BlockReader::Trusted({data, size}))) std::abort();
  return 0;
}

// Any bytes as a series block: refused, or read within bounds and the same by both readers.

#include "common/series_block.h"
#include "common/series_block_testing.h"
#include "fuzz/fuzzing.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using kubemonitor::BlockReader;
  using kubemonitor::testing::ReadAll;
  const auto reader = BlockReader::Check({data, size});
  if (!reader.ok()) return 0;
  kubemonitor::Require(ReadAll(*reader) == ReadAll(BlockReader::Trusted({data, size})),
                       "both readers tell the same");
  return 0;
}

// series_block_corpus FOLDER: writes seeds for series_block_fuzz, valid blocks and broken ones. The
// same ones each time, as long as the format stays as it is.

#include <cstdio>
#include <fstream>
#include <string>

#include "common/series_block_testing.h"

namespace kubemonitor {
namespace {

bool Write(const std::string& path, const std::vector<uint8_t>& bytes) {
  std::ofstream file(path, std::ios::binary);
  file.write(reinterpret_cast<const char*>(bytes.data()),
             static_cast<std::streamsize>(bytes.size()));
  return file.good();
}

// A pod, a container and their like of the model.
testing::PlainBlock SmallModel(testing::Random* random) {
  testing::PlainBlock block = testing::ModelBlock(random);
  block.objects.erase(block.objects.find(3), block.objects.end());
  return block;
}

bool WriteAll(const std::string& folder) {
  testing::Random random(7);
  bool ok = true;
  int broken = 0;
  for (int i = 0; i < 8; ++i) {
    const testing::PlainBlock block = i == 0   ? SmallModel(&random)
                                      : i == 1 ? testing::RandomBlock(&random, kMaxBlockTicks, 1)
                                               : testing::RandomBlock(&random, 12, 4);
    std::vector<uint8_t> bytes = testing::Encode(block);
    ok = ok && Write(folder + "/valid-" + std::to_string(i), bytes);
    while (BlockReader::Check(bytes).ok()) {
      bytes[testing::Draw(&random, 1, bytes.size() - 1)] ^= 1 << testing::Draw(&random, 0, 7);
    }
    if (bytes.size() < 1'000) {
      ok = ok && Write(folder + "/broken-" + std::to_string(broken++), bytes);
    }
  }
  return ok;
}

}  // namespace
}  // namespace kubemonitor

int main(int argc, char** argv) {
  if (argc != 2 || !kubemonitor::WriteAll(argv[1])) {
    std::fprintf(stderr, "usage: series_block_corpus FOLDER\n");
    return 1;
  }
  return 0;
}

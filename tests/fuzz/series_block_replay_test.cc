// Replays the corpus of series_block_fuzz: each file as it is, and cut or changed a little.

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "common/series_block.h"
#include "common/series_block_testing.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size);

namespace kubemonitor {
namespace {

std::vector<std::filesystem::path> Corpus() {
  std::vector<std::filesystem::path> paths;
  const std::filesystem::path folder = KUBEMONITOR_SOURCE_DIR "/tests/fuzz/corpus/series_block";
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    paths.push_back(entry.path());
  }
  std::sort(paths.begin(), paths.end());
  return paths;
}

// Of its exact size, so that a sanitizer sees what reads beyond it.
std::vector<uint8_t> Bytes(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  const std::vector<char> bytes{std::istreambuf_iterator<char>(file), {}};
  return {bytes.begin(), bytes.end()};
}

TEST(SeriesBlockReplayTest, Corpus) {
  size_t valid = 0;
  size_t broken = 0;
  for (const auto& path : Corpus()) {
    SCOPED_TRACE(path.filename());
    const std::vector<uint8_t> bytes = Bytes(path);
    ASSERT_FALSE(bytes.empty());
    const bool expected = path.filename().string().starts_with("valid");
    EXPECT_EQ(BlockReader::Check(bytes).ok(), expected) << BlockReader::Check(bytes).status();
    LLVMFuzzerTestOneInput(bytes.data(), bytes.size());
    ++(expected ? valid : broken);
  }
  EXPECT_GE(valid, 5u);
  EXPECT_GE(broken, 5u);
}

TEST(SeriesBlockReplayTest, ChangedCorpus) {
  testing::Random random(6);
  for (const auto& path : Corpus()) {
    SCOPED_TRACE(path.filename());
    const std::vector<uint8_t> whole = Bytes(path);
    for (int i = 0; i < 500; ++i) {
      std::vector<uint8_t> bytes = whole;
      for (uint64_t k = testing::Draw(&random, 1, 3); k > 0; --k) {
        bytes[testing::Draw(&random, 0, bytes.size() - 1)] = static_cast<uint8_t>(random());
      }
      if (testing::Chance(&random, 20)) {
        bytes = std::vector<uint8_t>(
            bytes.begin(),
            bytes.begin() + static_cast<ptrdiff_t>(testing::Draw(&random, 0, bytes.size())));
      }
      LLVMFuzzerTestOneInput(bytes.data(), bytes.size());
    }
  }
}

}  // namespace
}  // namespace kubemonitor

// What the names of the corpus say is so: valid blocks are taken, broken ones refused.

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "common/series_block.h"

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

TEST(SeriesBlockCorpus, NamesAreTrue) {
  size_t valid = 0;
  size_t broken = 0;
  for (const auto& path : Corpus()) {
    SCOPED_TRACE(path.filename());
    const std::vector<uint8_t> bytes = Bytes(path);
    ASSERT_FALSE(bytes.empty());
    const bool expected = path.filename().string().starts_with("valid");
    EXPECT_EQ(BlockReader::Check(bytes).ok(), expected) << BlockReader::Check(bytes).status();
    ++(expected ? valid : broken);
  }
  EXPECT_GE(valid, 5u);
  EXPECT_GE(broken, 5u);
}

}  // namespace
}  // namespace kubemonitor

// Replays the corpus of a fuzz target: each file as it is, and cut or changed a little.

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <random>
#include <string>
#include <vector>

#include "fuzz/fuzzing.h"

namespace kubemonitor {
namespace {

// Inputs made of each file, so that one replay takes seconds.
constexpr int kChanges = 100;

std::vector<std::filesystem::path> Corpus() {
  std::vector<std::filesystem::path> paths;
  for (const auto& entry : std::filesystem::directory_iterator(KUBEMONITOR_CORPUS)) {
    paths.push_back(entry.path());
  }
  std::sort(paths.begin(), paths.end());
  return paths;
}

// Of its exact size, so that a sanitizer sees what reads beyond it.
std::vector<uint8_t> BytesOf(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  const std::vector<char> bytes{std::istreambuf_iterator<char>(file), {}};
  return {bytes.begin(), bytes.end()};
}

TEST(ReplayTest, Corpus) {
  EXPECT_GE(Corpus().size(), 5u);
  for (const auto& path : Corpus()) {
    SCOPED_TRACE(path.filename());
    const std::vector<uint8_t> bytes = BytesOf(path);
    LLVMFuzzerTestOneInput(bytes.data(), bytes.size());
  }
}

TEST(ReplayTest, ChangedCorpus) {
  std::mt19937 random(6);
  const auto draw = [&random](size_t end) { return static_cast<size_t>(random()) % end; };
  for (const auto& path : Corpus()) {
    SCOPED_TRACE(path.filename());
    const std::vector<uint8_t> whole = BytesOf(path);
    for (int i = 0; i < kChanges && !whole.empty(); ++i) {
      std::vector<uint8_t> bytes = whole;
      for (size_t k = draw(3); k < 3; ++k) {
        bytes[draw(bytes.size())] = static_cast<uint8_t>(random());
      }
      if (draw(5) == 0) bytes.resize(draw(bytes.size()));
      bytes.shrink_to_fit();
      LLVMFuzzerTestOneInput(bytes.data(), bytes.size());
    }
  }
}

}  // namespace
}  // namespace kubemonitor

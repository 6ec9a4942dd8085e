#ifndef KUBEMONITOR_FUZZ_FUZZING_H_
#define KUBEMONITOR_FUZZ_FUZZING_H_

// What the fuzz targets share. A broken promise ends the program: that is what a fuzzer looks for.

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string_view>

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size);

namespace kubemonitor {

inline void Require(bool holds, const char* promise) {
  if (holds) return;
  std::fprintf(stderr, "broken promise: %s\n", promise);
  std::abort();
}

inline std::string_view TextOf(const uint8_t* data, size_t size) {
  return {reinterpret_cast<const char*>(data), size};
}

// Takes the letter that chooses one of `count` parsers off the front: 'a' is the first.
inline unsigned CutChoice(std::string_view& text, unsigned count) {
  if (text.empty()) return 0;
  const auto letter = static_cast<uint8_t>(text.front() - 'a');
  text.remove_prefix(1);
  return letter % count;
}

inline bool IsPartOf(std::string_view part, std::string_view whole) {
  return part.empty() ||
         (part.data() >= whole.data() && part.data() + part.size() <= whole.data() + whole.size());
}

}  // namespace kubemonitor

#endif  // KUBEMONITOR_FUZZ_FUZZING_H_

#ifndef KUBEMONITOR_SIMULATOR_IDS_H_
#define KUBEMONITOR_SIMULATOR_IDS_H_

// Names that look made at random, of numbers.

#include <cstddef>
#include <cstdint>
#include <string>

namespace kubemonitor {

// What Kubernetes makes its suffixes of has no vowels, so no words.
inline constexpr uint64_t kSuffixLetters = 27;
std::string LettersOf(uint64_t number, size_t count);

std::string UuidOf(uint64_t key);                // version 4
std::string HexOf(uint64_t key, size_t digits);  // a multiple of 16

}  // namespace kubemonitor

#endif  // KUBEMONITOR_SIMULATOR_IDS_H_

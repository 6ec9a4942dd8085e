#include "simulator/ids.h"

#include <fmt/format.h>

#include <string_view>

#include "simulator/signal.h"

namespace kubemonitor {
namespace {

constexpr std::string_view kAlphabet = "bcdfghjklmnpqrstvwxz2456789";
static_assert(kAlphabet.size() == kSuffixLetters);

}  // namespace

std::string LettersOf(uint64_t number, size_t count) {
  std::string out(count, kAlphabet[0]);
  for (char& c : out) {
    c = kAlphabet[number % kAlphabet.size()];
    number /= kAlphabet.size();
  }
  return out;
}

std::string UuidOf(uint64_t key) {
  const uint64_t high = (HashOf(key, 0) & ~uint64_t{0xf000}) | 0x4000;         // version 4
  const uint64_t low = (HashOf(key, 1) & (~uint64_t{0} >> 2)) | (1ULL << 63);  // variant 1
  return fmt::format("{:08x}-{:04x}-{:04x}-{:04x}-{:012x}", high >> 32, (high >> 16) & 0xffff,
                     high & 0xffff, low >> 48, low & 0xffff'ffff'ffffU);
}

std::string HexOf(uint64_t key, size_t digits) {
  std::string out;
  out.reserve(digits);
  for (uint64_t part = 0; out.size() < digits; ++part) {
    out += fmt::format("{:016x}", HashOf(key, part));
  }
  return out;
}

}  // namespace kubemonitor

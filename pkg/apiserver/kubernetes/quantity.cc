#include "apiserver/kubernetes/quantity.h"

#include <algorithm>
#include <limits>

namespace kubemonitor {
namespace {

__extension__ using Wide = unsigned __int128;

// Those that an int64 can have; with a binary suffix on top they still fit into a Wide.
constexpr int kMaxDigits = 19;
constexpr int kMaxExponent = 10'000;
constexpr int64_t kMax = std::numeric_limits<int64_t>::max();

bool IsDigit(char c) { return c >= '0' && c <= '9'; }

// (digits + something below 1, if inexact) · 2^binary · 10^decimal
struct Number {
  uint64_t digits = 0;
  bool inexact = false;
  int decimal = 0;
  int binary = 0;
};

// Takes the digits and the point off the front. False: there are none.
bool TakeDigits(std::string_view* text, Number* out) {
  bool any = false;
  bool fraction = false;
  int kept = 0;
  for (; !text->empty(); text->remove_prefix(1)) {
    const char c = text->front();
    if (c == '.' && !fraction) {
      fraction = true;
      continue;
    }
    if (!IsDigit(c)) break;
    any = true;
    if (kept < kMaxDigits) {
      out->digits = out->digits * 10 + static_cast<uint64_t>(c - '0');
      if (out->digits > 0) ++kept;
      if (fraction && out->decimal > -kMaxExponent) --out->decimal;
    } else {
      out->inexact |= c != '0';
      if (!fraction && out->decimal < kMaxExponent) ++out->decimal;
    }
  }
  return any;
}

// "3", "+3", "-3": what follows an e.
bool TakeExponent(std::string_view text, Number* out) {
  const bool negative = text.starts_with('-');
  if (negative || text.starts_with('+')) text.remove_prefix(1);
  if (text.empty() || !std::all_of(text.begin(), text.end(), IsDigit)) return false;
  int exponent = 0;
  for (const char c : text) exponent = std::min(exponent * 10 + (c - '0'), kMaxExponent);
  out->decimal += negative ? -exponent : exponent;
  return true;
}

bool TakeSuffix(std::string_view text, Number* out) {
  if (text.empty()) return true;
  constexpr std::string_view kBinary = "KMGTPE";
  constexpr std::string_view kDecimal = "num kMGTPE";  // 10^-9, 10^-6 … 10^18
  if (text.size() == 2 && text[1] == 'i') {
    const size_t power = kBinary.find(text[0]);
    if (power == std::string_view::npos) return false;
    out->binary = 10 * static_cast<int>(power + 1);
    return true;
  }
  if (text.size() == 1 && text[0] != ' ') {
    const size_t power = kDecimal.find(text[0]);
    if (power == std::string_view::npos) return false;
    out->decimal += 3 * (static_cast<int>(power) - 3);
    return true;
  }
  return (text[0] == 'e' || text[0] == 'E') && TakeExponent(text.substr(1), out);
}

// Of the number · 10^scale.
int64_t RoundUp(const Number& number, int scale) {
  if (number.digits == 0) return number.inexact ? 1 : 0;
  Wide value = static_cast<Wide>(number.digits) << number.binary;
  bool inexact = number.inexact;
  int decimal = number.decimal + scale;
  for (; decimal > 0; --decimal) {
    if (value > static_cast<Wide>(kMax)) return kMax;
    value *= 10;
  }
  for (; decimal < 0; ++decimal) {
    if (value == 0) break;
    inexact |= value % 10 != 0;
    value /= 10;
  }
  if (inexact) ++value;
  return value > static_cast<Wide>(kMax) ? kMax : static_cast<int64_t>(value);
}

std::optional<int64_t> Parse(std::string_view text, int scale) {
  const bool negative = text.starts_with('-');
  if (negative || text.starts_with('+')) text.remove_prefix(1);
  Number number;
  if (!TakeDigits(&text, &number) || !TakeSuffix(text, &number)) return std::nullopt;
  const int64_t value = RoundUp(number, scale);
  return negative ? -value : value;
}

}  // namespace

std::optional<int64_t> QuantityValue(std::string_view text) { return Parse(text, 0); }

std::optional<int64_t> QuantityMillis(std::string_view text) { return Parse(text, 3); }

}  // namespace kubemonitor

#include "apiserver/kubernetes/label_selector.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <optional>
#include <utility>

#include "common/text.h"

namespace kubemonitor {
namespace {

using Operator = LabelRequirement::Operator;

constexpr size_t kMaxSelectorBytes = 8192;
constexpr size_t kMaxNameBytes = 63;     // of a label's name, and of a value
constexpr size_t kMaxPrefixBytes = 253;  // of what stands before the slash of a key
constexpr std::string_view kBlanks = " \t\r\n";
constexpr std::string_view kSymbols = "(),!=<>";

bool IsAlphanumeric(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

// Letters, digits, and within also - _ and dots.
bool IsLabelName(std::string_view text) {
  if (text.empty() || text.size() > kMaxNameBytes) return false;
  if (!IsAlphanumeric(text.front()) || !IsAlphanumeric(text.back())) return false;
  return std::all_of(text.begin(), text.end(),
                     [](char c) { return IsAlphanumeric(c) || c == '-' || c == '_' || c == '.'; });
}

// A DNS name in small letters: "example.com".
bool IsPrefix(std::string_view text) {
  if (text.empty() || text.size() > kMaxPrefixBytes) return false;
  while (true) {
    const std::string_view part = text.substr(0, text.find('.'));
    if (part.empty() || part.front() == '-' || part.back() == '-') return false;
    for (const char c : part) {
      if (c != '-' && (!IsAlphanumeric(c) || (c >= 'A' && c <= 'Z'))) return false;
    }
    if (part.size() == text.size()) return true;
    text.remove_prefix(part.size() + 1);
  }
}

bool IsKey(std::string_view text) {
  const size_t slash = text.find('/');
  if (slash == std::string_view::npos) return IsLabelName(text);
  return IsPrefix(text.substr(0, slash)) && IsLabelName(text.substr(slash + 1));
}

class Parser {
 public:
  explicit Parser(std::string_view text) : text_(text) { Advance(); }

  absl::StatusOr<std::vector<LabelRequirement>> Parse() {
    std::vector<LabelRequirement> requirements;
    if (AtEnd()) return requirements;
    while (true) {
      LabelRequirement requirement;
      if (!ParseRequirement(&requirement)) return absl::InvalidArgumentError(error_);
      requirements.push_back(std::move(requirement));
      if (AtEnd()) return requirements;
      if (!Take(",")) return Expected("',' or the end");
    }
  }

 private:
  bool AtEnd() const { return token_.empty(); }
  bool IsWord() const { return !AtEnd() && kSymbols.find(token_[0]) == std::string_view::npos; }

  // The next token: a symbol (== and != are one), or a word up to a blank or a symbol.
  void Advance() {
    position_ += token_.size();
    while (position_ < text_.size() && kBlanks.find(text_[position_]) != kBlanks.npos) ++position_;
    const std::string_view rest = text_.substr(position_);
    if (rest.starts_with("==") || rest.starts_with("!=")) {
      token_ = rest.substr(0, 2);
    } else if (!rest.empty() && kSymbols.find(rest[0]) != kSymbols.npos) {
      token_ = rest.substr(0, 1);
    } else {
      size_t end = 0;
      while (end < rest.size() && kBlanks.find(rest[end]) == kBlanks.npos &&
             kSymbols.find(rest[end]) == kSymbols.npos) {
        ++end;
      }
      token_ = rest.substr(0, end);
    }
  }

  bool Take(std::string_view symbol) {
    if (token_ != symbol) return false;
    Advance();
    return true;
  }

  bool Fail(std::string_view what) {
    error_ = fmt::format("position {}: {}", position_ + 1, what);
    return false;
  }
  absl::Status Expected(std::string_view what) {
    Fail(fmt::format("expected {}, found {}", what,
                     AtEnd() ? std::string("the end") : QuoteForMessage(token_)));
    return absl::InvalidArgumentError(error_);
  }
  bool FailExpected(std::string_view what) { return Expected(what).ok(); }

  bool ParseRequirement(LabelRequirement* out) {
    const bool negated = Take("!");
    if (!ParseKey(&out->key)) return false;
    if (negated || AtEnd() || token_ == ",") {
      out->op = negated ? Operator::kNotExists : Operator::kExists;
      return true;
    }
    if (Take("=") || Take("==")) return ParseOneValue(Operator::kIn, out);
    if (Take("!=")) return ParseOneValue(Operator::kNotIn, out);
    if (Take("in")) return ParseSet(Operator::kIn, out);
    if (Take("notin")) return ParseSet(Operator::kNotIn, out);
    if (Take(">")) return ParseBound(Operator::kGreater, out);
    if (Take("<")) return ParseBound(Operator::kLess, out);
    return FailExpected("one of = == != in notin > <, or ',' or the end");
  }

  bool ParseKey(std::string* key) {
    if (!IsWord()) return FailExpected("a label's key");
    if (!IsKey(token_)) {
      return Fail(fmt::format(
          "{} is no label key: at most 63 letters, digits, '-', '_' and '.', beginning and ending "
          "with a letter or digit, and before it perhaps a DNS name and '/'",
          QuoteForMessage(token_)));
    }
    key->assign(token_);
    Advance();
    return true;
  }

  // A value may be empty.
  bool ParseValue(std::string* value) {
    if (!IsWord()) return true;
    if (!IsLabelName(token_)) {
      return Fail(fmt::format(
          "{} is no label value: empty, or at most 63 letters, digits, '-', '_' and '.', beginning "
          "and ending with a letter or digit",
          QuoteForMessage(token_)));
    }
    value->assign(token_);
    Advance();
    return true;
  }

  bool ParseOneValue(Operator op, LabelRequirement* out) {
    out->op = op;
    return ParseValue(&out->values.emplace_back());
  }

  bool ParseSet(Operator op, LabelRequirement* out) {
    out->op = op;
    if (!Take("(")) return FailExpected("'('");
    do {
      if (!ParseValue(&out->values.emplace_back())) return false;
    } while (Take(","));
    if (!Take(")")) return FailExpected("',' or ')'");
    std::sort(out->values.begin(), out->values.end());
    out->values.erase(std::unique(out->values.begin(), out->values.end()), out->values.end());
    return true;
  }

  bool ParseBound(Operator op, LabelRequirement* out) {
    out->op = op;
    const char* const end = token_.data() + token_.size();
    const auto [stopped, code] = std::from_chars(token_.data(), end, out->bound);
    if (AtEnd() || code != std::errc() || stopped != end) return FailExpected("a whole number");
    Advance();
    return true;
  }

  const std::string_view text_;
  size_t position_ = 0;  // of token_
  std::string_view token_;
  std::string error_;
};

std::optional<int64_t> WholeNumber(const std::string& text) {
  int64_t value = 0;
  const char* const end = text.data() + text.size();
  const auto [stopped, code] = std::from_chars(text.data(), end, value);
  if (text.empty() || code != std::errc() || stopped != end) return std::nullopt;
  return value;
}

}  // namespace

bool LabelRequirement::Holds(const std::string* value) const {
  switch (op) {
    case Operator::kExists:
      return value != nullptr;
    case Operator::kNotExists:
      return value == nullptr;
    case Operator::kIn:
      return value != nullptr && std::binary_search(values.begin(), values.end(), *value);
    case Operator::kNotIn:
      return value == nullptr || !std::binary_search(values.begin(), values.end(), *value);
    case Operator::kGreater:
    case Operator::kLess:
      break;
  }
  const std::optional<int64_t> number = value != nullptr ? WholeNumber(*value) : std::nullopt;
  if (!number) return false;
  return op == Operator::kGreater ? *number > bound : *number < bound;
}

absl::StatusOr<LabelSelector> LabelSelector::Parse(std::string_view text) {
  if (text.size() > kMaxSelectorBytes) {
    return absl::InvalidArgumentError(fmt::format("position {}: a selector has at most {} bytes",
                                                  kMaxSelectorBytes + 1, kMaxSelectorBytes));
  }
  auto requirements = Parser(text).Parse();
  if (!requirements.ok()) return requirements.status();
  LabelSelector selector;
  selector.requirements_ = *std::move(requirements);
  return selector;
}

}  // namespace kubemonitor

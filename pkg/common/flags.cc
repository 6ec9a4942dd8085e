#include "common/flags.h"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <limits>
#include <memory>
#include <utility>

#include "common/text.h"

namespace kubemonitor {
namespace {

struct Unit {
  std::string_view name;
  uint64_t factor;
};
// Longer names first, so that "ms" is not taken for "m".
constexpr std::array<Unit, 4> kDurationUnits{
    {{"ms", 1}, {"s", 1000}, {"m", 60'000}, {"h", 3'600'000}}};
constexpr std::array<Unit, 9> kSizeUnits{{{"Ki", uint64_t{1} << 10},
                                          {"Mi", uint64_t{1} << 20},
                                          {"Gi", uint64_t{1} << 30},
                                          {"Ti", uint64_t{1} << 40},
                                          {"k", 1'000},
                                          {"M", 1'000'000},
                                          {"G", 1'000'000'000},
                                          {"T", 1'000'000'000'000},
                                          {"", 1}}};

absl::Status Invalid(const std::string& message) { return absl::InvalidArgumentError(message); }

// Cuts a decimal number off `rest`.
std::optional<uint64_t> CutNumber(std::string_view& rest) {
  uint64_t number = 0;
  const auto [end, error] = std::from_chars(rest.data(), rest.data() + rest.size(), number);
  if (error != std::errc()) return std::nullopt;
  rest.remove_prefix(static_cast<size_t>(end - rest.data()));
  return number;
}

// a × factor + sum, unless it does not fit into 63 bits.
std::optional<uint64_t> Accumulate(uint64_t sum, uint64_t a, uint64_t factor) {
  constexpr uint64_t kMax = std::numeric_limits<int64_t>::max();
  if (a > kMax / factor || a * factor > kMax - sum) return std::nullopt;
  return sum + a * factor;
}

std::vector<std::string> SplitCommas(const std::string& text) {
  std::vector<std::string> out;
  for (size_t start = 0; start <= text.size();) {
    const size_t comma = std::min(text.find(',', start), text.size());
    std::string item = text.substr(start, comma - start);
    const size_t first = item.find_first_not_of(" \t");
    if (first != std::string::npos) {
      out.push_back(item.substr(first, item.find_last_not_of(" \t") - first + 1));
    }
    start = comma + 1;
  }
  return out;
}

}  // namespace

absl::StatusOr<int64_t> ParseDuration(std::string_view text) {
  const std::string quoted = QuoteForMessage(text);
  if (text == "0") return 0;
  uint64_t total = 0;
  std::string_view rest = text;
  do {
    const auto number = CutNumber(rest);
    if (!number) return Invalid(fmt::format("{} is no duration such as 10s, 500ms or 1h", quoted));
    const auto unit = std::find_if(kDurationUnits.begin(), kDurationUnits.end(),
                                   [rest](const Unit& u) { return rest.starts_with(u.name); });
    if (unit == kDurationUnits.end()) {
      return Invalid(fmt::format("{} needs a unit: ms, s, m or h", quoted));
    }
    rest.remove_prefix(unit->name.size());
    const auto sum = Accumulate(total, *number, unit->factor);
    if (!sum) return Invalid(fmt::format("{} is too long", quoted));
    total = *sum;
  } while (!rest.empty());
  return static_cast<int64_t>(total);
}

absl::StatusOr<uint64_t> ParseSize(std::string_view text) {
  const std::string quoted = QuoteForMessage(text);
  std::string_view rest = text;
  const auto number = CutNumber(rest);
  const auto unit = std::find_if(kSizeUnits.begin(), kSizeUnits.end(),
                                 [rest](const Unit& u) { return rest == u.name; });
  if (!number || unit == kSizeUnits.end()) {
    return Invalid(fmt::format("{} is no size such as 512Mi or 2Gi", quoted));
  }
  const auto bytes = Accumulate(0, *number, unit->factor);
  if (!bytes) return Invalid(fmt::format("{} is too large", quoted));
  return *bytes;
}

std::string FormatDuration(int64_t milliseconds) {
  std::string out;
  const auto add = [&](int64_t factor, std::string_view unit) {
    if (milliseconds >= factor) out += fmt::format("{}{}", milliseconds / factor, unit);
    milliseconds %= factor;
  };
  add(3'600'000, "h");
  add(60'000, "m");
  add(1'000, "s");
  add(1, "ms");
  return out.empty() ? "0s" : out;
}

FlagSet::FlagSet(std::string program, std::string summary)
    : program_(std::move(program)), summary_(std::move(summary)) {}

void FlagSet::Add(Flag flag, bool takes_value, Setter set) {
  entries_.push_back({std::move(flag), takes_value,
                      [set = std::move(set)](const std::string& value, auto* problems) {
                        if (auto problem = set(value)) problems->push_back(*std::move(problem));
                      }});
}

void FlagSet::Text(Flag flag, std::string* target, Check check) {
  Add(std::move(flag), true, [target, check = std::move(check)](const std::string& value) {
    auto problem = check ? check(value) : std::nullopt;
    if (!problem) *target = value;
    return problem;
  });
}

void FlagSet::List(Flag flag, std::vector<std::string>* target, Check check) {
  auto fresh = std::make_shared<bool>(true);
  entries_.push_back(
      {std::move(flag), true,
       [target, fresh, check = std::move(check)](const std::string& value, auto* problems) {
         const std::vector<std::string> items = SplitCommas(value);
         if (items.empty()) problems->push_back("is empty");
         if (*fresh) target->clear();
         *fresh = false;
         for (const std::string& item : items) {
           const auto problem = check ? check(item) : std::nullopt;
           if (problem) problems->push_back(*problem);
           target->push_back(item);
         }
       }});
}

void FlagSet::Switch(Flag flag, bool* target) {
  Add(std::move(flag), false, [target](const std::string& value) -> std::optional<std::string> {
    if (value != "true" && value != "false") {
      return fmt::format("{} is neither true nor false", QuoteForMessage(value));
    }
    *target = value == "true";
    return std::nullopt;
  });
}

void FlagSet::Duration(Flag flag, int64_t min_ms, int64_t max_ms, int64_t unit_ms,
                       std::function<void(int64_t)> set) {
  Add(std::move(flag), true, [=](const std::string& value) -> std::optional<std::string> {
    const auto parsed = ParseDuration(value);
    if (!parsed.ok()) return std::string(parsed.status().message());
    if (*parsed < min_ms || *parsed > max_ms || *parsed % unit_ms != 0) {
      return fmt::format("{} is not a multiple of {} from {} to {}", QuoteForMessage(value),
                         FormatDuration(unit_ms), FormatDuration(min_ms), FormatDuration(max_ms));
    }
    set(*parsed);
    return std::nullopt;
  });
}

void FlagSet::Number(Flag flag, uint64_t min, uint64_t max, std::function<void(uint64_t)> set) {
  Add(std::move(flag), true, [=](const std::string& value) -> std::optional<std::string> {
    std::string_view rest = value;
    const auto number = CutNumber(rest);
    if (!number || !rest.empty() || *number < min || *number > max) {
      return fmt::format("{} is not a whole number from {} to {}", QuoteForMessage(value), min,
                         max);
    }
    set(*number);
    return std::nullopt;
  });
}

void FlagSet::Size(Flag flag, uint64_t min_bytes, std::function<void(uint64_t)> set) {
  Add(std::move(flag), true, [=](const std::string& value) -> std::optional<std::string> {
    const auto parsed = ParseSize(value);
    if (!parsed.ok()) return std::string(parsed.status().message());
    if (*parsed < min_bytes) {
      return fmt::format("{} is below the least allowed, {} bytes", QuoteForMessage(value),
                         min_bytes);
    }
    set(*parsed);
    return std::nullopt;
  });
}

void FlagSet::Choice(Flag flag, std::vector<std::string> choices, std::function<void(size_t)> set) {
  Add(std::move(flag), true, [=](const std::string& value) -> std::optional<std::string> {
    const auto it = std::find(choices.begin(), choices.end(), value);
    if (it == choices.end()) {
      return fmt::format("{} is none of: {}", QuoteForMessage(value), fmt::join(choices, ", "));
    }
    set(static_cast<size_t>(it - choices.begin()));
    return std::nullopt;
  });
}

void FlagSet::LogFlags(LogFormat* format, LogLevel* level) {
  Choice({"log-format", "FORMAT", "text", "text or json (one object a line); to stderr", ""},
         {"text", "json"}, [format](size_t i) { *format = static_cast<LogFormat>(i); });
  Choice({"log-level", "LEVEL", "info", "debug, info, warning or error", ""},
         {"debug", "info", "warning", "error"},
         [level](size_t i) { *level = static_cast<LogLevel>(i); });
}

FlagSet::Entry* FlagSet::Find(std::string_view name) {
  const auto it = std::find_if(entries_.begin(), entries_.end(),
                               [name](const Entry& entry) { return entry.flag.name == name; });
  return it == entries_.end() ? nullptr : &*it;
}

void FlagSet::ParseOne(const std::vector<std::string>& arguments, size_t* index,
                       std::vector<std::string>* problems) {
  const std::string& argument = arguments[*index];
  if (!argument.starts_with("--") || argument.size() == 2) {
    problems->push_back(
        fmt::format("{}: unexpected argument; see --help", QuoteForMessage(argument)));
    return;
  }
  const size_t equals = argument.find('=');
  const std::string name = argument.substr(2, equals == std::string::npos ? equals : equals - 2);
  Entry* entry = Find(name);
  if (entry == nullptr) {
    problems->push_back(fmt::format("{}: no such flag; see --help", QuoteForMessage("--" + name)));
    // What follows is most likely its value.
    const bool value_follows = equals == std::string::npos && *index + 1 < arguments.size() &&
                               !arguments[*index + 1].starts_with("-");
    if (value_follows) ++*index;
    return;
  }
  entry->given = true;
  std::string value = "true";
  if (equals != std::string::npos) {
    value = argument.substr(equals + 1);
  } else if (entry->takes_value) {
    if (*index + 1 >= arguments.size() || arguments[*index + 1].starts_with("--")) {
      problems->push_back(fmt::format("--{}: needs a value ({})", name, entry->flag.value));
      return;
    }
    value = arguments[++*index];
  }
  Set(*entry, value, "--" + name, problems);
}

void FlagSet::Set(const Entry& entry, const std::string& value, const std::string& from,
                  std::vector<std::string>* problems) {
  std::vector<std::string> found;
  entry.set(value, &found);
  for (const std::string& problem : found) {
    problems->push_back(fmt::format("{}: {}", from, problem));
  }
}

FlagSet::Outcome FlagSet::Parse(const std::vector<std::string>& arguments,
                                const std::map<std::string, std::string>& environment,
                                std::vector<std::string>* problems) {
  const auto given = [&arguments](std::string_view flag) {
    return std::find(arguments.begin(), arguments.end(), flag) != arguments.end();
  };
  if (given("--help") || given("-h")) return Outcome::kHelp;
  if (given("--version")) return Outcome::kVersion;
  for (size_t i = 0; i < arguments.size(); ++i) ParseOne(arguments, &i, problems);
  for (Entry& entry : entries_) {
    if (entry.given || entry.flag.env.empty()) continue;
    const auto variable = environment.find(entry.flag.env);
    if (variable == environment.end() || variable->second.empty()) continue;
    Set(entry, variable->second, entry.flag.env + " (environment)", problems);
  }
  return Outcome::kRun;
}

std::string FlagSet::Help() const {
  std::string out = fmt::format("Usage: {} [flags]\n\n{}\n\nFlags:\n", program_, summary_);
  for (const Entry& entry : entries_) {
    const Flag& flag = entry.flag;
    out += fmt::format("  --{}{}{}\n      {}\n", flag.name, flag.value.empty() ? "" : " ",
                       flag.value, flag.help);
    out += fmt::format("      Default: {}{}\n", flag.default_value,
                       flag.env.empty() ? "" : fmt::format("; environment: {}", flag.env));
  }
  out += "  --help\n      This text.\n  --version\n      Version, commit and compiler.\n";
  return out;
}

std::map<std::string, std::string> Environment() {
  std::map<std::string, std::string> out;
  for (char** entry = environ; entry != nullptr && *entry != nullptr; ++entry) {
    const std::string_view text(*entry);
    const size_t equals = text.find('=');
    if (equals == std::string_view::npos) continue;
    out.emplace(text.substr(0, equals), text.substr(equals + 1));
  }
  return out;
}

}  // namespace kubemonitor

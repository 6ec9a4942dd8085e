#ifndef KUBEMONITOR_COMMON_FLAGS_H_
#define KUBEMONITOR_COMMON_FLAGS_H_

// The command line of the programs. Flags are declared one by one, each with where its value goes;
// everything that is wrong is found in one pass. A value comes from the command line, else from the
// environment, else it stays as the target was.

#include <absl/status/statusor.h>

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "common/log.h"

namespace kubemonitor {

// "10s", "1h", "500ms", "1h30m": milliseconds.
absl::StatusOr<int64_t> ParseDuration(std::string_view text);
// "512Mi", "2Gi", "1000000", "1k": bytes. Ki, Mi, Gi, Ti are powers of 1024, k, M, G, T of 1000.
absl::StatusOr<uint64_t> ParseSize(std::string_view text);
// "10s", "1h", "1h30m", "0s": what ParseDuration reads.
std::string FormatDuration(int64_t milliseconds);

struct Flag {
  std::string name;           // without dashes
  std::string value;          // what stands for the value in --help: "DURATION"
  std::string default_value;  // as --help shows it
  std::string help;           // with the unit and what is allowed
  std::string env;            // environment variable; empty: none
};

// Not thread-safe; used once, in main.
class FlagSet {
 public:
  // A text's check returns what is wrong with it, or nothing.
  using Check = std::function<std::optional<std::string>(const std::string&)>;

  FlagSet(std::string program, std::string summary);

  void Text(Flag flag, std::string* target, Check check = nullptr);
  // May be given several times, and hold several values separated by commas. The first one replaces
  // the default.
  void List(Flag flag, std::vector<std::string>* target, Check check = nullptr);
  void Switch(Flag flag, bool* target);
  // Whole multiples of `unit_ms` between the two ends.
  void Duration(Flag flag, int64_t min_ms, int64_t max_ms, int64_t unit_ms,
                std::function<void(int64_t)> set);
  // A whole number between the two ends.
  void Number(Flag flag, uint64_t min, uint64_t max, std::function<void(uint64_t)> set);
  void Size(Flag flag, uint64_t min_bytes, std::function<void(uint64_t)> set);
  void Choice(Flag flag, std::vector<std::string> choices, std::function<void(size_t)> set);
  // --log-format and --log-level, which all programs have.
  void LogFlags(LogFormat* format, LogLevel* level);

  enum class Outcome : uint8_t { kRun, kHelp, kVersion };
  // `arguments` without the program's name. What is wrong is appended to `problems`, one sentence
  // each; nothing is, when help or version is asked for.
  Outcome Parse(const std::vector<std::string>& arguments,
                const std::map<std::string, std::string>& environment,
                std::vector<std::string>* problems);
  // The text of --help.
  std::string Help() const;

 private:
  struct Entry {
    Flag flag;
    bool takes_value = true;
    // Appends what is wrong with the value.
    std::function<void(const std::string& value, std::vector<std::string>* problems)> set;
    bool given = false;
  };
  // Returns what is wrong with the value.
  using Setter = std::function<std::optional<std::string>(const std::string&)>;

  void Add(Flag flag, bool takes_value, Setter set);
  static void Set(const Entry& entry, const std::string& value, const std::string& from,
                  std::vector<std::string>* problems);
  Entry* Find(std::string_view name);
  void ParseOne(const std::vector<std::string>& arguments, size_t* index,
                std::vector<std::string>* problems);

  std::string program_;
  std::string summary_;
  std::vector<Entry> entries_;
};

// The variables of the process.
std::map<std::string, std::string> Environment();

}  // namespace kubemonitor

#endif  // KUBEMONITOR_COMMON_FLAGS_H_

#include "common/log.h"

#include <spdlog/pattern_formatter.h>
#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

#include <memory>
#include <string>

#include "common/text.h"

namespace kubemonitor {
namespace {

constexpr char kJsonPattern[] = R"({"time":"%Y-%m-%dT%H:%M:%S.%eZ","level":"%l","message":"%v"})";
constexpr char kTextPattern[] = "%Y-%m-%dT%H:%M:%S.%eZ %L %v";
constexpr size_t kMaxMessage = 4096;

// At most kMaxMessage bytes of `text`, as valid UTF-8.
std::string Bounded(std::string_view text) {
  std::string out = SanitizeUtf8(text.substr(0, kMaxMessage));
  if (out.size() > kMaxMessage) {  // a replacement character is longer than what it replaces
    out.resize(kMaxMessage);
    out.resize(ValidUtf8PrefixLength(out));
  }
  return out;
}

// One line, whatever the text holds; inside a JSON string as well, if it goes there.
std::string Escape(std::string_view text, LogFormat format) {
  std::string out;
  out.reserve(text.size());
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '\n') {
      out += "\\n";
    } else if (byte < 0x20 || byte == 0x7f) {
      out += fmt::format("\\u{:04x}", byte);
    } else {
      if (format == LogFormat::kJson && (c == '"' || c == '\\')) out += '\\';
      out += c;
    }
  }
  return out;
}

// Cuts before it escapes, so that no escape is cut in two.
class LineFormatter final : public spdlog::formatter {
 public:
  explicit LineFormatter(LogFormat format)
      : format_(format),
        pattern_(format == LogFormat::kJson ? kJsonPattern : kTextPattern,
                 spdlog::pattern_time_type::utc) {}

  void format(const spdlog::details::log_msg& message, spdlog::memory_buf_t& out) override {
    const std::string line =
        Escape(Bounded({message.payload.data(), message.payload.size()}), format_);
    spdlog::details::log_msg escaped = message;
    escaped.payload = line;
    pattern_.format(escaped, out);
  }
  std::unique_ptr<spdlog::formatter> clone() const override {
    return std::make_unique<LineFormatter>(format_);
  }

 private:
  const LogFormat format_;
  spdlog::pattern_formatter pattern_;
};

spdlog::logger& Logger() {
  static const std::shared_ptr<spdlog::logger> logger = [] {
    auto made = std::make_shared<spdlog::logger>("kubemonitor",
                                                 std::make_shared<spdlog::sinks::stderr_sink_mt>());
    made->set_formatter(std::make_unique<LineFormatter>(LogFormat::kText));
    return made;
  }();
  return *logger;
}

spdlog::level::level_enum ToSpdlog(LogLevel level) {
  switch (level) {
    case LogLevel::kDebug:
      return spdlog::level::debug;
    case LogLevel::kInfo:
      return spdlog::level::info;
    case LogLevel::kWarning:
      return spdlog::level::warn;
    case LogLevel::kError:
      return spdlog::level::err;
  }
  return spdlog::level::info;
}

}  // namespace

void InitLogging(LogFormat format, LogLevel level) {
  Logger().set_formatter(std::make_unique<LineFormatter>(format));
  Logger().set_level(ToSpdlog(level));
}

bool LogEnabled(LogLevel level) { return Logger().should_log(ToSpdlog(level)); }

void LogMessage(LogLevel level, std::string_view message) {
  Logger().log(ToSpdlog(level), "{}", message);
}

bool LogLimiter::Allow(uint64_t boot_usec, uint64_t* held_back) {
  if (boot_usec < next_usec_) {
    ++held_back_;
    return false;
  }
  *held_back = held_back_;
  held_back_ = 0;
  next_usec_ = boot_usec + period_usec_;
  return true;
}

}  // namespace kubemonitor

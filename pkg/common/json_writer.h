#ifndef KUBEMONITOR_COMMON_JSON_WRITER_H_
#define KUBEMONITOR_COMMON_JSON_WRITER_H_

// JSON written piece by piece: what was written so far can be taken out at any time, so that a long
// list is never in memory as a whole.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace kubemonitor {

// RFC 3339 in UTC, with milliseconds where there are any: "2026-11-23T17:35:10Z". Nullopt outside
// the years 1 to 9999.
std::optional<std::string> FormatRfc3339(int64_t unix_ms);

// One thread at a time. Keys and values alternate as JSON asks; the order is the caller's business.
// Strings may be any bytes: what is not UTF-8 becomes U+FFFD.
class JsonWriter {
 public:
  JsonWriter() = default;
  JsonWriter(const JsonWriter&) = delete;
  JsonWriter& operator=(const JsonWriter&) = delete;

  void StartObject() { Start('{'); }
  void EndObject() { End('}'); }
  void StartArray() { Start('['); }
  void EndArray() { End(']'); }
  void Key(std::string_view key) {
    String(key);
    text_.push_back(':');
    follows_ = false;
  }

  void String(std::string_view text);
  void Bool(bool value) { Literal(value ? "true" : "false"); }
  void Null() { Literal("null"); }
  void Raw(std::string_view json) { Literal(json); }  // a value that is JSON already
  void Integer(int64_t value);
  void Unsigned(uint64_t value);
  // Rounded to three decimals, whole numbers without a point. What JSON cannot say (infinite, NaN)
  // is null: nothing was measured.
  void Number(double value);
  void NumberOrNull(std::optional<double> value);

  // A key with its value; the …If forms write nothing when there is no value (or an empty text).
  void TextField(std::string_view key, std::string_view text);
  void TextFieldIf(std::string_view key, std::string_view text);
  void BoolField(std::string_view key, bool value);
  void UnsignedField(std::string_view key, uint64_t value);
  void UnsignedFieldIf(std::string_view key, std::optional<uint64_t> value);
  void IntegerField(std::string_view key, int64_t value);
  void NumberField(std::string_view key, double value);
  void NumberFieldIf(std::string_view key, std::optional<double> value);
  void NumberOrNullField(std::string_view key, std::optional<double> value);
  void TimeFieldIf(std::string_view key, std::optional<int64_t> unix_ms);

  // Bytes that Take would give.
  size_t size() const { return text_.size(); }
  // Replaces *chunk by all that was written since the last Take.
  void Take(std::string* chunk);

 private:
  void Start(char bracket) {
    Separate();
    text_.push_back(bracket);
    follows_ = false;
  }
  void End(char bracket) {
    text_.push_back(bracket);
    follows_ = true;
  }
  // What comes now is a value, or a key.
  void Separate() {
    if (follows_) text_.push_back(',');
    follows_ = true;
  }
  void Literal(std::string_view text) {
    Separate();
    text_.append(text);
  }

  std::string text_;
  bool follows_ = false;  // what comes next has one before it in the same object or array
};

}  // namespace kubemonitor

#endif  // KUBEMONITOR_COMMON_JSON_WRITER_H_

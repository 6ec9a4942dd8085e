#ifndef KUBEMONITOR_APISERVER_STORE_BYTE_CODEC_H_
#define KUBEMONITOR_APISERVER_STORE_BYTE_CODEC_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace kubemonitor {

// Small values one after the other in few bytes. For the server's own memory: nothing of it
// leaves the process, so the reader trusts what it reads.
class ByteWriter {
 public:
  void Byte(uint8_t value) { bytes_.push_back(static_cast<char>(value)); }
  void Varint(uint64_t value);
  void Optional(const std::optional<uint64_t>& value);
  void Text(std::string_view text);
  // A text that may be a number in disguise: canonical UUIDs and lower-case hexadecimal ids take
  // half their size or less. Any other text is kept as it is.
  void Id(std::string_view text);

  const std::string& bytes() const { return bytes_; }

 private:
  std::string bytes_;
};

class ByteReader {
 public:
  explicit ByteReader(std::string_view bytes) : left_(bytes) {}

  bool AtEnd() const { return left_.empty(); }
  uint8_t Byte();
  uint64_t Varint();
  std::optional<uint64_t> Optional();
  std::string_view Text();  // into the bytes given
  std::string Id();
  void SkipId();
  bool IsId(std::string_view text);  // what Id() would give, without making it

 private:
  std::string_view Take(size_t count);
  std::string_view TakeId(uint64_t* form);

  std::string_view left_;
};

}  // namespace kubemonitor

#endif  // KUBEMONITOR_APISERVER_STORE_BYTE_CODEC_H_

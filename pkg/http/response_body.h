// A handler's answer turned into pieces to send: compressed if that is wanted, pulled from its
// source bit by bit so that a slow reader costs a piece of memory and no thread.

#ifndef KUBEMONITOR_HTTP_RESPONSE_BODY_H_
#define KUBEMONITOR_HTTP_RESPONSE_BODY_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "http/content_coding.h"
#include "http/http_types.h"

namespace kubemonitor {

struct BodyOptions {
  size_t piece_bytes = 64 * 1024;  // a piece is about this long
  size_t gzip_min_bytes = 512;     // shorter bodies are not compressed
  int gzip_level = 4;              // 1 to 9
};

// One thread at a time; Create and Fill call the handler's source, hence belong on a worker.
class ResponseBody {
 public:
  // Takes body and source out of *response, adds Content-Encoding and Vary to its headers as they
  // apply, and fills the first piece.
  static std::unique_ptr<ResponseBody> Create(HttpResponse* response, bool client_takes_gzip,
                                              const BodyOptions& options);

  // Replaces the piece by the next one.
  void Fill();

  const std::string& piece() const { return piece_; }
  // This piece is the last one.
  bool ended() const { return ended_; }
  // The source threw or memory ran out: the body is cut off before its end. Implies ended().
  bool failed() const { return failed_; }
  const std::string& failure() const { return failure_; }
  // Known if the whole body is in the first piece.
  std::optional<uint64_t> length() const { return length_; }

 private:
  ResponseBody(HttpResponse* response, const BodyOptions& options);
  bool PullRaw();
  void FillOrThrow();
  void Fail(std::string_view what);

  const BodyOptions options_;
  BodySource source_;
  std::string raw_;        // pulled, not yet sent or compressed
  size_t raw_offset_ = 0;  // of what is left in raw_
  std::unique_ptr<GzipEncoder> gzip_;
  std::string piece_;
  std::optional<uint64_t> length_;
  bool ended_ = false;
  bool failed_ = false;
  std::string failure_;
};

}  // namespace kubemonitor

#endif  // KUBEMONITOR_HTTP_RESPONSE_BODY_H_

// gzip for answers: whether the client takes it, and the encoder.

#ifndef KUBEMONITOR_HTTP_CONTENT_CODING_H_
#define KUBEMONITOR_HTTP_CONTENT_CODING_H_

#include <memory>
#include <string>
#include <string_view>

namespace kubemonitor {

// How much a client likes each coding, in thousandths (RFC 9110 §12.5.3). 0: not accepted; identity
// is acceptable all the same unless nothing else would do.
struct CodingWeights {
  int gzip = 0, brotli = 0, identity = 0;
};

// Of an Accept-Encoding value. "*" stands for the codings that are not named, but for identity. An
// element with a malformed weight counts as not accepted.
CodingWeights ParseAcceptEncoding(std::string_view accept_encoding);

// Whether gzip is the coding to send: it is accepted and not liked less than identity.
bool PrefersGzip(std::string_view accept_encoding);

// A gzip stream. About 130 KiB while it exists. One thread at a time.
class GzipEncoder {
 public:
  // 1 (fast) to 9 (small). Null if zlib has no memory.
  static std::unique_ptr<GzipEncoder> Create(int level);
  ~GzipEncoder();
  GzipEncoder(const GzipEncoder&) = delete;
  GzipEncoder& operator=(const GzipEncoder&) = delete;

  // Both append what is ready to *out and return false if zlib reports an error. zlib keeps some
  // input back; after Finish all of it is out and the encoder is used up.
  bool Write(std::string_view data, std::string* out);
  bool Finish(std::string* out);

 private:
  struct State;
  explicit GzipEncoder(std::unique_ptr<State> state);
  bool Run(std::string_view data, int flush, std::string* out);

  std::unique_ptr<State> state_;
};

}  // namespace kubemonitor

#endif  // KUBEMONITOR_HTTP_CONTENT_CODING_H_

#include "apiserver/kubernetes/gunzip.h"

#include <zlib.h>

#include <array>

namespace kubemonitor {
namespace {

constexpr size_t kStepBytes = 64 * 1024;
constexpr int kGzipOnly = 16;  // added to the window bits

}  // namespace

struct Gunzip::Impl {
  z_stream stream = {};
  State state = State::kMore;
  std::array<unsigned char, kStepBytes> buffer;
};

Gunzip::Gunzip() : impl_(std::make_unique<Impl>()) {
  if (inflateInit2(&impl_->stream, MAX_WBITS + kGzipOnly) != Z_OK) impl_->state = State::kFailed;
}

Gunzip::~Gunzip() { inflateEnd(&impl_->stream); }

Gunzip::State Gunzip::Write(std::string_view data,
                            const std::function<bool(std::string_view)>& out) {
  z_stream& stream = impl_->stream;
  // zlib does not write to its input; its type merely is not const.
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(data.data()));
  stream.avail_in = static_cast<uInt>(data.size());
  while (impl_->state == State::kMore) {
    stream.next_out = impl_->buffer.data();
    stream.avail_out = kStepBytes;
    const int result = inflate(&stream, Z_NO_FLUSH);
    const size_t made = kStepBytes - stream.avail_out;
    if (made > 0 && !out({reinterpret_cast<const char*>(impl_->buffer.data()), made})) {
      impl_->state = State::kStopped;
    } else if (result == Z_STREAM_END) {
      impl_->state = State::kDone;
    } else if (result != Z_OK && result != Z_BUF_ERROR) {
      impl_->state = State::kFailed;
    } else if (stream.avail_out > 0) {
      break;  // all input is used
    }
  }
  return impl_->state;
}

}  // namespace kubemonitor

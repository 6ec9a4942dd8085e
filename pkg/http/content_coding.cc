#include "http/content_coding.h"

#include <zlib.h>

#include <algorithm>
#include <optional>
#include <utility>

namespace kubemonitor {
namespace {

constexpr size_t kStepBytes = 16 * 1024;
// Smaller than zlib's default (256 KiB a stream), since every slow reader holds one.
constexpr int kWindowBits = 14;
constexpr int kMemLevel = 7;
constexpr int kGzipWrapper = 16;  // added to the window bits: gzip instead of zlib framing

std::string_view Trim(std::string_view text) {
  const size_t begin = text.find_first_not_of(" \t");
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(" \t") - begin + 1);
}

std::string Lower(std::string_view text) {
  std::string out(text);
  std::transform(out.begin(), out.end(), out.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
  return out;
}

// A weight in thousandths: "0", "1", "0.5", "1.000", at most three decimals (RFC 9110 §12.4.2).
std::optional<int> ParseWeight(std::string_view text) {
  if (text.empty() || text.size() > 5 || (text[0] != '0' && text[0] != '1')) return std::nullopt;
  int weight = (text[0] - '0') * 1000;
  if (text.size() > 1 && text[1] != '.') return std::nullopt;
  int scale = 100;
  for (char c : text.substr(std::min<size_t>(2, text.size()))) {
    if (c < '0' || c > '9') return std::nullopt;
    weight += (c - '0') * scale;
    scale /= 10;
  }
  if (weight > 1000) return std::nullopt;
  return weight;
}

// The weight of one element: 1000 without q, 0 if malformed.
int ElementWeight(std::string_view parameters) {
  int weight = 1000;
  while (!parameters.empty()) {
    const size_t end = parameters.find(';');
    const std::string parameter = Lower(Trim(parameters.substr(0, end)));
    if (parameter.rfind("q=", 0) == 0) weight = ParseWeight(parameter.substr(2)).value_or(0);
    parameters = end == std::string_view::npos ? std::string_view() : parameters.substr(end + 1);
  }
  return weight;
}

}  // namespace

CodingWeights ParseAcceptEncoding(std::string_view accept_encoding) {
  std::optional<int> gzip;
  std::optional<int> brotli;
  std::optional<int> identity;
  std::optional<int> any;
  while (!accept_encoding.empty()) {
    const size_t end = accept_encoding.find(',');
    const std::string_view element = accept_encoding.substr(0, end);
    const size_t semicolon = element.find(';');
    const std::string name = Lower(Trim(element.substr(0, semicolon)));
    const int weight =
        semicolon == std::string_view::npos ? 1000 : ElementWeight(element.substr(semicolon + 1));
    if (name == "gzip" || name == "x-gzip") gzip = std::max(gzip.value_or(0), weight);
    if (name == "br") brotli = weight;
    if (name == "identity") identity = weight;
    if (name == "*") any = weight;
    accept_encoding =
        end == std::string_view::npos ? std::string_view() : accept_encoding.substr(end + 1);
  }
  return {.gzip = gzip.value_or(any.value_or(0)),
          .brotli = brotli.value_or(any.value_or(0)),
          .identity = identity.value_or(0)};
}

bool PrefersGzip(std::string_view accept_encoding) {
  const CodingWeights weights = ParseAcceptEncoding(accept_encoding);
  return weights.gzip > 0 && weights.gzip >= weights.identity;
}

struct GzipEncoder::State {
  z_stream stream = {};
};

GzipEncoder::GzipEncoder(std::unique_ptr<State> state) : state_(std::move(state)) {}

GzipEncoder::~GzipEncoder() { deflateEnd(&state_->stream); }

std::unique_ptr<GzipEncoder> GzipEncoder::Create(int level) {
  auto state = std::make_unique<State>();
  if (deflateInit2(&state->stream, level, Z_DEFLATED, kWindowBits + kGzipWrapper, kMemLevel,
                   Z_DEFAULT_STRATEGY) != Z_OK) {
    return nullptr;
  }
  return std::unique_ptr<GzipEncoder>(new GzipEncoder(std::move(state)));
}

bool GzipEncoder::Write(std::string_view data, std::string* out) {
  while (!data.empty()) {
    const std::string_view step = data.substr(0, kStepBytes);
    if (!Run(step, Z_NO_FLUSH, out)) return false;
    data.remove_prefix(step.size());
  }
  return true;
}

bool GzipEncoder::Finish(std::string* out) { return Run({}, Z_FINISH, out); }

bool GzipEncoder::Run(std::string_view data, int flush, std::string* out) {
  z_stream& stream = state_->stream;
  // zlib does not write to its input; its type merely is not const.
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(data.data()));
  stream.avail_in = static_cast<uInt>(data.size());
  Bytef buffer[kStepBytes];
  int result = Z_OK;
  do {
    stream.next_out = buffer;
    stream.avail_out = sizeof(buffer);
    result = deflate(&stream, flush);
    if (result == Z_STREAM_ERROR) return false;
    out->append(reinterpret_cast<char*>(buffer), sizeof(buffer) - stream.avail_out);
  } while (stream.avail_out == 0);
  return flush != Z_FINISH || result == Z_STREAM_END;
}

}  // namespace kubemonitor

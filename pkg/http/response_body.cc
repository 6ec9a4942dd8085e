#include "http/response_body.h"

#include <strings.h>

#include <algorithm>
#include <exception>
#include <utility>

namespace kubemonitor {
namespace {

// What is given to zlib at once, so that a piece does not grow far beyond its size.
constexpr size_t kGzipStepBytes = 16 * 1024;

bool HasHeader(const NameValueList& headers, const char* name) {
  return std::any_of(headers.begin(), headers.end(), [&](const auto& header) {
    return strcasecmp(header.first.c_str(), name) == 0;
  });
}

}  // namespace

ResponseBody::ResponseBody(HttpResponse* response, const BodyOptions& options)
    : options_(options), source_(std::move(response->source)), raw_(std::move(response->body)) {
  if (source_) raw_.clear();
  response->source = nullptr;
  response->body.clear();
}

std::unique_ptr<ResponseBody> ResponseBody::Create(HttpResponse* response, bool client_takes_gzip,
                                                   const BodyOptions& options) {
  std::unique_ptr<ResponseBody> body(new ResponseBody(response, options));
  const bool may_gzip = response->compressible && !HasHeader(response->headers, "Content-Encoding");
  try {
    // Enough to see whether compression is worth it.
    if (may_gzip) {
      while (body->raw_.size() < options.gzip_min_bytes && body->PullRaw()) {
      }
      response->headers.emplace_back("Vary", "Accept-Encoding");
    }
    if (may_gzip && client_takes_gzip && body->raw_.size() >= options.gzip_min_bytes) {
      body->gzip_ = GzipEncoder::Create(options.gzip_level);
      if (body->gzip_) response->headers.emplace_back("Content-Encoding", "gzip");
    }
  } catch (const std::exception& e) {
    body->Fail(e.what());
  } catch (...) {
    body->Fail("unknown exception");
  }
  body->Fill();
  if (body->ended_ && !body->failed_) body->length_ = body->piece_.size();
  return body;
}

void ResponseBody::Fill() {
  piece_.clear();
  if (ended_) return;
  try {
    FillOrThrow();
  } catch (const std::exception& e) {
    Fail(e.what());
  } catch (...) {
    Fail("unknown exception");
  }
}

void ResponseBody::FillOrThrow() {
  if (!gzip_ && !source_ && raw_offset_ == 0) {  // the whole body is here: no copy
    piece_ = std::move(raw_);
    ended_ = true;
    return;
  }
  while (piece_.size() < options_.piece_bytes) {
    if (raw_offset_ == raw_.size() && !PullRaw()) {
      if (gzip_ && !gzip_->Finish(&piece_)) return Fail("zlib failed");
      gzip_.reset();
      ended_ = true;
      return;
    }
    const size_t wanted = gzip_ ? kGzipStepBytes : options_.piece_bytes - piece_.size();
    const std::string_view step = std::string_view(raw_).substr(raw_offset_, wanted);
    if (!gzip_) {
      piece_.append(step);
    } else if (!gzip_->Write(step, &piece_)) {
      return Fail("zlib failed");
    }
    raw_offset_ += step.size();
  }
}

// Appends the source's next chunk to raw_; false at the end.
bool ResponseBody::PullRaw() {
  if (!source_) return false;
  if (raw_offset_ == raw_.size()) {
    raw_.clear();
    raw_offset_ = 0;
  }
  std::string chunk;
  if (!source_(&chunk)) {
    source_ = nullptr;
    return false;
  }
  if (raw_.empty()) {
    raw_ = std::move(chunk);
  } else {
    raw_ += chunk;
  }
  return true;
}

void ResponseBody::Fail(std::string_view what) {
  failed_ = true;
  ended_ = true;
  failure_ = what;
  source_ = nullptr;
  gzip_.reset();
}

}  // namespace kubemonitor

#include "apiserver/rest/answer_cache.h"

#include <fmt/format.h>

#include <utility>

#include "http/content_coding.h"

namespace kubemonitor {
namespace {

constexpr size_t kGzipFromBytes = 512;
constexpr int kGzipLevel = 6;  // once for many

// Unambiguous, whatever the parts hold.
std::string KeyOf(const HttpRequest& request) {
  std::string key;
  const auto add = [&key](const std::string& part) {
    key += fmt::format("{}:", part.size());
    key += part;
  };
  for (const std::string& segment : request.segments) add(segment);
  key += '?';
  for (const auto& [name, value] : request.query) {
    add(name);
    add(value);
  }
  return key;
}

bool TakesGzip(const HttpRequest& request) {
  for (const auto& [name, value] : request.headers) {
    if (name == "accept-encoding") return PrefersGzip(value);
  }
  return false;
}

// Takes the body out of the response, streamed or not. False: it is longer, and *response is what
// it was.
bool TakeBody(HttpResponse* response, size_t most, std::string* body) {
  if (!response->source) {
    if (response->body.size() > most) return false;
    *body = std::move(response->body);
    return true;
  }
  std::string chunk;
  while (body->size() <= most) {
    if (!response->source(&chunk)) return true;
    *body += chunk;
  }
  response->source = [begun = std::move(*body), rest = std::move(response->source),
                      first = true](std::string* next) mutable {
    if (!std::exchange(first, false)) return rest(next);
    *next = std::move(begun);
    return true;
  };
  return false;
}

std::string Gzipped(const std::string& body) {
  if (body.size() < kGzipFromBytes) return "";
  const std::unique_ptr<GzipEncoder> encoder = GzipEncoder::Create(kGzipLevel);
  std::string out;
  const bool good = encoder != nullptr && encoder->Write(body, &out) && encoder->Finish(&out);
  return good && out.size() < body.size() ? out : "";
}

}  // namespace

bool WantsItsOwn(const HttpRequest& request) {
  for (const auto& [name, value] : request.headers) {
    if (name == "cache-control" && value.find("no-cache") != std::string::npos) return true;
  }
  return false;
}

HttpResponse AnswerCache::Answer(const HttpRequest& request, const Handler& make) {
  if (WantsItsOwn(request)) return make(request);
  const std::string key = KeyOf(request);
  const std::optional<int64_t> tick_ms = ticks_.Newest();
  SharedPointer answer = Find(key, tick_ms);
  if (answer == nullptr) {
    HttpResponse response = make(request);
    auto fresh = std::make_shared<Shared>();
    const bool shareable = response.status == 200 && response.push == nullptr;
    if (!shareable || !TakeBody(&response, kMostBytesOfOne, &fresh->body)) return response;
    fresh->made_usec = clock_.BootUsec();
    fresh->headers = std::move(response.headers);
    fresh->headers.emplace_back("Vary", "Accept-Encoding");
    fresh->gzip = Gzipped(fresh->body);
    answer = std::move(fresh);
    Keep(key, tick_ms, answer);
  }
  HttpResponse response;
  response.headers = answer->headers;
  response.compressible = false;
  const bool gzip = !answer->gzip.empty() && TakesGzip(request);
  if (gzip) response.headers.emplace_back("Content-Encoding", "gzip");
  response.body = gzip ? answer->gzip : answer->body;
  return response;
}

bool AnswerCache::Fresh(const Shared& answer) const {
  return clock_.BootUsec() - answer.made_usec < static_cast<uint64_t>(kShareMs) * 1000;
}

AnswerCache::SharedPointer AnswerCache::Find(const std::string& key,
                                             std::optional<int64_t> tick_ms) {
  const MutexLock lock(mutex_);
  if (tick_ms != tick_ms_) return nullptr;
  const auto found = answers_.find(key);
  return found != answers_.end() && Fresh(*found->second) ? found->second : nullptr;
}

void AnswerCache::Keep(const std::string& key, std::optional<int64_t> tick_ms,
                       SharedPointer answer) {
  const MutexLock lock(mutex_);
  const size_t size = key.size() + answer->body.size() + answer->gzip.size();
  if (tick_ms != tick_ms_ || bytes_ + size > kMostBytes) {
    answers_.clear();
    bytes_ = 0;
    tick_ms_ = tick_ms;
  }
  SharedPointer& place = answers_[key];
  if (place != nullptr) bytes_ -= key.size() + place->body.size() + place->gzip.size();
  bytes_ += size;
  place = std::move(answer);
}

}  // namespace kubemonitor

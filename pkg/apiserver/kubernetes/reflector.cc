#include "apiserver/kubernetes/reflector.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace kubemonitor {
namespace {

constexpr int kPageSize = 500;
constexpr int64_t kListSilenceMs = 90'000;  // a list may wait for its turn for a minute
constexpr int64_t kListDeadlineMs = 600'000;
constexpr int64_t kMinWatchSeconds = 300, kMaxWatchSeconds = 600;
constexpr int64_t kWatchOverdueMs = 60'000;
// A watch that lasted so long was one: the next follows at once.
constexpr int64_t kWatchLastedMs = 5'000;
constexpr int64_t kWatchProvedMs = 60'000;
constexpr int64_t kMaxRetryAfterMs = 120'000;
constexpr int kMaxUnreadableWatches = 3;
constexpr size_t kMaxRefusalBytes = 16 * 1024;
constexpr uint64_t kMaxListBytes = uint64_t{16} << 30;  // a server may ignore the limit of a page
constexpr uint64_t kMaxWatchBytes = uint64_t{1} << 40;

constexpr std::string_view kJson = "application/json";
constexpr std::string_view kListMetadata =
    "application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1,application/json";
constexpr std::string_view kWatchMetadata =
    "application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1,application/json";

std::string Encoded(std::string_view text) {
  std::string out;
  for (const char c : text) {
    const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                       c == '-' || c == '_' || c == '.' || c == '~';
    if (plain) {
      out.push_back(c);
    } else {
      out += fmt::format("%{:02X}", static_cast<unsigned char>(c));
    }
  }
  return out;
}

bool IsExpired(const ApiStatus& refusal) {
  return refusal.code == 410 || refusal.reason == "Expired" || refusal.reason == "Gone";
}

// Too many requests, or an error of the server's own.
bool IsPassing(int code) { return code == 429 || (code >= 500 && code <= 599); }

std::string Describe(const ApiStatus& refusal) {
  std::string out = refusal.code != 0 ? fmt::format("{}", refusal.code) : "an error";
  if (!refusal.reason.empty()) out += " " + refusal.reason;
  if (!refusal.message.empty()) out += ": " + refusal.message;
  return out;
}

}  // namespace

Reflector::Reflector(KubeKind kind, ClusterCache* cache, const Clock* clock, uint32_t seed)
    : kind_(kind),
      cache_(cache),
      clock_(clock),
      random_(seed),
      metadata_only_(InfoOf(kind).metadata_only) {
  status_.kind = InfoOf(kind).name;
}

Reflector::Step Reflector::Next() {
  const uint64_t now = clock_->BootUsec();
  if (now < not_before_usec_) return {std::nullopt, not_before_usec_ - now};
  began_usec_ = now;
  head_.reset();
  refusal_body_.clear();
  unreadable_ = absl::OkStatus();
  error_event_.reset();
  if (watching_) return {WatchRequest(), 0};
  if (continue_token_.empty()) {
    cache_->BeginList(kind_);
    left_out_ = skipped_ = 0;
  }
  return {ListRequest(), 0};
}

ApiRequest Reflector::ListRequest() const {
  ApiRequest out;
  out.target = InfoOf(kind_).path;
  if (!whole_list_) out.target += fmt::format("?limit={}", kPageSize);
  if (!continue_token_.empty()) out.target += "&continue=" + Encoded(continue_token_);
  out.accept = metadata_only_ ? kListMetadata : kJson;
  out.gzip = true;
  out.silence_ms = kListSilenceMs;
  out.deadline_ms = kListDeadlineMs;
  out.max_body_bytes = kMaxListBytes;
  return out;
}

ApiRequest Reflector::WatchRequest() {
  const int64_t seconds =
      std::uniform_int_distribution<int64_t>(kMinWatchSeconds, kMaxWatchSeconds)(random_);
  ApiRequest out;
  out.target =
      fmt::format("{}?watch=true&allowWatchBookmarks=true&resourceVersion={}&timeoutSeconds={}",
                  InfoOf(kind_).path, Encoded(resource_version_), seconds);
  out.accept = metadata_only_ ? kWatchMetadata : kJson;
  out.silence_ms = kWatchSilenceMs;
  out.deadline_ms = seconds * 1000 + kWatchOverdueMs;
  out.max_body_bytes = kMaxWatchBytes;
  return out;
}

void Reflector::OnHead(const ApiReplyHead& head) {
  head_ = head;
  if (head.status != 200) return;
  Heard();
  if (watching_) {
    watch_ = std::make_unique<WatchReader>(
        kind_, [this](const WatchEvent& event) { return OnEvent(event); });
    status_.watch_open = true;
    Synced();
  } else {
    list_ = std::make_unique<ListReader>(kind_, [this](const KubeObject& object) { Put(object); });
  }
}

bool Reflector::OnBody(std::string_view data) {
  if (watch_ == nullptr && list_ == nullptr) {
    refusal_body_.append(data.substr(0, kMaxRefusalBytes - refusal_body_.size()));
    return refusal_body_.size() < kMaxRefusalBytes;
  }
  Heard();
  unreadable_ = watch_ != nullptr ? watch_->Write(data) : list_->Write(data);
  return unreadable_.ok() && !error_event_;
}

bool Reflector::OnEvent(const WatchEvent& event) {
  if (event.type == WatchEvent::Type::kError) {
    error_event_ = event.status;
    return false;
  }
  const bool deleted = event.type == WatchEvent::Type::kDeleted;
  if (event.type == WatchEvent::Type::kPut && (event.cut || !event.object)) ++skipped_;
  if (event.object && (deleted || event.cut)) {
    // Of a part of an object nothing would be right; and a list would leave it out.
    cache_->Remove(kind_, *event.object, clock_->WallMs());
  } else if (event.object) {
    Put(*event.object);
  }
  if (!event.resource_version.empty()) resource_version_ = event.resource_version;
  status_.last_event_ms = clock_->WallMs();
  unreadables_ = 0;
  return true;
}

void Reflector::OnEnd(const absl::Status& status) {
  const auto list = std::move(list_);
  const auto watch = std::move(watch_);
  status_.watch_open = false;
  if (!head_) return Fail(std::string(status.message()));
  if (head_->status != 200) {
    ApiStatus refusal = ApiStatusFromBody(refusal_body_);
    refusal.code = head_->status;
    if (head_->retry_after_seconds) refusal.retry_after_seconds = head_->retry_after_seconds;
    return Refused(refusal);
  }
  token_refused_ = false;
  refusals_ = 0;
  if (list != nullptr) {
    absl::Status outcome = unreadable_;
    if (outcome.ok()) outcome = status;
    if (outcome.ok()) outcome = list->Finish();
    if (outcome.ok()) {
      skipped_ += list->skipped();
      resource_version_ = list->resource_version();
      continue_token_ = whole_list_ ? "" : list->continue_token();
    }
    return EndOfList(outcome);
  }
  EndOfWatch(watch->AtEventEnd() ? status : absl::DataLossError("the watch ended in an event"));
}

void Reflector::Restart() {
  list_.reset();
  watch_.reset();
  watching_ = false;
  continue_token_.clear();
  Fail("an internal error");
}

void Reflector::EndOfList(const absl::Status& status) {
  if (!status.ok()) return Fail(std::string(status.message()));
  failures_ = 0;
  if (!continue_token_.empty()) {
    status_.state = State::kListing;
    status_.error.clear();
    status_.failing_since_ms.reset();
    return;
  }
  cache_->EndList(kind_, clock_->WallMs());
  status_.listed = true;
  status_.last_event_ms = clock_->WallMs();
  whole_list_ = false;
  watching_ = true;
  Synced();
}

void Reflector::EndOfWatch(const absl::Status& status) {
  const bool lasted = LastedMs() >= kWatchLastedMs;
  if (LastedMs() >= kWatchProvedMs) expiries_ = 0;
  if (lasted) failures_ = 0;
  if (error_event_) return WatchRefused(*error_event_);
  if (!unreadable_.ok()) {
    // What cannot be read comes again from the same version; a list leads past it.
    const std::string why(unreadable_.message());
    if (++unreadables_ >= kMaxUnreadableWatches) {
      unreadables_ = 0;
      watching_ = false;
      continue_token_.clear();
    }
    return Fail(why);
  }
  if (lasted) {
    if (status.ok()) Heard();  // nothing came up to its end
    return;
  }
  Fail(status.ok() ? "the watch ended at once" : std::string(status.message()));
}

void Reflector::WatchRefused(const ApiStatus& refusal) {
  if (IsExpired(refusal)) return ListAgain(Describe(refusal));
  if (!IsPassing(refusal.code)) {  // not to be had from that version on
    watching_ = false;
    continue_token_.clear();
  }
  Fail(Describe(refusal), refusal.retry_after_seconds);
}

void Reflector::Refused(const ApiStatus& refusal) {
  if (refusal.code == 401) {
    // Whoever sends the requests has read the token again.
    if (!std::exchange(token_refused_, true)) return;
    return Fail(Describe(refusal));
  }
  if (refusal.code == 403 || refusal.code == 404) {
    status_.state = refusal.code == 403 ? State::kForbidden : State::kFailing;
    status_.error = Describe(refusal);
    if (refusals_ < kForbiddenSoonTimes) return WaitMs(BackOffMs(refusals_++));
    return WaitMs(kForbiddenRetryMs + BackOffMs(0));
  }
  const bool cannot = refusal.code == 400 || refusal.code == 406 || refusal.code == 415;
  if (cannot && metadata_only_) {
    metadata_only_ = false;
    return;
  }
  if (watching_) return WatchRefused(refusal);
  if (IsExpired(refusal)) {
    whole_list_ = expiries_ > 0;
    return ListAgain(Describe(refusal));
  }
  if (!IsPassing(refusal.code)) continue_token_.clear();
  Fail(Describe(refusal), refusal.retry_after_seconds);
}

void Reflector::ListAgain(std::string_view why) {
  watching_ = false;
  continue_token_.clear();
  status_.state = State::kListing;
  status_.error = why;
  WaitMs(BackOffMs(expiries_++));
}

void Reflector::Put(const KubeObject& object) {
  if (!cache_->Put(kind_, object, clock_->WallMs())) ++left_out_;
}

void Reflector::Fail(std::string error, std::optional<int64_t> retry_after_seconds) {
  if (!status_.failing_since_ms) status_.failing_since_ms = clock_->WallMs();
  status_.state = State::kFailing;
  status_.error = std::move(error);
  int64_t wait_ms = BackOffMs(failures_++);
  if (retry_after_seconds) {
    const int64_t asked_ms = std::min(*retry_after_seconds, kMaxRetryAfterMs / 1000) * 1000;
    wait_ms = std::max(wait_ms, asked_ms);
  }
  WaitMs(wait_ms);
}

void Reflector::WaitMs(int64_t ms) {
  not_before_usec_ = clock_->BootUsec() + static_cast<uint64_t>(ms) * 1000;
}

// Doubles each time; up to twice of that, so that not all come back at once.
int64_t Reflector::BackOffMs(int times) {
  const int64_t base = std::min(kMinBackOffMs << std::min(times, 10), kMaxBackOffMs / 2);
  return std::uniform_int_distribution<int64_t>(base, 2 * base)(random_);
}

void Reflector::Synced() {
  status_.state = State::kSynced;
  status_.error.clear();
  status_.failing_since_ms.reset();
}

int64_t Reflector::LastedMs() const {
  return static_cast<int64_t>((clock_->BootUsec() - began_usec_) / 1000);
}

void Reflector::Heard() { status_.last_heard_ms = clock_->WallMs(); }

KubeKindStatus Reflector::status() const {
  KubeKindStatus out = status_;
  out.objects = cache_->Count(kind_);
  if (!out.error.empty()) return out;
  if (left_out_ > 0) {
    out.error = fmt::format("{} objects are too many to be kept and left out", left_out_);
  } else if (skipped_ > 0) {
    out.error = fmt::format(
        "{} objects or changes of them are too large, or have no name, and left out", skipped_);
  }
  return out;
}

}  // namespace kubemonitor

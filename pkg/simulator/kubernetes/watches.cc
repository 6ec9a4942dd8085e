#include "simulator/kubernetes/watches.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <utility>

#include "simulator/kubernetes/list.h"

namespace kubemonitor {
namespace {

constexpr std::chrono::milliseconds kPause{100};
constexpr uint64_t kBookmarkUsec = 60'000'000;
constexpr uint64_t kShortestUsec = 1'800'000'000;  // of a watch that names no time; twice at most
constexpr size_t kMaxPendingBytes = 16 << 20;
// Of one watch before the others have their turn.
constexpr size_t kMaxChanges = 500;

std::string_view NameOf(ChangeType type) {
  return type == ChangeType::kAdded     ? "ADDED"
         : type == ChangeType::kDeleted ? "DELETED"
                                        : "MODIFIED";
}

std::string ErrorLine(const ApiError& error) {
  JsonWriter json;
  json.StartObject();
  json.TextField("type", "ERROR");
  json.Key("object");
  WriteStatus(error, &json);
  json.EndObject();
  std::string out;
  json.Take(&out);
  out.push_back('\n');
  return out;
}

}  // namespace

Revision RevisionClock::Now() {
  const MutexLock lock(mutex_);
  last_ = std::max(last_, RevisionAt(clock_.WallMs()));
  return last_;
}

Watches::Watches(const ClusterObjects& objects, Journal& journal, RevisionClock& revisions)
    : objects_(objects),
      journal_(journal),
      revisions_(revisions),
      thread_([this](const std::stop_token& stop) { Run(stop); }) {}

Watches::~Watches() {
  thread_.request_stop();
  thread_.join();
}

std::shared_ptr<PushBody> Watches::Open(const ApiRequest& request, Revision from) {
  auto [pusher, body] = MakePushedBody({.max_pending_bytes = kMaxPendingBytes, .on_gone = {}});
  const uint64_t now_usec = revisions_.clock().BootUsec();
  const MutexLock lock(mutex_);
  Watch watch{request, pusher, from, now_usec + kBookmarkUsec, 0};
  const uint64_t usual = kShortestUsec + HashOf(opened_++, 0) % kShortestUsec;
  watch.end_usec = now_usec + (request.timeout_seconds
                                   ? static_cast<uint64_t>(*request.timeout_seconds) * 1'000'000
                                   : usual);
  watches_.push_back(std::move(watch));
  return body;
}

void Watches::EndAll(WatchEnd end) {
  const MutexLock lock(mutex_);
  for (Watch& watch : watches_) {
    if (end == WatchEnd::kExpired) {
      watch.pusher->Push(ErrorLine(Expired("too old resource version: 1 (2)")));
    } else if (end == WatchEnd::kMidLine) {
      const std::string line = BookmarkLine(watch);
      watch.pusher->Push(std::string_view(line).substr(0, line.size() / 2));
    }
    watch.pusher->Close();
  }
  watches_.clear();
}

void Watches::SetSilent(bool silent) {
  const MutexLock lock(mutex_);
  silent_ = silent;
}

void Watches::SetBlind(bool blind) {
  const MutexLock lock(mutex_);
  blind_ = blind;
}

size_t Watches::open() const {
  const MutexLock lock(mutex_);
  return watches_.size();
}

void Watches::Run(const std::stop_token& stop) {
  while (!stop.stop_requested()) {
    Tell();
    const MutexLock lock(mutex_);
    wake_.wait_for(mutex_, stop, kPause, [] { return false; });
  }
  EndAll(WatchEnd::kWhole);
}

void Watches::Tell() {
  const Revision now = revisions_.Now();
  Lines lines;
  const MutexLock lock(mutex_);
  if (silent_) return;
  for (auto watch = watches_.begin(); watch != watches_.end();) {
    watch = TellOne(*watch, now, &lines) ? std::next(watch) : watches_.erase(watch);
  }
}

// False: it is over.
bool Watches::TellOne(Watch& watch, Revision now, Lines* lines) {
  if (!watch.pusher->open() || !TellChanges(watch, now, lines)) return false;
  const uint64_t now_usec = revisions_.clock().BootUsec();
  const bool over = now_usec >= watch.end_usec;
  if (watch.request.bookmarks && (over || now_usec >= watch.bookmark_usec)) {
    watch.bookmark_usec = now_usec + kBookmarkUsec;
    if (!watch.pusher->Push(BookmarkLine(watch))) return false;
  }
  if (over) watch.pusher->Close();
  return !over;
}

bool Watches::TellChanges(Watch& watch, Revision now, Lines* lines) {
  if (blind_) {
    watch.told = now;
    return true;
  }
  const auto changes = journal_.After(watch.request.resource, watch.told, now, kMaxChanges);
  if (!changes) {
    watch.pusher->Push(ErrorLine(Expired(
        fmt::format("too old resource version: {} ({})", watch.told, journal_.compacted(now)))));
    watch.pusher->Close();
    return false;
  }
  for (const Change& change : *changes) {
    if (!TellChange(watch, change, lines)) return false;
  }
  watch.told = changes->size() == kMaxChanges ? changes->back().state.revision : now;
  return true;
}

// What leaves the selection is deleted for this watch, what enters it is added. Only a pod's stage
// can make it do so.
bool Watches::TellChange(const Watch& watch, const Change& change, Lines* lines) {
  const ObjectState& state = change.state;
  ChangeType type = change.type;
  if (!watch.request.selector.selects_all()) {
    const ObjectSource& source = objects_.of(state.ref.resource);
    const ObjectMeta meta = source.MetaOf(state);
    const bool now = watch.request.selector.Matches(source, state, meta);
    bool before = now;
    if (state.ref.resource == Resource::kPods && type != ChangeType::kAdded) {
      before =
          watch.request.selector.Matches(source, {state.ref, state.revision, change.before}, meta);
    }
    if (type == ChangeType::kModified && now != before) {
      type = now ? ChangeType::kAdded : ChangeType::kDeleted;
    } else if (type == ChangeType::kDeleted ? !before : !now) {
      return true;
    }
  }
  const bool metadata_only = watch.request.metadata_only;
  std::string& line = (*lines)[fmt::format("{} {} {} {}", static_cast<int>(state.ref.resource),
                                           state.revision, static_cast<int>(type), metadata_only)];
  if (line.empty()) line = EventLine(objects_, NameOf(type), state, metadata_only);
  return watch.pusher->Push(line);
}

std::string Watches::BookmarkLine(const Watch& watch) const {
  const bool metadata_only = watch.request.metadata_only;
  const Resource resource = watch.request.resource;
  JsonWriter json;
  json.StartObject();
  json.TextField("type", "BOOKMARK");
  json.Key("object");
  json.StartObject();
  json.TextField("kind", metadata_only ? "PartialObjectMetadata" : InfoOf(resource).kind);
  json.TextField("apiVersion", metadata_only ? "meta.k8s.io/v1" : ApiVersionOf(resource));
  json.Key("metadata");
  json.StartObject();
  json.TextField("resourceVersion", std::to_string(watch.told));
  json.Key("creationTimestamp");
  json.Null();
  json.EndObject();
  json.EndObject();
  json.EndObject();
  std::string out;
  json.Take(&out);
  out.push_back('\n');
  return out;
}

}  // namespace kubemonitor

#include "apiserver/ingest/instances.h"

#include <algorithm>

namespace kubemonitor {
namespace {

constexpr uint64_t kWindowUsec = 300'000'000;
constexpr size_t kConflictChanges = 3;
constexpr size_t kMaxSuperseded = 32;

}  // namespace

NodeInstances::Verdict NodeInstances::Admit(std::string_view id, uint64_t now_usec) {
  if (id == current_) {
    last_seen_usec_ = now_usec;
    return Verdict::kCurrent;
  }
  if (std::find(superseded_.begin(), superseded_.end(), id) != superseded_.end()) {
    return Verdict::kSuperseded;
  }
  last_seen_usec_ = now_usec;
  if (current_.empty()) {
    current_ = id;
    return Verdict::kTookOver;
  }
  superseded_.push_back(std::move(current_));
  if (superseded_.size() > kMaxSuperseded) superseded_.pop_front();
  current_ = id;
  while (!changes_usec_.empty() && changes_usec_.front() + kWindowUsec <= now_usec) {
    changes_usec_.pop_front();
  }
  changes_usec_.push_back(now_usec);
  if (changes_usec_.size() > kConflictChanges) changes_usec_.pop_front();
  if (changes_usec_.size() == kConflictChanges || InConflict(now_usec)) {
    conflict_until_usec_ = now_usec + kWindowUsec;
  }
  return Verdict::kTookOver;
}

}  // namespace kubemonitor

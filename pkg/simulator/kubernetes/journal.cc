#include "simulator/kubernetes/journal.h"

#include <algorithm>
#include <utility>

namespace kubemonitor {
namespace {

// Looked at in one go: all pods are, whether they change or not.
constexpr Revision kAhead = RevisionAt(kRevisionEpochMs + 5'000);
constexpr Revision kKept = RevisionAt(kRevisionEpochMs + kCompactionMs);
constexpr size_t kMaxChanges = 200'000;  // of a resource; 48 bytes each

}  // namespace

Journal::Journal(const ObjectContext& context, Revision now)
    : context_(context), compacted_(now), known_(now) {}

void Journal::Extend(Revision now) {
  if (now > known_) {
    const Revision until = now + kAhead;
    for (Change& change : ChangesBetween(context_, known_, until)) {
      changes_[static_cast<size_t>(change.state.ref.resource)].push_back(std::move(change));
    }
    known_ = until;
  }
  if (now > kKept) Forget(now - kKept);
  for (const auto& changes : changes_) {
    if (changes.size() > kMaxChanges) {
      Forget(std::min(now, changes[changes.size() - kMaxChanges].state.revision));
    }
  }
}

void Journal::Forget(Revision upto) {
  if (upto <= compacted_) return;
  compacted_ = upto;
  for (auto& changes : changes_) {
    while (!changes.empty() && changes.front().state.revision <= upto) changes.pop_front();
  }
}

std::optional<std::vector<Change>> Journal::After(Resource resource, Revision after, Revision now,
                                                  size_t max) {
  const MutexLock lock(mutex_);
  Extend(now);
  if (after < compacted_) return std::nullopt;
  const auto& changes = changes_[static_cast<size_t>(resource)];
  const auto revision_of = [](const Change& change) { return change.state.revision; };
  const auto first = std::ranges::upper_bound(changes, after, {}, revision_of);
  const auto last = std::ranges::upper_bound(first, changes.end(), now, {}, revision_of);
  const auto count = std::min(static_cast<size_t>(last - first), max);
  return std::vector<Change>(first, first + static_cast<ptrdiff_t>(count));
}

void Journal::Compact(Revision now) {
  const MutexLock lock(mutex_);
  Extend(now);
  Forget(now);
}

Revision Journal::compacted(Revision now) {
  const MutexLock lock(mutex_);
  Extend(now);
  return compacted_;
}

}  // namespace kubemonitor

#include "collector/publish/tick_log.h"

#include <algorithm>
#include <utility>

#include "metrics.pb.h"
#include "wire/report_codec.h"

namespace kubemonitor {
namespace {

template <typename Message>
std::shared_ptr<const std::string> Serialize(const Message& message) {
  return std::make_shared<const std::string>(message.SerializeAsString());
}

}  // namespace

void TickLog::Add(const Sample& sample, uint64_t now_usec) {
  v1::Tick values;
  EncodeTickValues(sample.tick, &values);
  v1::Tick details;
  EncodeTickDetails(sample.tick, &details);
  const int64_t tick_ms = sample.tick.tick_ms;
  auto bytes = Serialize(values);

  const MutexLock lock(mutex_);
  for (auto it = ticks_.lower_bound(tick_ms); it != ticks_.end(); it = ticks_.erase(it)) {
    bytes_ -= it->second.tick.bytes->size();
  }
  bytes_ += bytes->size();
  details_ = details.ByteSizeLong() == 0 ? nullptr : Serialize(details);
  ticks_[tick_ms] = Entry{{tick_ms, now_usec, std::move(bytes)}, next_number_};
  AddIdentities(sample);
  ++next_number_;
  Trim();
}

void TickLog::AddIdentities(const Sample& sample) {
  for (const auto& identity : sample.identities) {
    if (identity == nullptr) continue;
    Known& known = identities_[identity->object];
    known.logged.last_used = next_number_;
    if (known.identity == identity) continue;
    const bool same = known.identity != nullptr && *known.identity == *identity;
    known.identity = identity;
    if (same) continue;
    v1::Identity message;
    EncodeIdentity(*identity, &message);
    known.logged.object = identity->object;
    known.logged.version = next_version_++;
    known.logged.bytes = Serialize(message);
  }
}

void TickLog::Trim() {
  const int64_t newest_ms = ticks_.rbegin()->first;
  bool dropped = false;
  while (ticks_.size() > 1) {
    const auto oldest = ticks_.begin();
    const bool too_old =
        newest_ms - oldest->first > options_.history_ms || options_.history_ms == 0;
    if (!too_old && bytes_ <= options_.history_bytes) break;
    bytes_ -= oldest->second.tick.bytes->size();
    ticks_.erase(oldest);
    dropped = true;
  }
  if (!dropped) return;
  const uint64_t oldest_number = ticks_.begin()->second.number;
  std::erase_if(identities_, [oldest_number](const auto& entry) {
    return entry.second.logged.last_used < oldest_number;
  });
}

std::optional<TickLog::NewestTick> TickLog::Newest() const {
  const MutexLock lock(mutex_);
  if (ticks_.empty()) return std::nullopt;
  return NewestTick{ticks_.rbegin()->second.tick, details_};
}

std::vector<LoggedTick> TickLog::Ticks() const {
  const MutexLock lock(mutex_);
  std::vector<LoggedTick> out;
  out.reserve(ticks_.size());
  for (const auto& [tick_ms, entry] : ticks_) out.push_back(entry.tick);
  return out;
}

std::vector<LoggedIdentity> TickLog::IdentitiesSince(uint64_t version,
                                                     const std::set<uint32_t>& also) const {
  std::vector<LoggedIdentity> out;
  {
    const MutexLock lock(mutex_);
    if (next_version_ <= version + 1 && also.empty()) return out;
    for (const auto& [object, known] : identities_) {
      if (known.logged.version > version || also.contains(object)) out.push_back(known.logged);
    }
  }
  std::sort(out.begin(), out.end(), [](const LoggedIdentity& a, const LoggedIdentity& b) {
    return std::pair(b.last_used, a.object) < std::pair(a.last_used, b.object);
  });
  return out;
}

std::vector<LoggedIdentity> TickLog::Identities(const std::vector<uint32_t>& objects) const {
  const MutexLock lock(mutex_);
  std::vector<LoggedIdentity> out;
  for (const uint32_t object : objects) {
    const auto it = identities_.find(object);
    if (it != identities_.end()) out.push_back(it->second.logged);
  }
  return out;
}

size_t TickLog::bytes() const {
  const MutexLock lock(mutex_);
  return bytes_;
}

}  // namespace kubemonitor

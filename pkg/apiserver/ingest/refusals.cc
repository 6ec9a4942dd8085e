#include "apiserver/ingest/refusals.h"

#include <algorithm>

#include "common/text.h"

namespace kubemonitor {
namespace {

constexpr size_t kMaxDetails = 3;
constexpr size_t kMaxDetailBytes = 400;

}  // namespace

std::string_view NameOf(RefusalReason reason) {
  switch (reason) {
    case RefusalReason::kInvalid:
      return "invalid";
    case RefusalReason::kTooOld:
      return "tooOld";
    case RefusalReason::kInFuture:
      return "inFuture";
    case RefusalReason::kClockSkew:
      return "clockSkew";
    case RefusalReason::kSuperseded:
      return "superseded";
    case RefusalReason::kOffGrid:
      return "offGrid";
    case RefusalReason::kCapacity:
      return "capacity";
    case RefusalReason::kVersion:
      return "version";
  }
  return "unknown";
}

void RefusalList::Add(RefusalReason reason, uint64_t count, std::string_view detail) {
  if (count == 0) return;
  auto it = std::find_if(items_.begin(), items_.end(),
                         [reason](const Refusal& item) { return item.reason == reason; });
  if (it == items_.end()) it = items_.insert(items_.end(), Refusal{reason, 0, ""});
  it->count += count;
  size_t& details = extra_[static_cast<size_t>(reason)].details;
  if (details == kMaxDetails) return;
  const std::string text = SanitizeUtf8(detail.substr(0, kMaxDetailBytes));
  if (it->detail.find(text) != std::string::npos) return;
  if (details++ > 0) it->detail += "; ";
  it->detail += text;
}

}  // namespace kubemonitor

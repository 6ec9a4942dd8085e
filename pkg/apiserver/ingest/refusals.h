#ifndef KUBEMONITOR_APISERVER_INGEST_REFUSALS_H_
#define KUBEMONITOR_APISERVER_INGEST_REFUSALS_H_

// What one request was refused, by reason.

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "apiserver/store/store.h"

namespace kubemonitor {

inline constexpr size_t kRefusalReasons = 9;  // index: number of the reason; 0 is unused

// "tooOld", as in /api/v1/status.
std::string_view NameOf(RefusalReason reason);

class RefusalList {
 public:
  // `detail`: what, where, what to do. Kept of the first few of a reason, bounded, as UTF-8.
  void Add(RefusalReason reason, uint64_t count, std::string_view detail);

  // One a reason that occurred.
  const std::vector<Refusal>& items() const { return items_; }

 private:
  struct Extra {
    size_t details = 0;
  };
  std::vector<Refusal> items_;
  std::array<Extra, kRefusalReasons> extra_{};
};

}  // namespace kubemonitor

#endif  // KUBEMONITOR_APISERVER_INGEST_REFUSALS_H_

#ifndef KUBEMONITOR_APISERVER_REST_LIST_H_
#define KUBEMONITOR_APISERVER_REST_LIST_H_

// Lists: ordering, paging, and the answer as a stream.

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "apiserver/query/query.h"
#include "apiserver/rest/continue_token.h"
#include "apiserver/rest/item_json.h"
#include "apiserver/rest/parameters.h"
#include "common/mutex.h"
#include "http/http_types.h"

namespace kubemonitor {

// True if `a` stands before `b`.
bool StandsBefore(const SortKey& a, const SortKey& b, const SortOrder& order);

struct PageRequest {
  std::optional<uint64_t> limit, offset;
  std::optional<SortKey> after;  // of a continued list
};

struct Page {
  std::vector<ItemRef> refs;
  uint64_t total = 0;           // of the whole list
  std::optional<SortKey> last;  // of the page, where another one follows
  uint64_t number = 0;          // of the pages made of its list
};

// Items of a query in an order, of which any pages can be made. Thread-safe.
class OrderedList {
 public:
  OrderedList(std::unique_ptr<Query> query, const std::vector<ItemRef>& refs, SortOrder order);
  ~OrderedList();

  Page MakePage(const PageRequest& request) EXCLUDES(mutex_);
  // The items of the page from `first` on, `count` at most. Those of one page are best asked for
  // one after the other.
  std::vector<Item> Describe(const Page& page, size_t first, size_t count) EXCLUDES(mutex_);

  // Estimated.
  size_t MemoryBytes() EXCLUDES(mutex_);
  int64_t tick_ms() const { return tick_ms_; }
  const WindowAxis* axis() const { return axis_; }  // null without a window

 private:
  struct Entry {
    SortKey key;
    ItemRef ref;
  };
  class Keys;

  void SortUpTo(size_t end) REQUIRES(mutex_);

  const SortOrder order_;
  const int64_t tick_ms_;
  const WindowAxis* const axis_;
  Mutex mutex_;
  const std::unique_ptr<Query> query_ PT_GUARDED_BY(mutex_);
  const std::unique_ptr<Keys> keys_ PT_GUARDED_BY(mutex_);
  std::vector<Entry> entries_ GUARDED_BY(mutex_);
  std::vector<Entry*> ordered_ GUARDED_BY(mutex_);  // the first `sorted_` of them stand
  size_t sorted_ GUARDED_BY(mutex_) = 0;
  uint64_t pages_ GUARDED_BY(mutex_) = 0;
  uint64_t expected_page_ GUARDED_BY(mutex_) = 0;  // that the query expects; 0: none
};

// {"window":…,"items":[…],"total":N,"continue":"…"}, one item made at a time while the answer is
// sent. `token` is empty on the last page.
BodySource StreamList(std::shared_ptr<OrderedList> list, Page page, std::string token,
                      ItemShape shape);
// The same as a whole.
std::string WriteList(OrderedList& list, const Page& page, const std::string& token,
                      const ItemShape& shape);

// A piece of a streamed list is at least so long, if there is that much, and one item longer at
// most.
inline constexpr size_t kListChunkBytes = 32 * 1024;

}  // namespace kubemonitor

#endif  // KUBEMONITOR_APISERVER_REST_LIST_H_

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
#include "http/http_types.h"

namespace kubemonitor {

// True if `a` stands before `b`.
bool StandsBefore(const SortKey& a, const SortKey& b, const SortOrder& order);

struct PageRequest {
  SortOrder order;
  std::optional<uint64_t> limit, offset;
  std::optional<SortKey> after;  // of a continued list
};

struct Page {
  std::vector<ItemRef> refs;
  uint64_t total = 0;           // of the whole list
  std::optional<SortKey> last;  // of the page, where another one follows
};

Page MakePage(Query* query, std::vector<ItemRef> refs, const PageRequest& request);

// {"window":…,"items":[…],"total":N,"continue":"…"}, one item made at a time while the answer is
// sent. `token` is empty on the last page. The source owns the query.
BodySource StreamList(std::unique_ptr<Query> query, Page page, std::string token, ItemShape shape);

// A piece of a streamed list is at least so long, if there is that much, and one item longer at
// most.
inline constexpr size_t kListChunkBytes = 32 * 1024;

}  // namespace kubemonitor

#endif  // KUBEMONITOR_APISERVER_REST_LIST_H_

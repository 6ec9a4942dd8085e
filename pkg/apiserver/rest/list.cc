#include "apiserver/rest/list.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "common/json_writer.h"

namespace kubemonitor {
namespace {

struct Entry {
  SortKey key;
  ItemRef ref;
};

// -1, 0 or 1 in ascending order; what has no value is the greatest.
int CompareValues(const std::optional<double>& a, const std::optional<double>& b, bool descending) {
  if (!a || !b) return static_cast<int>(!a.has_value()) - static_cast<int>(!b.has_value());
  if (*a == *b) return 0;
  return (*a < *b) != descending ? -1 : 1;
}

// The keys of a list's items. Where a value decides, names are made of those alone that share one.
class Keys {
 public:
  Keys(Query* query, const SortOrder& order) : query_(query), order_(order) {}

  Entry Make(const ItemRef& ref) {
    Entry entry{{}, ref};
    if (order_.by_name()) {
      entry.key.name = query_->SortName(ref);
      return entry;
    }
    entry.key.value = order_.fact ? query_->SortFact(ref, *order_.fact)
                                  : query_->SortValue(ref, *order_.metric, order_.statistic);
    if (entry.key.value && !std::isfinite(*entry.key.value)) entry.key.value.reset();
    return entry;
  }
  const SortKey& Named(Entry* entry) {
    if (entry->key.name.empty()) entry->key.name = query_->SortName(entry->ref);
    return entry->key;
  }
  bool Before(Entry* a, Entry* b) {
    if (!order_.by_name()) {
      const int by_value = CompareValues(a->key.value, b->key.value, order_.descending);
      if (by_value != 0) return by_value < 0;
    }
    return StandsBefore(Named(a), Named(b), order_);
  }

 private:
  Query* query_;
  const SortOrder& order_;
};

class ListStream {
 public:
  ListStream(std::unique_ptr<Query> query, Page page, std::string token, ItemShape shape)
      : query_(std::move(query)), page_(std::move(page)), token_(std::move(token)), shape_(shape) {}

  bool Next(std::string* chunk) {
    if (state_ == State::kEnded) return false;
    if (state_ == State::kBeginning) Begin();
    while (next_ < page_.refs.size() && json_.size() < kListChunkBytes) {
      json_.StartObject();
      WriteItemFields(query_->Describe(page_.refs[next_++], /*detailed=*/false), shape_, &json_);
      json_.EndObject();
    }
    const bool last = next_ == page_.refs.size();
    if (last) End();
    json_.Take(chunk);
    if (last) chunk->push_back('\n');
    return true;
  }

 private:
  enum class State : uint8_t { kBeginning, kItems, kEnded };

  void Begin() {
    json_.StartObject();
    if (const WindowAxis* axis = query_->axis()) WriteWindow(*axis, &json_);
    json_.Key("items");
    json_.StartArray();
    state_ = State::kItems;
  }

  void End() {
    json_.EndArray();
    json_.UnsignedField("total", page_.total);
    json_.TextFieldIf("continue", token_);
    json_.EndObject();
    state_ = State::kEnded;
  }

  const std::unique_ptr<Query> query_;
  const Page page_;
  const std::string token_;
  const ItemShape shape_;
  JsonWriter json_;
  size_t next_ = 0;
  State state_ = State::kBeginning;
};

}  // namespace

bool StandsBefore(const SortKey& a, const SortKey& b, const SortOrder& order) {
  if (order.by_name()) return order.descending ? b.name < a.name : a.name < b.name;
  const int by_value = CompareValues(a.value, b.value, order.descending);
  return by_value != 0 ? by_value < 0 : a.name < b.name;
}

Page MakePage(Query* query, std::vector<ItemRef> refs, const PageRequest& request) {
  Keys keys(query, request.order);
  std::vector<Entry> entries;
  entries.reserve(refs.size());
  for (const ItemRef& ref : refs) entries.push_back(keys.Make(ref));

  auto first = entries.begin();
  if (request.after) {
    first = std::partition(entries.begin(), entries.end(), [&](Entry& entry) {
      return !StandsBefore(*request.after, keys.Named(&entry), request.order);
    });
  }
  const auto left = [&] { return static_cast<uint64_t>(entries.end() - first); };
  const uint64_t offset = std::min(request.offset.value_or(0), left());
  const uint64_t count = std::min(request.limit.value_or(left()), left() - offset);
  std::vector<Entry*> ordered;
  ordered.reserve(left());
  for (auto entry = first; entry != entries.end(); ++entry) ordered.push_back(&*entry);
  const auto begin = ordered.begin() + static_cast<ptrdiff_t>(offset);
  const auto end = begin + static_cast<ptrdiff_t>(count);
  const auto before = [&keys](Entry* a, Entry* b) { return keys.Before(a, b); };
  if (end == ordered.end()) {
    std::sort(ordered.begin(), end, before);
  } else {
    std::partial_sort(ordered.begin(), end, ordered.end(), before);
  }

  Page page;
  page.total = entries.size();
  if (count > 0 && end != ordered.end()) page.last = keys.Named(*(end - 1));
  page.refs.reserve(count);
  for (auto entry = begin; entry != end; ++entry) page.refs.push_back((*entry)->ref);
  query->Expect(page.refs);
  return page;
}

BodySource StreamList(std::unique_ptr<Query> query, Page page, std::string token, ItemShape shape) {
  auto stream =
      std::make_shared<ListStream>(std::move(query), std::move(page), std::move(token), shape);
  return [stream](std::string* chunk) { return stream->Next(chunk); };
}

}  // namespace kubemonitor

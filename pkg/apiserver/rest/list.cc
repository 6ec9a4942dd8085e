#include "apiserver/rest/list.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "common/json_writer.h"

namespace kubemonitor {
namespace {

// -1, 0 or 1 in ascending order; what has no value is the greatest.
int CompareValues(const std::optional<double>& a, const std::optional<double>& b, bool descending) {
  if (!a || !b) return static_cast<int>(!a.has_value()) - static_cast<int>(!b.has_value());
  if (*a == *b) return 0;
  return (*a < *b) != descending ? -1 : 1;
}

void BeginList(const WindowAxis* axis, JsonWriter* json) {
  json->StartObject();
  if (axis != nullptr) WriteWindow(*axis, json);
  json->Key("items");
  json->StartArray();
}

void WriteItems(const std::vector<Item>& items, const ItemShape& shape, JsonWriter* json) {
  for (const Item& item : items) {
    json->StartObject();
    WriteItemFields(item, shape, json);
    json->EndObject();
  }
}

void EndList(const Page& page, const std::string& token, JsonWriter* json) {
  json->EndArray();
  json->UnsignedField("total", page.total);
  json->TextFieldIf("continue", token);
  json->EndObject();
}

class ListStream {
 public:
  ListStream(std::shared_ptr<OrderedList> list, Page page, std::string token, ItemShape shape)
      : list_(std::move(list)), page_(std::move(page)), token_(std::move(token)), shape_(shape) {
    BeginList(list_->axis(), &json_);
  }

  bool Next(std::string* chunk) {
    if (list_ == nullptr) return false;
    while (next_ < page_.refs.size() && json_.size() < kListChunkBytes) {
      // One with a window may be as large as the piece.
      WriteItems(list_->Describe(page_, next_++, 1), shape_, &json_);
    }
    const bool last = next_ == page_.refs.size();
    if (last) EndList(page_, token_, &json_);
    json_.Take(chunk);
    if (last) {
      chunk->push_back('\n');
      list_ = nullptr;
    }
    return true;
  }

 private:
  std::shared_ptr<OrderedList> list_;  // null: all was given
  const Page page_;
  const std::string token_;
  const ItemShape shape_;
  JsonWriter json_;
  size_t next_ = 0;
};

}  // namespace

bool StandsBefore(const SortKey& a, const SortKey& b, const SortOrder& order) {
  if (order.by_name()) return order.descending ? b.name < a.name : a.name < b.name;
  const int by_value = CompareValues(a.value, b.value, order.descending);
  return by_value != 0 ? by_value < 0 : a.name < b.name;
}

// The keys of a list's items. Where a value decides, names are made of those alone that share one.
class OrderedList::Keys {
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

OrderedList::OrderedList(std::unique_ptr<Query> query, const std::vector<ItemRef>& refs,
                         SortOrder order)
    : order_(order),
      tick_ms_(query->tick_ms()),
      axis_(query->axis()),
      query_(std::move(query)),
      keys_(std::make_unique<Keys>(query_.get(), order_)) {
  const MutexLock lock(mutex_);
  entries_.reserve(refs.size());
  ordered_.reserve(refs.size());
  for (const ItemRef& ref : refs) ordered_.push_back(&entries_.emplace_back(keys_->Make(ref)));
  query_->Expect({});  // what was made to order them is not needed any more
}

OrderedList::~OrderedList() = default;

// A page near the first ones costs little more than a look at every item.
void OrderedList::SortUpTo(size_t end) {
  if (end <= sorted_) return;
  constexpr size_t kSmallPart = 8;
  const bool all = (end - sorted_) * kSmallPart > ordered_.size() - sorted_;
  const auto first = ordered_.begin() + static_cast<ptrdiff_t>(sorted_);
  const auto before = [keys = keys_.get()](Entry* a, Entry* b) { return keys->Before(a, b); };
  if (all) {
    std::sort(first, ordered_.end(), before);
  } else {
    std::partial_sort(first, ordered_.begin() + static_cast<ptrdiff_t>(end), ordered_.end(),
                      before);
  }
  sorted_ = all ? ordered_.size() : end;
}

Page OrderedList::MakePage(const PageRequest& request) {
  const MutexLock lock(mutex_);
  size_t first = 0;
  if (request.after) {
    SortUpTo(ordered_.size());
    const auto stands_after = [this, keys = keys_.get()](const SortKey& key, Entry* entry) {
      return StandsBefore(key, keys->Named(entry), order_);
    };
    const auto next =
        std::upper_bound(ordered_.begin(), ordered_.end(), *request.after, stands_after);
    first = static_cast<size_t>(next - ordered_.begin());
  }
  first += std::min(request.offset.value_or(0), ordered_.size() - first);
  const size_t left = ordered_.size() - first;
  const size_t end = first + std::min(request.limit.value_or(left), left);
  SortUpTo(end);

  Page page;
  page.number = ++pages_;
  page.total = ordered_.size();
  if (first < end && end < ordered_.size()) page.last = keys_->Named(ordered_[end - 1]);
  page.refs.reserve(end - first);
  for (size_t place = first; place < end; ++place) page.refs.push_back(ordered_[place]->ref);
  return page;
}

std::vector<Item> OrderedList::Describe(const Page& page, size_t first, size_t count) {
  const MutexLock lock(mutex_);
  const size_t end = first + std::min(count, page.refs.size() - first);
  std::vector<Item> items;
  if (first == end) return items;
  if (expected_page_ != page.number) query_->Expect(page.refs);
  expected_page_ = page.number;
  items.reserve(end - first);
  for (size_t place = first; place < end; ++place) {
    items.push_back(query_->Describe(page.refs[place], /*detailed=*/false));
  }
  if (end == page.refs.size()) {
    query_->Expect({});
    expected_page_ = 0;
  }
  return items;
}

size_t OrderedList::MemoryBytes() {
  constexpr size_t kNames = 64;  // of an entry
  const MutexLock lock(mutex_);
  return query_->MemoryBytes() + entries_.size() * (sizeof(Entry) + sizeof(Entry*) + kNames);
}

std::string WriteList(OrderedList& list, const Page& page, const std::string& token,
                      const ItemShape& shape) {
  JsonWriter json;
  BeginList(list.axis(), &json);
  WriteItems(list.Describe(page, 0, page.refs.size()), shape, &json);
  EndList(page, token, &json);
  std::string text;
  json.Take(&text);
  text.push_back('\n');
  return text;
}

BodySource StreamList(std::shared_ptr<OrderedList> list, Page page, std::string token,
                      ItemShape shape) {
  auto stream =
      std::make_shared<ListStream>(std::move(list), std::move(page), std::move(token), shape);
  return [stream](std::string* chunk) { return stream->Next(chunk); };
}

}  // namespace kubemonitor

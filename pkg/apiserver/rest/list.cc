#include "apiserver/rest/list.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "apiserver/rest/json_writer.h"

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

SortKey KeyOf(Query* query, const ItemRef& ref, const SortOrder& order) {
  SortKey key;
  key.name = query->SortName(ref);
  if (order.metric) key.value = query->SortValue(ref, *order.metric, order.statistic);
  if (key.value && !std::isfinite(*key.value)) key.value.reset();
  return key;
}

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
  if (!order.metric) return order.descending ? b.name < a.name : a.name < b.name;
  const int by_value = CompareValues(a.value, b.value, order.descending);
  return by_value != 0 ? by_value < 0 : a.name < b.name;
}

Page MakePage(Query* query, std::vector<ItemRef> refs, const PageRequest& request) {
  std::vector<Entry> entries;
  entries.reserve(refs.size());
  for (const ItemRef& ref : refs) entries.push_back({KeyOf(query, ref, request.order), ref});
  const auto before = [&request](const Entry& a, const Entry& b) {
    return StandsBefore(a.key, b.key, request.order);
  };
  std::sort(entries.begin(), entries.end(), before);

  auto first = entries.begin();
  if (request.after) {
    first = std::upper_bound(entries.begin(), entries.end(), Entry{*request.after, {}}, before);
  }
  const auto left = [&] { return static_cast<uint64_t>(entries.end() - first); };
  first += static_cast<ptrdiff_t>(std::min(request.offset.value_or(0), left()));
  const uint64_t count = std::min(request.limit.value_or(left()), left());

  Page page;
  page.total = entries.size();
  if (count > 0 && count < left()) page.last = first[static_cast<ptrdiff_t>(count) - 1].key;
  page.refs.reserve(count);
  for (uint64_t i = 0; i < count; ++i) page.refs.push_back((first++)->ref);
  return page;
}

BodySource StreamList(std::unique_ptr<Query> query, Page page, std::string token, ItemShape shape) {
  auto stream =
      std::make_shared<ListStream>(std::move(query), std::move(page), std::move(token), shape);
  return [stream](std::string* chunk) { return stream->Next(chunk); };
}

}  // namespace kubemonitor

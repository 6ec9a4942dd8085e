#include "apiserver/rest/list_filters.h"

#include <algorithm>

#include "apiserver/query/name_index.h"

namespace kubemonitor {

void KeepNamed(Query* query, std::string_view text, std::vector<ItemRef>* refs) {
  std::erase_if(*refs, [&](const ItemRef& ref) { return RankName(query->Name(ref), text) < 0; });
}

void KeepFound(Query* query, const Findings& findings, FindingKind kind,
               std::vector<ItemRef>* refs) {
  const Finding* finding = findings.Find(kind);
  if (finding == nullptr) return refs->clear();
  std::erase_if(*refs, [&](const ItemRef& ref) {
    const std::optional<ObjectId> object = query->ObjectOf(ref);
    return !object ||
           !std::binary_search(finding->objects.begin(), finding->objects.end(), *object);
  });
}

}  // namespace kubemonitor

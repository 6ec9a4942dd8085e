#include "apiserver/rest/list_filters.h"

#include <algorithm>

#include "apiserver/query/name_index.h"

namespace kubemonitor {
namespace {

template <typename T>
bool Has(const std::vector<T>& sorted, const T& wanted) {
  return std::binary_search(sorted.begin(), sorted.end(), wanted);
}

}  // namespace

void KeepNamed(Query* query, std::string_view text, std::vector<ItemRef>* refs) {
  std::erase_if(*refs, [&](const ItemRef& ref) { return RankName(query->Name(ref), text) < 0; });
}

void KeepFound(Query* query, const Findings& findings, FindingKind kind,
               std::vector<ItemRef>* refs) {
  const Finding* finding = findings.Find(kind);
  if (finding == nullptr) return refs->clear();
  std::erase_if(*refs, [&](const ItemRef& ref) {
    if (ref.kind == ItemKind::kNode && Has(finding->node_names, query->Name(ref))) return false;
    if (ref.kind == ItemKind::kPod && Has(finding->pod_uids, query->KubernetesUid(ref))) {
      return false;
    }
    const std::optional<ObjectId> object = query->ObjectOf(ref);
    return !object || !Has(finding->objects, *object);
  });
}

}  // namespace kubemonitor

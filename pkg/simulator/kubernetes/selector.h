#ifndef KUBEMONITOR_SIMULATOR_KUBERNETES_SELECTOR_H_
#define KUBEMONITOR_SIMULATOR_KUBERNETES_SELECTOR_H_

// labelSelector and fieldSelector, the simple half of the grammar: "k=v", "k==v", "k!=v", and for
// labels also "k" and "!k", joined by commas. What is not known is an error, never ignored.

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "simulator/kubernetes/api_error.h"
#include "simulator/kubernetes/objects.h"

namespace kubemonitor {

class Selector {
 public:
  Selector() = default;  // selects everything
  static ApiResult<Selector> Parse(Resource resource, std::string_view labels,
                                   std::string_view fields, std::string namespace_name);

  bool selects_all() const { return terms_.empty() && namespace_name_.empty(); }
  // Whether the client sent any.
  bool has_terms() const { return !terms_.empty(); }
  bool Matches(const ObjectSource& source, const ObjectState& state, const ObjectMeta& meta) const;

 private:
  struct Term {
    bool field = false;
    std::string key;
    std::optional<std::string> value;  // nothing: the label is there
    bool negated = false;
  };

  static std::optional<Term> ParseTerm(std::string_view text, bool field);
  static bool IsField(Resource resource, std::string_view field);

  std::string namespace_name_;  // empty: all
  std::vector<Term> terms_;
};

}  // namespace kubemonitor

#endif  // KUBEMONITOR_SIMULATOR_KUBERNETES_SELECTOR_H_

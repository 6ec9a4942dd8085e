#ifndef KUBEMONITOR_APISERVER_KUBERNETES_LABEL_SELECTOR_H_
#define KUBEMONITOR_APISERVER_KUBERNETES_LABEL_SELECTOR_H_

#include <absl/status/statusor.h>

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace kubemonitor {

// One condition on a label. A label that is not there fulfils kNotExists and kNotIn.
struct LabelRequirement {
  enum class Operator : uint8_t { kExists, kNotExists, kIn, kNotIn, kGreater, kLess };
  std::string key;
  Operator op = Operator::kExists;
  std::vector<std::string> values;  // sorted; of = and != one
  int64_t bound = 0;                // of > and <

  // `value` null: the label is not there.
  bool Holds(const std::string* value) const;
  bool operator==(const LabelRequirement&) const = default;
};

// A selector in Kubernetes' grammar: requirements separated by commas, all of which must hold.
//
//   app=web,tier in (front, back),!canary,track!=beta,release,generation>3
//
// Immutable.
class LabelSelector {
 public:
  LabelSelector() = default;  // of everything
  // The empty text selects everything. InvalidArgument says what was expected, what was found, and
  // where: the position counts bytes from 1.
  static absl::StatusOr<LabelSelector> Parse(std::string_view text);

  // `labels`: a std::map of strings.
  template <typename Labels>
  bool Matches(const Labels& labels) const {
    for (const LabelRequirement& requirement : requirements_) {
      const auto found = labels.find(requirement.key);
      if (!requirement.Holds(found == labels.end() ? nullptr : &found->second)) return false;
    }
    return true;
  }

  bool empty() const { return requirements_.empty(); }
  const std::vector<LabelRequirement>& requirements() const { return requirements_; }

 private:
  std::vector<LabelRequirement> requirements_;
};

}  // namespace kubemonitor

#endif  // KUBEMONITOR_APISERVER_KUBERNETES_LABEL_SELECTOR_H_

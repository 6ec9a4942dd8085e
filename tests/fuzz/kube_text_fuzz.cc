// Any bytes as a quantity, a label selector, a time or base64, as the first letter chooses.

#include <algorithm>
#include <map>
#include <string>

#include "apiserver/kubernetes/kubeconfig.h"
#include "apiserver/kubernetes/label_selector.h"
#include "apiserver/kubernetes/quantity.h"
#include "apiserver/kubernetes/rfc3339.h"
#include "fuzz/fuzzing.h"

namespace kubemonitor {
namespace {

void CheckQuantity(std::string_view text) {
  const auto value = QuantityValue(text);
  const auto millis = QuantityMillis(text);
  Require(value.has_value() == millis.has_value(), "a quantity is one in any unit");
  if (!value) return;
  const auto magnitude = [](int64_t number) { return number < 0 ? -number : number; };
  Require((*value == 0) == (*millis == 0), "nothing but 0 is 0");
  Require(magnitude(*millis) >= magnitude(*value), "thousandths are more");
  Require(magnitude(*millis) / 1000 <= magnitude(*value), "but not more than a thousand");
}

void CheckSelector(std::string_view text) {
  const auto selector = LabelSelector::Parse(text);
  if (!selector.ok()) {
    Require(selector.status().message().find("position ") == 0, "a refusal says where");
    return;
  }
  std::map<std::string, std::string> labels;
  selector->Matches(labels);
  for (const LabelRequirement& requirement : selector->requirements()) {
    Require(!requirement.key.empty() && requirement.key.size() <= 317, "keys are bounded");
    Require(std::is_sorted(requirement.values.begin(), requirement.values.end()), "sorted values");
    if (!requirement.values.empty()) labels[requirement.key] = requirement.values.front();
  }
  selector->Matches(labels);
}

void Check(std::string_view text) {
  switch (CutChoice(text, 4)) {
    case 0:
      return CheckQuantity(text);
    case 1:
      return CheckSelector(text);
    case 2: {
      const auto ms = ParseRfc3339(text);
      return Require(!ms || (*ms >= 0 && *ms < 253'402'387'200'000), "of this epoch");
    }
    default: {
      const auto decoded = DecodeBase64(text);
      return Require(!decoded || decoded->size() <= text.size(), "base64 is longer");
    }
  }
}

}  // namespace
}  // namespace kubemonitor

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  kubemonitor::Check(kubemonitor::TextOf(data, size));
  return 0;
}

#include "simulator/kubernetes/selector.h"

#include <fmt/format.h>

#include <utility>

#include "common/text.h"

namespace kubemonitor {
namespace {

// More than any client needs.
constexpr size_t kMaxTerms = 32;

std::string_view Trim(std::string_view text) {
  while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
  while (!text.empty() && text.back() == ' ') text.remove_suffix(1);
  return text;
}

bool IsKey(std::string_view key) {
  constexpr std::string_view kOthers = "-_./";
  if (key.empty()) return false;
  for (const char c : key) {
    const bool word = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
    if (!word && kOthers.find(c) == std::string_view::npos) return false;
  }
  return true;
}

}  // namespace

std::optional<Selector::Term> Selector::ParseTerm(std::string_view text, bool field) {
  Term out;
  out.field = field;
  const size_t sign = text.find('=');
  if (sign == std::string_view::npos) {
    out.negated = text.starts_with('!');
    out.key = Trim(text.substr(out.negated ? 1 : 0));
    if (field || !IsKey(out.key)) return std::nullopt;
    return out;
  }
  out.negated = sign > 0 && text[sign - 1] == '!';
  out.key = Trim(text.substr(0, sign - (out.negated ? 1 : 0)));
  std::string_view value = text.substr(sign + 1);
  if (!out.negated && value.starts_with('=')) value.remove_prefix(1);
  out.value = Trim(value);
  const bool valid = IsKey(out.key) && (out.value->empty() || IsKey(*out.value));
  return valid ? std::optional<Term>(out) : std::nullopt;
}

bool Selector::IsField(Resource resource, std::string_view field) {
  if (field == "metadata.name") return true;
  if (field == "metadata.namespace") return InfoOf(resource).namespaced;
  if (resource == Resource::kPods) return field == "spec.nodeName" || field == "status.phase";
  if (resource == Resource::kNodes) return field == "spec.unschedulable";
  return resource == Resource::kNamespaces && field == "status.phase";
}

ApiResult<Selector> Selector::Parse(Resource resource, std::string_view labels,
                                    std::string_view fields, std::string namespace_name) {
  Selector out;
  out.namespace_name_ = std::move(namespace_name);
  for (const bool field : {false, true}) {
    std::string_view rest = field ? fields : labels;
    while (!rest.empty()) {
      const size_t comma = rest.find(',');
      const std::string_view text = Trim(rest.substr(0, comma));
      rest = comma == std::string_view::npos ? "" : rest.substr(comma + 1);
      auto term = ParseTerm(text, field);
      if (!term || out.terms_.size() == kMaxTerms) {
        return BadRequest(fmt::format(
            "unable to parse requirement {}: the simulator takes k=v, k!=v, k and !k alone",
            QuoteForMessage(text, 100)));
      }
      if (field && !IsField(resource, term->key)) {
        return BadRequest(fmt::format("field label not supported: {}", term->key));
      }
      out.terms_.push_back(*std::move(term));
    }
  }
  return out;
}

bool Selector::Matches(const ObjectSource& source, const ObjectState& state,
                       const ObjectMeta& meta) const {
  if (!namespace_name_.empty() && meta.namespace_name != namespace_name_) return false;
  for (const Term& term : terms_) {
    std::optional<std::string> value;
    if (!term.field) {
      const auto found = meta.labels.find(term.key);
      if (found != meta.labels.end()) value = found->second;
    } else if (term.key == "metadata.name") {
      value = meta.name;
    } else if (term.key == "metadata.namespace") {
      value = meta.namespace_name;
    } else {
      value = source.FieldOf(state, term.key);
    }
    // A label that is not there is not equal to anything.
    const bool matches = term.value ? value == term.value : value.has_value();
    if (matches == term.negated) return false;
  }
  return true;
}

}  // namespace kubemonitor

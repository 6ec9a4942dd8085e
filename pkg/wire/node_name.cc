#include "wire/node_name.h"

#include "wire/limits.h"

namespace kubemonitor {
namespace {

bool IsAlphanumeric(char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'); }

bool IsLabel(std::string_view label) {
  if (label.empty() || !IsAlphanumeric(label.front()) || !IsAlphanumeric(label.back()))
    return false;
  for (const char c : label) {
    if (!IsAlphanumeric(c) && c != '-') return false;
  }
  return true;
}

}  // namespace

bool IsNodeName(std::string_view name) {
  if (name.size() > kMaxObjectName) return false;
  while (true) {
    const size_t dot = name.find('.');
    if (!IsLabel(name.substr(0, dot))) return false;
    if (dot == std::string_view::npos) return true;
    name.remove_prefix(dot + 1);
  }
}

}  // namespace kubemonitor

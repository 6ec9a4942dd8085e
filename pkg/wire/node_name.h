#ifndef KUBEMONITOR_WIRE_NODE_NAME_H_
#define KUBEMONITOR_WIRE_NODE_NAME_H_

#include <string_view>

namespace kubemonitor {

// What Kubernetes allows as the name of a node: a DNS subdomain (RFC 1123) of at most 253
// characters: labels of small letters, digits and
// `-`, which begin and end with a letter or digit, joined by dots.
bool IsNodeName(std::string_view name);

}  // namespace kubemonitor

#endif  // KUBEMONITOR_WIRE_NODE_NAME_H_

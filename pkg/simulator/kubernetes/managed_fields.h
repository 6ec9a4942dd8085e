#ifndef KUBEMONITOR_SIMULATOR_KUBERNETES_MANAGED_FIELDS_H_
#define KUBEMONITOR_SIMULATOR_KUBERNETES_MANAGED_FIELDS_H_

// Who set which field: often the biggest part of an object, and of no use to its readers. Here it
// is the same for all objects of a resource, and as long as it usually is.

#include <string_view>

#include "simulator/kubernetes/resource.h"

namespace kubemonitor {

// A JSON array.
std::string_view ManagedFieldsOf(Resource resource);

}  // namespace kubemonitor

#endif  // KUBEMONITOR_SIMULATOR_KUBERNETES_MANAGED_FIELDS_H_

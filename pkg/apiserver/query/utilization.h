#ifndef KUBEMONITOR_APISERVER_QUERY_UTILIZATION_H_
#define KUBEMONITOR_APISERVER_QUERY_UTILIZATION_H_

#include <optional>

#include "apiserver/query/query.h"

namespace kubemonitor {

// Usage in per cent of what was asked for and what is allowed or, of a node or the cluster, of what
// pods may have: the limits of its pods do not bind a node. Memory is the working set. Absent where
// either is not known, or there is nothing to divide by.
struct Utilization {
  std::optional<double> cpu_of_request, cpu_of_limit, memory_of_request, memory_of_limit;
  std::optional<double> cpu_of_allocatable, memory_of_allocatable;
  bool empty() const {
    return !cpu_of_request && !cpu_of_limit && !memory_of_request && !memory_of_limit &&
           !cpu_of_allocatable && !memory_of_allocatable;
  }
};

// Of the values that the item shows.
Utilization UtilizationOf(const Item& item);

}  // namespace kubemonitor

#endif  // KUBEMONITOR_APISERVER_QUERY_UTILIZATION_H_

#ifndef KUBEMONITOR_COLLECTOR_READERS_DESCRIPTOR_BUDGET_H_
#define KUBEMONITOR_COLLECTOR_READERS_DESCRIPTOR_BUDGET_H_

#include <cstddef>

namespace kubemonitor {

// Who may hold how many file descriptors open from tick to tick. What is left of the limit is for
// everything else of the process: connections, sockets, files that are opened, read and closed.
struct DescriptorBudget {
  size_t cgroup_files = 0;   // by the cgroup tree, its directories included
  size_t process_files = 0;  // by the process table
};

// The division of a process's limit of open files.
DescriptorBudget DivideDescriptors(size_t limit);

// That of this process. Raises its soft limit to the hard one first.
DescriptorBudget OwnDescriptorBudget();

}  // namespace kubemonitor

#endif  // KUBEMONITOR_COLLECTOR_READERS_DESCRIPTOR_BUDGET_H_

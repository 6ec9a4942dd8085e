#ifndef KUBEMONITOR_APISERVER_KUBERNETES_POD_GROUPS_H_
#define KUBEMONITOR_APISERVER_KUBERNETES_POD_GROUPS_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "apiserver/kubernetes/cluster.h"

namespace kubemonitor {

// Adds up amounts, of which any may be absent, and takes them away again: nothing is left over.
class AmountSum {
 public:
  void Add(const std::optional<int64_t>& amount) { Change(amount, 1); }
  void Remove(const std::optional<int64_t>& amount) { Change(amount, -1); }
  // Absent: none of them is there.
  std::optional<int64_t> value() const;
  // Absent: not all of so many are there.
  std::optional<int64_t> ValueOfAll(uint64_t count) const;

 private:
  __extension__ using Wide = __int128;
  void Change(const std::optional<int64_t>& amount, int sign) {
    if (!amount) return;
    sum_ += static_cast<Wide>(sign) * *amount;
    count_ += static_cast<uint64_t>(sign);
  }
  Wide sum_ = 0;
  uint64_t count_ = 0;
};

// Adds up what pods that have not ended ask for.
class PodSum {
 public:
  void Add(const ResourceAmounts& requests, const ResourceAmounts& limits);
  void Remove(const ResourceAmounts& requests, const ResourceAmounts& limits);
  Cluster::PodTotals Totals() const;

 private:
  uint64_t pods_ = 0;
  AmountSum cpu_request_, memory_request_, cpu_limit_, memory_limit_;
};

// The pods of each node, or of each namespace, by their numbers, and what they ask for together.
// Snapshots are shared as CowArray's are.
class PodGroups {
 public:
  // What one pod adds.
  struct Member {
    uint32_t number = 0;
    bool counts = true;  // has not ended
    ResourceAmounts requests, limits;
    bool operator==(const Member&) const = default;
  };

  PodGroups Share() {
    ++generation_;
    return *this;
  }

  void Add(std::string_view name, const Member& member);
  void Remove(std::string_view name, const Member& member);

  // Ascending; empty: no such group.
  const std::vector<uint32_t>& Numbers(std::string_view name) const;
  Cluster::PodTotals Totals(std::string_view name) const;
  std::vector<std::string> Names() const;  // in order, of those with a pod
  size_t MemoryBytes() const;

 private:
  struct Group {
    uint64_t generation = 0;
    std::string name;
    std::vector<uint32_t> numbers;
    PodSum sum;
  };

  size_t PlaceOf(std::string_view name) const;
  const Group* Find(std::string_view name) const;
  Group& Writable(size_t place);

  std::vector<std::shared_ptr<Group>> groups_;  // by name
  uint64_t generation_ = 0;
};

}  // namespace kubemonitor

#endif  // KUBEMONITOR_APISERVER_KUBERNETES_POD_GROUPS_H_

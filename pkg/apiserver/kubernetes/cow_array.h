#ifndef KUBEMONITOR_APISERVER_KUBERNETES_COW_ARRAY_H_
#define KUBEMONITOR_APISERVER_KUBERNETES_COW_ARRAY_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

namespace kubemonitor {

// A long array that costs little to take a snapshot of: what was not written since is shared. One
// thread writes and calls Share; what Share returned is read by any number of them.
template <typename T>
class CowArray {
 public:
  static constexpr size_t kPageSize = 64;

  // The array as it is now. Never to be written to.
  CowArray Share() {
    ++generation_;
    return *this;
  }

  const T& operator[](size_t index) const {
    return pages_[index / kPageSize]->values[index % kPageSize];
  }
  // To write. `index` below size(); the reference holds until the next call to this array.
  T& At(size_t index) {
    std::shared_ptr<Page>& page = pages_[index / kPageSize];
    if (page->generation != generation_) {
      page = std::make_shared<Page>(*page);
      page->generation = generation_;
    }
    return page->values[index % kPageSize];
  }
  void GrowTo(size_t size) {
    while (pages_.size() * kPageSize < size) {
      pages_.push_back(std::make_shared<Page>());
      pages_.back()->generation = generation_;
    }
  }
  size_t size() const { return pages_.size() * kPageSize; }
  size_t MemoryBytes() const { return pages_.size() * (sizeof(Page) + sizeof(pages_[0])); }

 private:
  struct Page {
    uint64_t generation = 0;  // in which it was made; later ones share it
    std::array<T, kPageSize> values{};
  };
  std::vector<std::shared_ptr<Page>> pages_;
  uint64_t generation_ = 0;
};

}  // namespace kubemonitor

#endif  // KUBEMONITOR_APISERVER_KUBERNETES_COW_ARRAY_H_

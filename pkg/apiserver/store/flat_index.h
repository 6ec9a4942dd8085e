#ifndef KUBEMONITOR_APISERVER_STORE_FLAT_INDEX_H_
#define KUBEMONITOR_APISERVER_STORE_FLAT_INDEX_H_

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace kubemonitor {

// Makes room for one more, an eighth at a time: these vectors are many and live long.
template <typename T>
void GrowSlowly(std::vector<T>* vector) {
  if (vector->size() == vector->capacity()) {
    vector->reserve(vector->size() + vector->size() / 8 + 4);
  }
}

// Gives back what a vector that shrank does not need any more.
template <typename T>
void ShrinkSlowly(std::vector<T>* vector) {
  if (vector->capacity() > vector->size() + vector->size() / 4 + 4) vector->shrink_to_fit();
}

// Numbers to indexes of objects, in eight bytes each: a sorted vector. Not thread-safe.
class FlatIndex {
 public:
  struct Entry {
    uint32_t key = 0;
    uint32_t index = 0;
    auto operator<=>(const Entry&) const = default;
  };

  // Beside what stands under the same key.
  void Add(uint32_t key, uint32_t index) {
    const Entry entry{key, index};
    GrowSlowly(&entries_);
    entries_.insert(std::upper_bound(entries_.begin(), entries_.end(), entry), entry);
  }
  // In place of it.
  void Set(uint32_t key, uint32_t index) {
    if (const std::span<Entry> found = Range(key); !found.empty()) {
      found.front().index = index;
    } else {
      Add(key, index);
    }
  }
  std::span<const Entry> Find(uint32_t key) const {
    return const_cast<FlatIndex*>(this)->Range(key);
  }
  template <typename Condition>
  void EraseIf(Condition condition) {
    std::erase_if(entries_, condition);
    ShrinkSlowly(&entries_);
  }
  void Clear() { entries_ = {}; }
  size_t size() const { return entries_.size(); }
  size_t MemoryBytes() const { return entries_.capacity() * sizeof(Entry); }

 private:
  std::span<Entry> Range(uint32_t key) {
    const auto first = std::lower_bound(entries_.begin(), entries_.end(), Entry{key, 0});
    auto last = first;
    while (last != entries_.end() && last->key == key) ++last;
    return {first, last};
  }

  std::vector<Entry> entries_;  // ascending
};

}  // namespace kubemonitor

#endif  // KUBEMONITOR_APISERVER_STORE_FLAT_INDEX_H_

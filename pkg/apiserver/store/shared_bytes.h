#ifndef KUBEMONITOR_APISERVER_STORE_SHARED_BYTES_H_
#define KUBEMONITOR_APISERVER_STORE_SHARED_BYTES_H_

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <new>
#include <string_view>
#include <utility>

namespace kubemonitor {

// An immutable byte string behind one pointer, shared by its copies: a shared_ptr<const string> of
// half the size and one allocation. Copies may be made and dropped by several threads.
class SharedBytes {
 public:
  SharedBytes() = default;
  explicit SharedBytes(std::string_view bytes) {
    if (bytes.empty()) return;
    head_ = new (::operator new(sizeof(Head) + bytes.size()))
        Head{{1}, static_cast<uint32_t>(bytes.size())};
    std::memcpy(reinterpret_cast<char*>(head_ + 1), bytes.data(), bytes.size());
  }
  SharedBytes(const SharedBytes& other) : head_(other.head_) {
    if (head_ != nullptr) head_->references.fetch_add(1, std::memory_order_relaxed);
  }
  SharedBytes(SharedBytes&& other) noexcept : head_(std::exchange(other.head_, nullptr)) {}
  SharedBytes& operator=(SharedBytes other) noexcept {
    std::swap(head_, other.head_);
    return *this;
  }
  ~SharedBytes() {
    if (head_ == nullptr || head_->references.fetch_sub(1, std::memory_order_acq_rel) > 1) return;
    head_->~Head();
    ::operator delete(head_);
  }

  bool empty() const { return head_ == nullptr; }
  std::string_view view() const {
    if (head_ == nullptr) return {};
    return {reinterpret_cast<const char*>(head_ + 1), head_->size};
  }
  // Others hold it as well.
  bool shared() const {
    return head_ != nullptr && head_->references.load(std::memory_order_acquire) > 1;
  }
  // What it takes outside of the object, as allocators round it.
  size_t MemoryBytes() const {
    constexpr size_t kGrain = 16;
    if (head_ == nullptr) return 0;
    return (sizeof(Head) + head_->size + kGrain - 1) / kGrain * kGrain;
  }
  bool operator==(const SharedBytes& other) const { return view() == other.view(); }

 private:
  struct Head {
    std::atomic<uint32_t> references;
    uint32_t size;
  };
  Head* head_ = nullptr;  // the bytes follow; null: none
};

}  // namespace kubemonitor

#endif  // KUBEMONITOR_APISERVER_STORE_SHARED_BYTES_H_

#ifndef KUBEMONITOR_APISERVER_KUBERNETES_COW_INDEX_H_
#define KUBEMONITOR_APISERVER_KUBERNETES_COW_INDEX_H_

#include <array>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

namespace kubemonitor {

// From a hash to the numbers of what may be meant, in about twelve bytes each: sorted pieces,
// shared between snapshots as CowArray's pages are. One thread writes and calls Share; what Share
// returned is read by any number of them.
class CowIndex {
 public:
  static constexpr size_t kPieceSize = 256;

  CowIndex Share() {
    ++generation_;
    return *this;
  }

  // One that is there already is not added again; one that is not there is not removed.
  void Add(uint32_t hash, uint32_t number);
  void Remove(uint32_t hash, uint32_t number);

  // Calls function(number) for each number of the hash, ascending, until it returns true: then
  // true.
  template <typename Function>
  bool Find(uint32_t hash, const Function& function) const {
    for (size_t piece = PieceOf({hash, 0}); piece < pieces_.size(); ++piece) {
      const Piece& found = *pieces_[piece].piece;
      for (size_t i = found.LowerBound({hash, 0}); i < found.size; ++i) {
        if (found.entries[i].hash != hash) return false;
        if (function(found.entries[i].number)) return true;
      }
    }
    return false;
  }

  size_t size() const { return size_; }
  size_t MemoryBytes() const { return pieces_.size() * (sizeof(Piece) + sizeof(Place)); }

 private:
  struct Entry {
    uint32_t hash = 0;
    uint32_t number = 0;
    auto operator<=>(const Entry&) const = default;
  };
  struct Piece {
    size_t LowerBound(const Entry& entry) const;
    uint64_t generation = 0;
    uint32_t size = 0;  // never 0
    std::array<Entry, kPieceSize> entries{};
  };
  struct Place {
    Entry first;  // of the piece
    std::shared_ptr<Piece> piece;
  };

  // The last piece that begins at or before the entry, or the first one.
  size_t PieceOf(const Entry& entry) const;
  Piece& Writable(size_t piece);
  void Split(size_t piece);
  void JoinWithNext(size_t piece);

  std::vector<Place> pieces_;
  size_t size_ = 0;
  uint64_t generation_ = 0;
};

}  // namespace kubemonitor

#endif  // KUBEMONITOR_APISERVER_KUBERNETES_COW_INDEX_H_

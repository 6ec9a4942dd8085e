#include "apiserver/kubernetes/cow_index.h"

#include <algorithm>
#include <utility>

namespace kubemonitor {

size_t CowIndex::Piece::LowerBound(const Entry& entry) const {
  const auto end = entries.begin() + size;
  return static_cast<size_t>(std::lower_bound(entries.begin(), end, entry) - entries.begin());
}

size_t CowIndex::PieceOf(const Entry& entry) const {
  const auto after = std::upper_bound(
      pieces_.begin(), pieces_.end(), entry,
      [](const Entry& wanted, const Place& place) { return wanted < place.first; });
  return after == pieces_.begin() ? 0 : static_cast<size_t>(after - pieces_.begin()) - 1;
}

CowIndex::Piece& CowIndex::Writable(size_t piece) {
  std::shared_ptr<Piece>& found = pieces_[piece].piece;
  if (found->generation != generation_) {
    found = std::make_shared<Piece>(*found);
    found->generation = generation_;
  }
  return *found;
}

void CowIndex::Add(uint32_t hash, uint32_t number) {
  const Entry entry{hash, number};
  if (pieces_.empty()) {
    pieces_.push_back({entry, std::make_shared<Piece>()});
    pieces_[0].piece->generation = generation_;
  }
  size_t at = PieceOf(entry);
  if (pieces_[at].piece->size == kPieceSize) {
    Split(at);
    at = PieceOf(entry);
  }
  const size_t place = pieces_[at].piece->LowerBound(entry);
  if (place < pieces_[at].piece->size && pieces_[at].piece->entries[place] == entry) return;
  Piece& piece = Writable(at);
  const auto begin = piece.entries.begin();
  std::copy_backward(begin + place, begin + piece.size, begin + piece.size + 1);
  piece.entries[place] = entry;
  ++piece.size;
  ++size_;
  pieces_[at].first = piece.entries[0];
}

void CowIndex::Remove(uint32_t hash, uint32_t number) {
  const Entry entry{hash, number};
  if (pieces_.empty()) return;
  const size_t at = PieceOf(entry);
  const size_t place = pieces_[at].piece->LowerBound(entry);
  if (place == pieces_[at].piece->size || pieces_[at].piece->entries[place] != entry) return;
  --size_;
  if (pieces_[at].piece->size == 1) {
    pieces_.erase(pieces_.begin() + static_cast<ptrdiff_t>(at));
    return;
  }
  Piece& piece = Writable(at);
  const auto begin = piece.entries.begin();
  std::copy(begin + place + 1, begin + piece.size, begin + place);
  --piece.size;
  pieces_[at].first = piece.entries[0];
  JoinWithNext(at);
}

void CowIndex::Split(size_t at) {
  Piece& piece = Writable(at);
  auto upper = std::make_shared<Piece>();
  upper->generation = generation_;
  const size_t half = piece.size / 2;
  std::copy(piece.entries.begin() + half, piece.entries.begin() + piece.size,
            upper->entries.begin());
  upper->size = static_cast<uint32_t>(piece.size - half);
  piece.size = static_cast<uint32_t>(half);
  const Entry first = upper->entries[0];
  pieces_.insert(pieces_.begin() + static_cast<ptrdiff_t>(at) + 1, {first, std::move(upper)});
}

// Where both are nearly empty: what once was a large cluster does not stay one.
void CowIndex::JoinWithNext(size_t at) {
  if (at + 1 == pieces_.size()) return;
  const Piece& next = *pieces_[at + 1].piece;
  if (pieces_[at].piece->size + next.size > kPieceSize / 2) return;
  Piece& piece = Writable(at);
  std::copy(next.entries.begin(), next.entries.begin() + next.size,
            piece.entries.begin() + piece.size);
  piece.size += next.size;
  pieces_.erase(pieces_.begin() + static_cast<ptrdiff_t>(at) + 1);
}

}  // namespace kubemonitor

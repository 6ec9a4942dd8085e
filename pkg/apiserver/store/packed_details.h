#ifndef KUBEMONITOR_APISERVER_STORE_PACKED_DETAILS_H_
#define KUBEMONITOR_APISERVER_STORE_PACKED_DETAILS_H_

#include <cstddef>
#include <cstdint>

#include "apiserver/store/interner.h"
#include "apiserver/store/shared_bytes.h"
#include "common/node_report.h"

namespace kubemonitor {

// ObjectDetails in few bytes, but for the sender's number, which is dropped. Immutable and cheap to
// copy. Those without devices are limits, of which few different ones exist: they are interned.
class PackedDetails {
 public:
  PackedDetails() = default;  // none
  PackedDetails(const ObjectDetails& details, Interner* interner);

  ObjectDetails Unpack() const;  // not of none
  // As PackedIdentity's: anew with each use.
  class Arrow {
   public:
    explicit Arrow(ObjectDetails details) : details_(std::move(details)) {}
    const ObjectDetails* operator->() const { return &details_; }

   private:
    ObjectDetails details_;
  };
  Arrow operator->() const { return Arrow(Unpack()); }
  bool operator==(std::nullptr_t) const { return bytes_.empty(); }

  // Of what is not in the interner.
  size_t MemoryBytes() const;

 private:
  SharedBytes bytes_;
};

// The newest details of an object and those before them, of the same boot: what rates of devices
// are made from.
class KeptObjectDetails {
 public:
  // When details were read; one for all objects of a tick.
  struct ReadAt {
    int64_t tick_ms = 0;
    uint64_t boot_usec = 0;
    uint32_t epoch = 0;
  };
  static SharedBytes Pack(const ReadAt& at);

  // Details of a tick that is not newer than the newest are dropped. `packed_at` is Pack(at).
  void Offer(const ReadAt& at, const SharedBytes& packed_at, const ObjectDetails& details,
             Interner* interner);

  const PackedDetails& newest() const { return newest_; }
  const PackedDetails& previous() const { return previous_; }
  uint64_t boot_usec() const { return Unpack(newest_at_).boot_usec; }
  uint64_t previous_boot_usec() const { return Unpack(previous_at_).boot_usec; }
  size_t MemoryBytes() const { return newest_.MemoryBytes() + previous_.MemoryBytes(); }

 private:
  static ReadAt Unpack(const SharedBytes& at);

  PackedDetails newest_, previous_;
  SharedBytes newest_at_, previous_at_;
};

}  // namespace kubemonitor

#endif  // KUBEMONITOR_APISERVER_STORE_PACKED_DETAILS_H_

#ifndef KUBEMONITOR_APISERVER_STORE_PACKED_IDENTITY_H_
#define KUBEMONITOR_APISERVER_STORE_PACKED_IDENTITY_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "apiserver/store/interner.h"
#include "apiserver/store/shared_bytes.h"
#include "common/node_report.h"

namespace kubemonitor {

// An Identity in about a tenth of its memory, immutable and cheap to copy; an Identity is made of
// it on demand. What a pod and its containers have in common is held once, and so are equal sets
// of labels.
class PackedIdentity {
 public:
  PackedIdentity() = default;  // of nothing: only to be assigned to
  PackedIdentity(const Identity& identity, Interner* interner);

  Identity Unpack() const;
  // The same in the clothes of a pointer. Each use makes an Identity anew, which lasts as long as
  // the expression: keep no reference into it.
  Identity operator*() const { return Unpack(); }
  class Arrow {
   public:
    explicit Arrow(Identity identity) : identity_(std::move(identity)) {}
    const Identity* operator->() const { return &identity_; }

   private:
    Identity identity_;
  };
  Arrow operator->() const { return Arrow(Unpack()); }
  bool operator==(std::nullptr_t) const { return own_.empty(); }

  // Fields that are had without unpacking all. Views hold as long as this or a copy of it.
  ObjectKind kind() const;
  ContainerType container_type() const;
  std::optional<int64_t> started_at_ms() const;
  std::optional<uint32_t> restart_count() const;
  // Its name, or else its id.
  std::string container_name_or_id() const;
  std::string_view namespace_name() const;
  std::string_view pod_name() const;

  // Of what is not in the interner.
  size_t MemoryBytes() const { return own_.MemoryBytes(); }

 private:
  SharedBytes own_;
  SharedBytes pod_;     // interned: namespace, name, uid
  SharedBytes labels_;  // interned
};

}  // namespace kubemonitor

#endif  // KUBEMONITOR_APISERVER_STORE_PACKED_IDENTITY_H_

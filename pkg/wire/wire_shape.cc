#include "wire/wire_shape.h"

#include <fmt/format.h>

#include <array>
#include <cstdint>

#include "wire/limits.h"

namespace kubemonitor {
namespace {

// The kinds of messages of metrics.proto, as far as their nesting matters.
enum class Shape : uint8_t {
  kLeaf,
  kRequest,
  kIdentity,
  kTick,
  kColumnSet,
  kObjectDetails,
  kNodeDetails
};

struct Nested {
  uint32_t field;
  Shape shape;
  size_t limit;  // of this field inside one message
  const char* name;
};

// Fields of each kind that hold messages. Packed numbers are bounded by the bytes they take.
constexpr std::array<Nested, 4> kRequestFields{
    {{1, Shape::kLeaf, kMaxMetricsPerRequest, "metrics"},
     {9, Shape::kIdentity, kMaxIdentitiesPerRequest, "identities"},
     {10, Shape::kTick, kMaxTicksPerRequest, "ticks"},
     {12, Shape::kLeaf, kMaxBlocksPerRequest, "blocks"}}};
constexpr std::array<Nested, 1> kIdentityFields{{{11, Shape::kLeaf, kMaxLabels, "labels"}}};
constexpr std::array<Nested, 5> kTickFields{
    {{3, Shape::kColumnSet, 1, "containers"},
     {4, Shape::kColumnSet, 1, "pods"},
     {5, Shape::kColumnSet, 1, "node"},
     {6, Shape::kNodeDetails, 1, "node_details"},
     {7, Shape::kObjectDetails, kMaxDetailsPerTick, "object_details"}}};
constexpr std::array<Nested, 1> kColumnSetFields{{{2, Shape::kLeaf, kMaxColumnsPerSet, "columns"}}};
constexpr std::array<Nested, 2> kObjectDetailsFields{
    {{5, Shape::kLeaf, kMaxDevices, "disks"}, {6, Shape::kLeaf, kMaxDevices, "interfaces"}}};
constexpr std::array<Nested, 4> kNodeDetailsFields{
    {{8, Shape::kLeaf, kMaxDevices, "disks"},
     {9, Shape::kLeaf, kMaxDevices, "interfaces"},
     {10, Shape::kLeaf, kMaxUnits, "units"},
     {11, Shape::kLeaf, kMaxProcesses, "processes"}}};
constexpr size_t kMaxNestedFields = 5;

struct NestedFields {
  const Nested* first = nullptr;
  size_t count = 0;
};

template <size_t N>
constexpr NestedFields Of(const std::array<Nested, N>& fields) {
  static_assert(N <= kMaxNestedFields);
  return {fields.data(), N};
}

NestedFields FieldsOf(Shape shape) {
  switch (shape) {
    case Shape::kLeaf:
      return {};
    case Shape::kRequest:
      return Of(kRequestFields);
    case Shape::kIdentity:
      return Of(kIdentityFields);
    case Shape::kTick:
      return Of(kTickFields);
    case Shape::kColumnSet:
      return Of(kColumnSetFields);
    case Shape::kObjectDetails:
      return Of(kObjectDetailsFields);
    case Shape::kNodeDetails:
      return Of(kNodeDetailsFields);
  }
  return {};
}

// Cuts a varint off `rest`. False: cut short, or longer than ten bytes.
bool CutVarint(std::string_view& rest, uint64_t& value) {
  value = 0;
  for (size_t i = 0; i < rest.size() && i < 10; ++i) {
    const auto byte = static_cast<uint8_t>(rest[i]);
    value |= static_cast<uint64_t>(byte & 0x7f) << (7 * i);
    if (byte < 0x80) {
      rest.remove_prefix(i + 1);
      return true;
    }
  }
  return false;
}

bool Skip(std::string_view& rest, uint64_t bytes) {
  if (bytes > rest.size()) return false;
  rest.remove_prefix(bytes);
  return true;
}

absl::Status Malformed() {
  return absl::InvalidArgumentError("the bytes are no serialized MetricsRequest");
}

class ShapeCheck {
 public:
  absl::Status Check(std::string_view bytes, Shape shape) {
    const NestedFields fields = FieldsOf(shape);
    std::array<size_t, kMaxNestedFields> counts{};
    while (!bytes.empty()) {
      uint64_t tag = 0;
      if (!CutVarint(bytes, tag) || tag >> 32 != 0 || tag >> 3 == 0) return Malformed();
      if ((tag & 7) != 2) {
        if (!SkipScalar(bytes, tag & 7)) return Malformed();
        continue;
      }
      uint64_t length = 0;
      if (!CutVarint(bytes, length) || length > bytes.size()) return Malformed();
      const std::string_view content = bytes.substr(0, length);
      bytes.remove_prefix(length);
      for (size_t i = 0; i < fields.count; ++i) {
        const Nested& field = fields.first[i];
        if (field.field != tag >> 3) continue;
        const absl::Status status = CheckNested(content, field, ++counts[i]);
        if (!status.ok()) return status;
      }
    }
    return absl::OkStatus();
  }

 private:
  absl::Status CheckNested(std::string_view content, const Nested& field, size_t count) {
    if (count > field.limit) {
      return absl::InvalidArgumentError(
          fmt::format("more than {} {}: send less in one request", field.limit, field.name));
    }
    if (++messages_ > kMaxMessagesPerRequest) {
      return absl::InvalidArgumentError(fmt::format(
          "more than {} messages inside: send less in one request", kMaxMessagesPerRequest));
    }
    if (field.shape == Shape::kLeaf) return absl::OkStatus();
    return Check(content, field.shape);  // at most four levels: the table has no cycle
  }

  // Groups (types 3 and 4) are not part of proto3.
  static bool SkipScalar(std::string_view& rest, uint64_t type) {
    uint64_t ignored = 0;
    switch (type) {
      case 0:
        return CutVarint(rest, ignored);
      case 1:
        return Skip(rest, 8);
      case 5:
        return Skip(rest, 4);
      default:
        return false;
    }
  }

  size_t messages_ = 0;
};

}  // namespace

absl::Status CheckRequestShape(std::string_view bytes) {
  if (bytes.size() > kMaxRequestBytes) {
    return absl::InvalidArgumentError(fmt::format("the request has {} bytes, at most {} are read",
                                                  bytes.size(), kMaxRequestBytes));
  }
  return ShapeCheck().Check(bytes, Shape::kRequest);
}

}  // namespace kubemonitor

#ifndef KUBEMONITOR_APISERVER_KUBERNETES_JSON_FILTER_H_
#define KUBEMONITOR_APISERVER_KUBERNETES_JSON_FILTER_H_

#include <boost/json/object.hpp>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>

namespace kubemonitor {

// What to keep of a JSON object: the fields of these names. Of a field without `fields` all is
// kept; arrays are looked through. Most of what the Kubernetes API sends (managedFields, templates,
// environments) is never stored that way.
struct JsonShape {
  std::string_view key;
  std::span<const JsonShape> fields = {};
  // An array whose elements, all objects, are handed out one by one as soon as they are whole.
  bool each = false;
  // Of an object that is kept whole: its first fields.
  size_t max_fields = static_cast<size_t>(-1);
};

// Reads JSON objects as their bytes come, keeping what a shape asks for. Memory is bounded by what
// is kept; nesting and texts are bounded too. One thread at a time.
class JsonFilter {
 public:
  using Object = boost::json::object;
  using ElementFunction = std::function<void(const Object& element)>;

  static constexpr size_t kMaxDepth = 100;
  static constexpr size_t kMaxKeyBytes = 1024;        // longer: the field is not kept
  static constexpr size_t kMaxTextBytes = 64 * 1024;  // longer: kept as null
  // Of an element, or of the rest. What is more is left out: of the element, or of the rest, alone.
  static constexpr size_t kMaxKeptBytes = 1024 * 1024;

  // `element` gets what `each` hands out, but for elements that are too large; it must not call
  // back. The shape outlives the filter.
  JsonFilter(std::span<const JsonShape> shape, ElementFunction element);
  ~JsonFilter();
  JsonFilter(const JsonFilter&) = delete;

  enum class State { kMore, kDone, kFailed };
  // Takes the bytes up to the end of the object (and blanks behind it); *consumed says how many.
  State Write(std::string_view data, size_t* consumed);
  // After kDone, up to the next Reset.
  const Object& object() const;
  // Since the last Reset: whether object() lacks something for its size, and how many elements were
  // too large.
  bool cut() const;
  uint64_t skipped() const;
  // After kFailed.
  std::string problem() const;
  // Whether nothing but blanks came since the last Reset.
  bool AtStart() const;
  // The next object begins.
  void Reset();

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace kubemonitor

#endif  // KUBEMONITOR_APISERVER_KUBERNETES_JSON_FILTER_H_

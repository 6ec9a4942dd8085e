#ifndef KUBEMONITOR_APISERVER_KUBERNETES_API_READERS_H_
#define KUBEMONITOR_APISERVER_KUBERNETES_API_READERS_H_

// What the Kubernetes API answers to lists and watches, read as it comes:
//
//   {"kind":"PodList","metadata":{"resourceVersion":"91234","continue":"…"},"items":[{…},{…}]}
//
//   {"type":"ADDED","object":{…}}
//   {"type":"BOOKMARK","object":{"kind":"Pod","metadata":{"resourceVersion":"91301"}}}
//   {"type":"ERROR","object":{"kind":"Status","reason":"Expired","code":410,…}}
//
// One thread at a time.

#include <absl/status/status.h>

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "apiserver/kubernetes/json_filter.h"
#include "apiserver/kubernetes/objects.h"

namespace kubemonitor {

// A refusal: the body of an error reply, or an ERROR event.
struct ApiStatus {
  int code = 0;  // as HTTP has it; 0: not told
  std::string reason, message;
  std::optional<int64_t> retry_after_seconds;
};
// `body` may be anything, a proxy's text for instance: then that is the message.
ApiStatus ApiStatusFromBody(std::string_view body);

// Reads one page of a list.
class ListReader {
 public:
  using ObjectFunction = std::function<void(KubeObject object)>;

  ListReader(KubeKind kind, ObjectFunction object);

  absl::Status Write(std::string_view data);
  // The body has ended: an error if the page has not, or does not say its version.
  absl::Status Finish();

  // After Finish.
  const std::string& resource_version() const { return resource_version_; }
  const std::string& continue_token() const { return continue_token_; }  // empty: the last page
  // Items that were too large, or without name or uid.
  uint64_t skipped() const { return nameless_ + filter_.skipped(); }

 private:
  const std::vector<JsonShape> shape_;
  uint64_t nameless_ = 0;
  JsonFilter filter_;
  bool done_ = false;
  std::string resource_version_, continue_token_;
};

struct WatchEvent {
  enum class Type : uint8_t { kPut, kDeleted, kBookmark, kError, kUnknown };
  Type type = Type::kUnknown;
  std::string resource_version;      // of the object; empty: not told
  std::optional<KubeObject> object;  // of kPut and kDeleted; absent: without name or uid
  bool cut = false;                  // too large: `object` lacks something
  ApiStatus status;                  // of kError
};

// Reads the events of a watch.
class WatchReader {
 public:
  static constexpr size_t kMaxEventBytes = size_t{16} << 20;

  // Returns false: nothing more is wanted.
  using EventFunction = std::function<bool(WatchEvent event)>;

  WatchReader(KubeKind kind, EventFunction event);

  // An error if it is no JSON object, or an endless one.
  absl::Status Write(std::string_view data);
  // Whether the last event is whole.
  bool AtEventEnd() const { return filter_.AtStart(); }

 private:
  WatchEvent EventOf(const JsonFilter::Object& json) const;

  const KubeKind kind_;
  const EventFunction event_;
  const std::vector<JsonShape> object_shape_, shape_;
  JsonFilter filter_;
  size_t event_bytes_ = 0;
  bool stopped_ = false;
};

}  // namespace kubemonitor

#endif  // KUBEMONITOR_APISERVER_KUBERNETES_API_READERS_H_

#include "apiserver/kubernetes/api_readers.h"

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <utility>

#include "apiserver/kubernetes/json_fields.h"
#include "apiserver/kubernetes/objects_json.h"
#include "common/text.h"

namespace kubemonitor {
namespace {

constexpr size_t kMaxTokenBytes = 16 * 1024;  // of continue
constexpr size_t kMaxMessageBytes = 500;

constexpr JsonShape kDetailsShape[] = {{"retryAfterSeconds"}};
constexpr JsonShape kStatusShape[] = {
    {"kind"}, {"code"}, {"reason"}, {"message"}, {"details", kDetailsShape}};
constexpr JsonShape kListMetadataShape[] = {{"resourceVersion"}, {"continue"}};

std::vector<JsonShape> ListShape(KubeKind kind) {
  return {{"kind"}, {"metadata", kListMetadataShape}, {"items", ShapeOf(kind), true}};
}

// An object of the kind, or a Status.
std::vector<JsonShape> ObjectOrStatusShape(KubeKind kind) {
  const std::span<const JsonShape> shape = ShapeOf(kind);
  std::vector<JsonShape> out(shape.begin(), shape.end());
  out.insert(out.end(), std::begin(kStatusShape), std::end(kStatusShape));
  return out;
}

std::string Shortened(std::string_view text) {
  std::string out = SanitizeUtf8(text.substr(0, kMaxMessageBytes));
  for (char& c : out) {
    if (static_cast<unsigned char>(c) < 0x20) c = ' ';
  }
  return out;
}

ApiStatus StatusOf(const JsonObject& json) {
  ApiStatus out;
  const int64_t code = CountField(json, "code").value_or(0);
  out.code = code <= 999 ? static_cast<int>(code) : 0;
  out.reason = TextField(json, "reason");
  out.message = Shortened(TextField(json, "message", JsonFilter::kMaxTextBytes));
  if (const JsonObject* details = ObjectField(json, "details")) {
    out.retry_after_seconds = CountField(*details, "retryAfterSeconds");
  }
  return out;
}

absl::Status Malformed(std::string_view what, const std::string& problem) {
  return absl::DataLossError(fmt::format("{} is not what Kubernetes answers: {}", what, problem));
}

WatchEvent::Type TypeOf(std::string_view text) {
  if (text == "ADDED" || text == "MODIFIED") return WatchEvent::Type::kPut;
  if (text == "DELETED") return WatchEvent::Type::kDeleted;
  if (text == "BOOKMARK") return WatchEvent::Type::kBookmark;
  if (text == "ERROR") return WatchEvent::Type::kError;
  return WatchEvent::Type::kUnknown;
}

}  // namespace

ApiStatus ApiStatusFromBody(std::string_view body) {
  JsonFilter filter(kStatusShape, nullptr);
  size_t consumed = 0;
  if (filter.Write(body, &consumed) == JsonFilter::State::kDone) return StatusOf(filter.object());
  ApiStatus out;
  out.message = Shortened(body);
  return out;
}

ListReader::ListReader(KubeKind kind, ObjectFunction object)
    : shape_(ListShape(kind)),
      filter_(shape_, [this, kind, object = std::move(object)](const JsonObject& json) {
        if (std::optional<KubeObject> read = ObjectFromJson(kind, json)) {
          object(*std::move(read));
        } else {
          ++nameless_;
        }
      }) {}

absl::Status ListReader::Write(std::string_view data) {
  if (done_) {
    const bool blank = data.find_first_not_of(" \t\r\n") == std::string_view::npos;
    return blank ? absl::OkStatus() : Malformed("the list", "something follows it");
  }
  size_t consumed = 0;
  const JsonFilter::State state = filter_.Write(data, &consumed);
  if (state == JsonFilter::State::kFailed) return Malformed("the list", filter_.problem());
  if (filter_.cut()) return Malformed("the list", "it is too large beside its items");
  if (state == JsonFilter::State::kMore) return absl::OkStatus();
  done_ = true;
  return Write(data.substr(consumed));
}

absl::Status ListReader::Finish() {
  if (!done_) return absl::DataLossError("the list ended in the middle");
  const std::string kind = TextField(filter_.object(), "kind");
  if (!kind.ends_with("List")) return Malformed("the list", "its kind is " + QuoteForMessage(kind));
  if (const JsonObject* metadata = ObjectField(filter_.object(), "metadata")) {
    resource_version_ = TextField(*metadata, "resourceVersion");
    continue_token_ = TextField(*metadata, "continue", kMaxTokenBytes);
  }
  if (resource_version_.empty()) return Malformed("the list", "it has no resourceVersion");
  return absl::OkStatus();
}

WatchReader::WatchReader(KubeKind kind, EventFunction event)
    : kind_(kind),
      event_(std::move(event)),
      object_shape_(ObjectOrStatusShape(kind)),
      shape_({{"type"}, {"object", object_shape_}}),
      filter_(shape_, nullptr) {}

WatchEvent WatchReader::EventOf(const JsonFilter::Object& json) const {
  WatchEvent out;
  out.type = TypeOf(TextField(json, "type"));
  out.cut = filter_.cut();
  const JsonObject* object = ObjectField(json, "object");
  if (object == nullptr) return out;
  if (out.type == WatchEvent::Type::kError) {
    out.status = StatusOf(*object);
    return out;
  }
  if (const JsonObject* metadata = ObjectField(*object, "metadata")) {
    out.resource_version = TextField(*metadata, "resourceVersion");
  }
  if (out.type == WatchEvent::Type::kPut || out.type == WatchEvent::Type::kDeleted) {
    out.object = ObjectFromJson(kind_, *object);
  }
  return out;
}

absl::Status WatchReader::Write(std::string_view data) {
  while (!data.empty() && !stopped_) {
    size_t consumed = 0;
    const JsonFilter::State state = filter_.Write(data, &consumed);
    data.remove_prefix(consumed);
    event_bytes_ += consumed;
    if (state == JsonFilter::State::kFailed) return Malformed("the watch", filter_.problem());
    if (state == JsonFilter::State::kMore) {
      if (event_bytes_ > kMaxEventBytes) return Malformed("the watch", "an event without end");
      if (filter_.AtStart()) event_bytes_ = 0;
      break;
    }
    stopped_ = !event_(EventOf(filter_.object()));
    filter_.Reset();
    event_bytes_ = 0;
  }
  return absl::OkStatus();
}

}  // namespace kubemonitor

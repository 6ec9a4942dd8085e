#include "simulator/kubernetes/faults.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <chrono>
#include <utility>

#include "common/text.h"

namespace kubemonitor {
namespace {

constexpr std::array<std::string_view, 9> kModes{
    "ok", "hang", "error", "throttle", "forbidden", "unauthorized", "slow", "empty", "gone"};
constexpr uint32_t kMostMillis = 600'000;

std::string_view Parameter(const HttpRequest& request, std::string_view name) {
  for (const auto& [key, value] : request.query) {
    if (key == name) return value;
  }
  return {};
}

// True without the parameter.
bool ReadNumber(const HttpRequest& request, std::string_view name, uint32_t min, uint32_t max,
                uint32_t* out) {
  const std::string_view text = Parameter(request, name);
  if (text.empty()) return true;
  const char* end = text.data() + text.size();
  const auto [rest, error] = std::from_chars(text.data(), end, *out);
  return error == std::errc() && rest == end && *out >= min && *out <= max;
}

std::string Authorization(const HttpRequest& request) {
  for (const auto& [name, value] : request.headers) {
    if (name == "authorization") return value;
  }
  return {};
}

}  // namespace

Faults::Faults(Watches& watches, Journal& journal, RevisionClock& revisions)
    : watches_(watches), journal_(journal), revisions_(revisions) {}

std::optional<Faults::State> Faults::ParseState(const HttpRequest& request, std::string* problem) {
  State out;
  const std::string_view mode = Parameter(request, "mode");
  const auto found = std::find(kModes.begin(), kModes.end(), mode);
  if (found == kModes.end()) {
    *problem = fmt::format("mode: {} is not known", QuoteForMessage(mode, 40));
    return std::nullopt;
  }
  out.mode = static_cast<Mode>(found - kModes.begin());
  uint32_t status = 500;
  uint32_t millis = 1'000;
  if (!ReadNumber(request, "status", 400, 599, &status) ||
      !ReadNumber(request, "seconds", 0, 3'600, &out.seconds) ||
      !ReadNumber(request, "millis", 0, kMostMillis, &millis)) {
    *problem = "status: 400 to 599; seconds: 0 to 3600; millis: 0 to 600000";
    return std::nullopt;
  }
  out.status = static_cast<int>(status);
  out.millis = millis;
  const std::string_view kind = Parameter(request, "kind");
  for (size_t i = 0; i < kResources; ++i) {
    if (kResourceInfos[i].name == kind) out.resource = static_cast<Resource>(i);
  }
  if (!kind.empty() && !out.resource) {
    *problem = fmt::format("kind: {} is not served", QuoteForMessage(kind, 40));
    return std::nullopt;
  }
  return out;
}

bool Faults::HappensAtOnce(std::string_view mode) {
  if (mode == "drop") {
    watches_.EndAll(WatchEnd::kWhole);
  } else if (mode == "cut") {
    watches_.EndAll(WatchEnd::kMidLine);
  } else if (mode == "expire") {
    watches_.EndAll(WatchEnd::kExpired);
  } else if (mode == "compact") {
    journal_.Compact(revisions_.Now());
  } else {
    return false;
  }
  return true;
}

HttpResponse Faults::Control(const HttpRequest& request) {
  const std::string_view mode = Parameter(request, "mode");
  if (mode.empty() || HappensAtOnce(mode)) return Report();
  std::string problem;
  const std::optional<State> state = ParseState(request, &problem);
  if (!state) return ErrorResponse(BadRequest(problem));
  Set(*state);
  return Report();
}

void Faults::Set(const State& state) {
  Mode before = Mode::kOk;
  {
    const MutexLock lock(mutex_);
    before = std::exchange(state_, state).mode;
    if (state.mode == Mode::kUnauthorized) revoked_ = last_authorization_;
    changed_.notify_all();
  }
  watches_.SetSilent(state.mode == Mode::kHang);
  watches_.SetBlind(state.mode == Mode::kEmpty);
  // Whoever watches must list again to see that everything is gone, and that it is back.
  if ((before == Mode::kEmpty) == (state.mode == Mode::kEmpty)) return;
  journal_.Compact(revisions_.Now());
  watches_.EndAll(WatchEnd::kExpired);
}

HttpResponse Faults::Report() {
  JsonWriter json;
  json.StartObject();
  {
    const MutexLock lock(mutex_);
    json.TextField("mode", kModes[static_cast<size_t>(state_.mode)]);
    json.UnsignedField("requests", requests_);
    json.Key("kinds");
    json.StartObject();
    for (size_t i = 0; i < kResources; ++i) {
      json.Key(kResourceInfos[i].name);
      json.StartObject();
      json.UnsignedField("lists", counts_[i].lists);
      json.UnsignedField("watches", counts_[i].watches);
      json.EndObject();
    }
    json.EndObject();
  }
  json.UnsignedField("openWatches", watches_.open());
  json.TextField("resourceVersion", std::to_string(revisions_.Now()));
  json.EndObject();
  HttpResponse out;
  out.headers = {{"Content-Type", "application/json"}};
  json.Take(&out.body);
  return out;
}

std::optional<HttpResponse> Faults::Before(std::optional<Resource> resource,
                                           const HttpRequest& request) {
  const std::string authorization = Authorization(request);
  State state;
  {
    const MutexLock lock(mutex_);
    ++requests_;
    changed_.wait(mutex_,
                  [this]() REQUIRES(mutex_) { return state_.mode != Mode::kHang || stopped_; });
    if (state_.mode == Mode::kSlow) {
      changed_.wait_for(mutex_, std::chrono::milliseconds(state_.millis),
                        [this]() REQUIRES(mutex_) { return stopped_; });
    }
    state = state_;
    if (state.mode == Mode::kUnauthorized) {
      if (authorization == revoked_) {
        return ErrorResponse({401, "Unauthorized", "Unauthorized"});
      }
      state_.mode = Mode::kOk;
    }
    last_authorization_ = authorization;
  }
  return Answer(state, resource);
}

std::optional<HttpResponse> Faults::Answer(const State& state,
                                           std::optional<Resource> resource) const {
  if (state.resource && state.resource != resource) return std::nullopt;
  switch (state.mode) {
    case Mode::kError: {
      ApiError error{state.status, "InternalError", "the simulator was asked to fail"};
      if (state.status == 503) error.reason = "ServiceUnavailable";
      if (state.status == 504) error.reason = "Timeout";
      return ErrorResponse(error);
    }
    case Mode::kThrottle:
      return ErrorResponse({429, "TooManyRequests",
                            "The server has received too many requests and has asked us to try "
                            "again later",
                            state.seconds});
    case Mode::kForbidden: {
      const std::string_view name = resource ? InfoOf(*resource).name : "";
      return ErrorResponse({403, "Forbidden",
                            fmt::format("{} is forbidden: User \"simulated\" cannot list resource "
                                        "\"{}\" at the cluster scope",
                                        name, name)});
    }
    default:
      return std::nullopt;
  }
}

bool Faults::empty() const {
  const MutexLock lock(mutex_);
  return state_.mode == Mode::kEmpty;
}

bool Faults::gone_by_status() const {
  const MutexLock lock(mutex_);
  return state_.mode == Mode::kGone;
}

void Faults::CountList(Resource resource) {
  const MutexLock lock(mutex_);
  ++counts_[static_cast<size_t>(resource)].lists;
}

void Faults::CountWatch(Resource resource) {
  const MutexLock lock(mutex_);
  ++counts_[static_cast<size_t>(resource)].watches;
}

void Faults::Stop() {
  const MutexLock lock(mutex_);
  stopped_ = true;
  changed_.notify_all();
}

}  // namespace kubemonitor

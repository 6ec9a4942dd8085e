// Any bytes as what a watch of Kubernetes' objects sends, of the kind that the first letter
// chooses: read alike in one piece and in many; and a reflector that gets it asks for something
// sensible next.

#include <string>
#include <vector>

#include "apiserver/kubernetes/reflector.h"
#include "fuzz/fuzzing.h"

namespace kubemonitor {
namespace {

class ManualClock final : public Clock {
 public:
  int64_t WallMs() const override { return 1'767'323'045'000; }
  uint64_t BootUsec() const override { return usec; }
  uint64_t usec = 1'000'000;
};

std::vector<std::string> Events(KubeKind kind, std::string_view bytes, size_t piece, bool* ok) {
  std::vector<std::string> events;
  WatchReader reader(kind, [&events](const WatchEvent& event) {
    events.push_back(std::to_string(static_cast<int>(event.type)) + event.resource_version +
                     (event.object ? "+" : "-") + event.status.reason);
    return events.size() < 50;
  });
  *ok = true;
  for (size_t at = 0; at < bytes.size() && *ok; at += piece) {
    *ok = reader.Write(bytes.substr(at, piece)).ok();
  }
  return events;
}

void CheckReflector(KubeKind kind, std::string_view bytes) {
  ManualClock clock;
  ClusterCache cache;
  Reflector reflector(kind, &cache, &clock, 1);
  Require(reflector.Next().request.has_value(), "it begins with a list");
  reflector.OnHead({200, std::nullopt});
  reflector.OnBody(R"({"kind":"List","metadata":{"resourceVersion":"1"},"items":[]})");
  reflector.OnEnd(absl::OkStatus());
  Require(reflector.status().listed, "an empty list is one");
  for (const int code : {200, 200, 410, 500}) {
    while (true) {
      const Reflector::Step step = reflector.Next();
      if (step.request) {
        Require(step.request->target.find_first_of(" \r\n") == std::string::npos, "a plain target");
        break;
      }
      Require(step.wait_usec > 0 && step.wait_usec <= 180'000'000, "it waits some minutes at most");
      clock.usec += step.wait_usec;
    }
    reflector.OnHead({code, std::nullopt});
    reflector.OnBody(bytes);
    clock.usec += 10'000'000;
    reflector.OnEnd(absl::OkStatus());
    reflector.status();
    cache.Publish();
  }
}

void Check(std::string_view bytes) {
  const KubeKind kind = kKubeKinds[CutChoice(bytes, kKubeKinds.size())];
  bool whole_ok = false;
  bool pieces_ok = false;
  const auto whole = Events(kind, bytes, bytes.size() + 1, &whole_ok);
  const auto pieces = Events(kind, bytes, 3, &pieces_ok);
  Require(whole == pieces && whole_ok == pieces_ok, "pieces are read as the whole is");
  CheckReflector(kind, bytes);
}

}  // namespace
}  // namespace kubemonitor

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  kubemonitor::Check(kubemonitor::TextOf(data, size));
  return 0;
}

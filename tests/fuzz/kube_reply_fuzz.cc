// Any bytes as what the Kubernetes API sends over its connection: the same in one piece and in
// many.

#include <string>

#include "apiserver/kubernetes/http_reply.h"
#include "fuzz/fuzzing.h"

namespace kubemonitor {
namespace {

struct Outcome {
  HttpReply::State state = HttpReply::State::kMore;
  int status = 0;
  std::string body;
};

Outcome Read(std::string_view bytes, size_t piece) {
  Outcome out;
  HttpReply reply([&out](const HttpReplyHead& head) { out.status = head.status; },
                  [&out](std::string_view data) {
                    out.body += data;
                    return true;
                  });
  std::string pending;
  for (size_t at = 0; at < bytes.size() && out.state == HttpReply::State::kMore; at += piece) {
    pending += bytes.substr(at, piece);
    size_t consumed = 0;
    out.state = reply.Write(pending, &consumed);
    Require(consumed <= pending.size(), "no more taken than given");
    pending.erase(0, consumed);
  }
  if (out.state == HttpReply::State::kMore) out.state = reply.End();
  return out;
}

}  // namespace
}  // namespace kubemonitor

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using kubemonitor::Require;
  const std::string_view bytes = kubemonitor::TextOf(data, size);
  const auto whole = kubemonitor::Read(bytes, bytes.size() + 1);
  const auto pieces = kubemonitor::Read(bytes, 1);
  Require(whole.state == pieces.state, "pieces are read as the whole is");
  Require(whole.state != kubemonitor::HttpReply::State::kDone || whole.body == pieces.body,
          "with the same body");
  return 0;
}

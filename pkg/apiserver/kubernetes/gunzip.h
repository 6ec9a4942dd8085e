#ifndef KUBEMONITOR_APISERVER_KUBERNETES_GUNZIP_H_
#define KUBEMONITOR_APISERVER_KUBERNETES_GUNZIP_H_

#include <functional>
#include <memory>
#include <string_view>

namespace kubemonitor {

// Unpacks a gzip stream piece by piece. One thread at a time.
class Gunzip {
 public:
  Gunzip();
  ~Gunzip();
  Gunzip(const Gunzip&) = delete;

  enum class State { kMore, kDone, kStopped, kFailed };
  // Hands out what the bytes hold, at most 64 KiB a call, until `out` returns false. What follows
  // the end of the stream is ignored.
  State Write(std::string_view data, const std::function<bool(std::string_view)>& out);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace kubemonitor

#endif  // KUBEMONITOR_APISERVER_KUBERNETES_GUNZIP_H_

#ifndef KUBEMONITOR_APISERVER_KUBERNETES_HOST_LOOKUP_H_
#define KUBEMONITOR_APISERVER_KUBERNETES_HOST_LOOKUP_H_

#include <absl/status/statusor.h>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <chrono>
#include <memory>
#include <string>
#include <vector>

namespace kubemonitor {

// The addresses of one host. The system's resolver may block for as long as it likes: it is asked
// on a thread that nobody waits for, one at a time. One coroutine or several, on the thread of the
// io_context.
class HostLookup {
 public:
  using Addresses = std::vector<boost::asio::ip::tcp::endpoint>;

  // A literal address is never looked up.
  HostLookup(boost::asio::io_context& io, std::string host, std::string port);

  // Not empty. What was found is used for half a minute.
  boost::asio::awaitable<absl::StatusOr<Addresses>> Resolve();

 private:
  struct Lookup;

  boost::asio::io_context& io_;
  const std::string host_, port_;
  Addresses known_;
  std::chrono::steady_clock::time_point known_until_;
  std::shared_ptr<Lookup> lookup_;  // the present one, or null
};

}  // namespace kubemonitor

#endif  // KUBEMONITOR_APISERVER_KUBERNETES_HOST_LOOKUP_H_

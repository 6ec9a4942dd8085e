#ifndef KUBEMONITOR_APISERVER_KUBERNETES_API_CLIENT_H_
#define KUBEMONITOR_APISERVER_KUBERNETES_API_CLIENT_H_

#include <absl/status/status.h>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "apiserver/kubernetes/access.h"
#include "apiserver/kubernetes/api_stream.h"
#include "apiserver/kubernetes/host_lookup.h"
#include "apiserver/kubernetes/reflector.h"
#include "common/clock.h"

namespace kubemonitor {

// What the connections to one API server share. Outlives them. One thread.
struct ApiServerAddress {
  ApiServerAddress(boost::asio::io_context& io_context, KubernetesAccess kubernetes_access,
                   std::string agent, const Clock* clock)
      : io(io_context),
        access(std::move(kubernetes_access)),
        user_agent(std::move(agent)),
        hosts(io_context, access.host, access.port),
        token(access.token, clock) {}

  boost::asio::io_context& io;
  const KubernetesAccess access;
  const std::string user_agent;
  HostLookup hosts;
  TokenSource token;
};

// A connection to the Kubernetes API, opened when it is needed and kept for the next request. Used
// by one coroutine.
class ApiClient {
 public:
  using HeadFunction = std::function<void(const ApiReplyHead& head)>;
  using BodyFunction = std::function<bool(std::string_view data)>;  // false: enough

  explicit ApiClient(ApiServerAddress& server) : server_(server) {}

  // Hands out the head and the body, uncompressed, as they come. OK: the reply came whole.
  // Cancelled: `body` said that it is enough. Any other: what went wrong; head and part of the body
  // may have been handed out.
  boost::asio::awaitable<absl::Status> Get(const ApiRequest& request, const HeadFunction& head,
                                           const BodyFunction& body);

 private:
  class Receiver;

  boost::asio::awaitable<absl::Status> Open();
  boost::asio::awaitable<absl::Status> OpenTo(boost::asio::ip::tcp::endpoint address);
  boost::asio::awaitable<absl::Status> Exchange(const ApiRequest& request, Receiver& receiver);
  absl::StatusOr<std::string> RequestText(const ApiRequest& request);

  ApiServerAddress& server_;
  std::unique_ptr<ApiStream> stream_;  // null: not connected
  size_t next_address_ = 0;
};

}  // namespace kubemonitor

#endif  // KUBEMONITOR_APISERVER_KUBERNETES_API_CLIENT_H_

#ifndef KUBEMONITOR_APISERVER_KUBERNETES_API_SERVER_TESTING_H_
#define KUBEMONITOR_APISERVER_KUBERNETES_API_SERVER_TESTING_H_

// For tests: a small HTTP server on a loopback port, with TLS or without, that answers what the
// test says, as wrong as it says; and certificates for it.

#include <atomic>
#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

struct ssl_ctx_st;
struct ssl_st;

namespace kubemonitor::testing {

struct TestCertificates {  // all PEM
  std::string ca, server, server_key, client, client_key;
  std::string next_client, next_client_key;  // what replaces the client's
};
// Signed by a CA made for them. `names` as a certificate has them: "IP:127.0.0.1,DNS:kube".
TestCertificates MakeTestCertificates(const std::string& names);

class TestApiServer {
 public:
  // A client's connection with one request read from it.
  class Exchange {
   public:
    const std::string& head() const { return head_; }  // request line and fields
    std::string client_certificate() const;            // PEM; empty: none was shown
    std::string target() const;                        // "/api/v1/pods?limit=500"
    bool Has(std::string_view text) const { return head_.find(text) != std::string::npos; }

    // False: the client is gone, or the server stops.
    bool Send(std::string_view data);
    // A whole reply. `fields`: "Name: value\r\n" each.
    bool Reply(int code, std::string_view body, const std::string& fields = "");
    // The head of a chunked reply, and pieces of it.
    bool Begin();
    bool Chunk(std::string_view data);
    // Until the client or the server ends it.
    void Hold();
    bool stopping() const;

   private:
    friend class TestApiServer;
    TestApiServer* server_ = nullptr;
    int fd_ = -1;
    ssl_st* tls_ = nullptr;
    std::string head_;
    bool close_ = false;
  };
  // Called on a thread for each connection; one after the other on a connection. Returns false: the
  // connection is to be closed.
  using Handler = std::function<bool(Exchange& exchange)>;

  // `port` 0: any. With certificates it speaks TLS; `client_required`: clients need one of theirs.
  explicit TestApiServer(Handler handler, uint16_t port = 0,
                         std::optional<TestCertificates> certificates = std::nullopt,
                         bool client_required = false);
  ~TestApiServer();
  TestApiServer(const TestApiServer&) = delete;

  uint16_t port() const { return port_; }

 private:
  void Accept();
  void Serve(int fd);
  bool ReadRequest(Exchange* exchange);

  const Handler handler_;
  std::shared_ptr<ssl_ctx_st> context_;
  int listener_ = -1;
  uint16_t port_ = 0;
  std::atomic<bool> stopping_{false};
  std::mutex mutex_;
  std::vector<std::thread> connections_;
  std::thread accepting_;
};

}  // namespace kubemonitor::testing

#endif  // KUBEMONITOR_APISERVER_KUBERNETES_API_SERVER_TESTING_H_

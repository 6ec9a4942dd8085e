#include "apiserver/kubernetes/api_server_testing.h"

#include <arpa/inet.h>
#include <fmt/format.h>
#include <netinet/in.h>
#include <openssl/bio.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstdlib>
#include <utility>

namespace kubemonitor::testing {
namespace {

using KeyPtr = std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)>;
using CertificatePtr = std::unique_ptr<X509, decltype(&X509_free)>;
using BioPtr = std::unique_ptr<BIO, decltype(&BIO_free)>;

constexpr int kTickMs = 20;

KeyPtr NewKey() { return KeyPtr(EVP_EC_gen("P-256"), &EVP_PKEY_free); }

std::string TextOf(BIO* bio) {
  char* data = nullptr;
  const long size = BIO_get_mem_data(bio, &data);
  return std::string(data, static_cast<size_t>(size));
}

std::string Pem(X509* certificate) {
  const BioPtr bio(BIO_new(BIO_s_mem()), &BIO_free);
  PEM_write_bio_X509(bio.get(), certificate);
  return TextOf(bio.get());
}

std::string Pem(EVP_PKEY* key) {
  const BioPtr bio(BIO_new(BIO_s_mem()), &BIO_free);
  PEM_write_bio_PrivateKey(bio.get(), key, nullptr, nullptr, 0, nullptr, nullptr);
  return TextOf(bio.get());
}

void Extend(X509* certificate, X509* issuer, int nid, const std::string& value) {
  X509V3_CTX context;
  X509V3_set_ctx_nodb(&context);
  X509V3_set_ctx(&context, issuer, certificate, nullptr, nullptr, 0);
  X509_EXTENSION* extension = X509V3_EXT_conf_nid(nullptr, &context, nid, value.c_str());
  if (extension == nullptr) std::abort();
  X509_add_ext(certificate, extension, -1);
  X509_EXTENSION_free(extension);
}

// Without issuer it signs itself.
CertificatePtr NewCertificate(const std::string& name, EVP_PKEY* key, X509* issuer,
                              EVP_PKEY* issuer_key, const std::string& names) {
  static std::atomic<long> serial{1};
  CertificatePtr out(X509_new(), &X509_free);
  X509_set_version(out.get(), 2);
  ASN1_INTEGER_set(X509_get_serialNumber(out.get()), serial++);
  X509_gmtime_adj(X509_getm_notBefore(out.get()), -3600);
  X509_gmtime_adj(X509_getm_notAfter(out.get()), 86'400);
  X509_set_pubkey(out.get(), key);
  X509_NAME* subject = X509_get_subject_name(out.get());
  X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_UTF8,
                             reinterpret_cast<const unsigned char*>(name.c_str()), -1, -1, 0);
  X509_set_issuer_name(out.get(), issuer != nullptr ? X509_get_subject_name(issuer) : subject);
  X509* const signer = issuer != nullptr ? issuer : out.get();
  Extend(out.get(), signer, NID_basic_constraints,
         issuer == nullptr ? "critical,CA:TRUE" : "CA:FALSE");
  // By these a verifier tells several CAs of one name apart.
  Extend(out.get(), signer, NID_subject_key_identifier, "hash");
  Extend(out.get(), signer, NID_authority_key_identifier, "keyid:always");
  if (!names.empty()) Extend(out.get(), signer, NID_subject_alt_name, names);
  X509_sign(out.get(), issuer_key != nullptr ? issuer_key : key, EVP_sha256());
  return out;
}

std::shared_ptr<SSL_CTX> ServerContext(const TestCertificates& certificates, bool client_required) {
  std::shared_ptr<SSL_CTX> context(SSL_CTX_new(TLS_server_method()), &SSL_CTX_free);
  const auto certificate_of = [](const std::string& pem) {
    const BioPtr bio(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())), &BIO_free);
    return CertificatePtr(PEM_read_bio_X509(bio.get(), nullptr, nullptr, nullptr), &X509_free);
  };
  const BioPtr key_bio(BIO_new_mem_buf(certificates.server_key.data(),
                                       static_cast<int>(certificates.server_key.size())),
                       &BIO_free);
  const KeyPtr key(PEM_read_bio_PrivateKey(key_bio.get(), nullptr, nullptr, nullptr),
                   &EVP_PKEY_free);
  SSL_CTX_use_certificate(context.get(), certificate_of(certificates.server).get());
  SSL_CTX_use_PrivateKey(context.get(), key.get());
  if (client_required) {
    X509_STORE_add_cert(SSL_CTX_get_cert_store(context.get()),
                        certificate_of(certificates.ca).get());
    SSL_CTX_set_verify(context.get(), SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, nullptr);
  }
  return context;
}

// Waits for something to read. False: the time is over.
bool Readable(int fd, int timeout_ms) {
  pollfd waited{fd, POLLIN, 0};
  return poll(&waited, 1, timeout_ms) > 0;
}

}  // namespace

TestCertificates MakeTestCertificates(const std::string& names) {
  const KeyPtr ca_key = NewKey();
  const CertificatePtr ca = NewCertificate("test CA", ca_key.get(), nullptr, nullptr, "");
  const KeyPtr server_key = NewKey();
  const KeyPtr client_key = NewKey();
  const KeyPtr next_key = NewKey();
  return {Pem(ca.get()),
          Pem(NewCertificate("server", server_key.get(), ca.get(), ca_key.get(), names).get()),
          Pem(server_key.get()),
          Pem(NewCertificate("client", client_key.get(), ca.get(), ca_key.get(), "").get()),
          Pem(client_key.get()),
          Pem(NewCertificate("client", next_key.get(), ca.get(), ca_key.get(), "").get()),
          Pem(next_key.get())};
}

TestApiServer::TestApiServer(Handler handler, uint16_t port,
                             std::optional<TestCertificates> certificates, bool client_required)
    : handler_(std::move(handler)) {
  if (certificates) context_ = ServerContext(*certificates, client_required);
  listener_ = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const int on = 1;
  setsockopt(listener_, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof(address);
  if (bind(listener_, reinterpret_cast<sockaddr*>(&address), size) != 0 ||
      listen(listener_, 64) != 0 ||
      getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &size) != 0) {
    std::abort();
  }
  port_ = ntohs(address.sin_port);
  accepting_ = std::thread([this] { Accept(); });
}

TestApiServer::~TestApiServer() {
  stopping_ = true;
  accepting_.join();
  close(listener_);
  for (std::thread& connection : connections_) connection.join();
}

void TestApiServer::Accept() {
  while (!stopping_) {
    if (!Readable(listener_, kTickMs)) continue;
    const int fd = accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
    if (fd < 0) continue;
    connections_.emplace_back([this, fd] { Serve(fd); });
  }
}

void TestApiServer::Serve(int fd) {
  timeval timeout{0, kTickMs * 1000};
  setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &timeout, sizeof(timeout));
  std::shared_ptr<SSL> tls;
  bool open = true;
  if (context_ != nullptr) {
    tls = std::shared_ptr<SSL>(SSL_new(context_.get()), &SSL_free);
    SSL_set_fd(tls.get(), fd);
    open = Readable(fd, 5000) && SSL_accept(tls.get()) == 1;
  }
  while (open && !stopping_) {
    Exchange exchange;
    exchange.server_ = this;
    exchange.fd_ = fd;
    exchange.tls_ = tls.get();
    open = ReadRequest(&exchange) && handler_(exchange) && !exchange.close_;
  }
  tls.reset();
  close(fd);
}

bool TestApiServer::ReadRequest(Exchange* exchange) {
  while (exchange->head_.find("\r\n\r\n") == std::string::npos) {
    const bool pending = exchange->tls_ != nullptr && SSL_pending(exchange->tls_) > 0;
    if (!pending && !Readable(exchange->fd_, kTickMs)) {
      if (stopping_) return false;
      continue;
    }
    char buffer[4096];
    const ssize_t got = exchange->tls_ != nullptr ? SSL_read(exchange->tls_, buffer, sizeof(buffer))
                                                  : recv(exchange->fd_, buffer, sizeof(buffer), 0);
    if (got <= 0) return false;
    exchange->head_.append(buffer, static_cast<size_t>(got));
  }
  return true;
}

std::string TestApiServer::Exchange::target() const {
  const size_t begin = head_.find(' ') + 1;
  return head_.substr(begin, head_.find(' ', begin) - begin);
}

std::string TestApiServer::Exchange::client_certificate() const {
  const CertificatePtr shown(tls_ != nullptr ? SSL_get1_peer_certificate(tls_) : nullptr,
                             &X509_free);
  return shown != nullptr ? Pem(shown.get()) : "";
}

bool TestApiServer::Exchange::stopping() const { return server_->stopping_; }

bool TestApiServer::Exchange::Send(std::string_view data) {
  while (!data.empty() && !stopping()) {
    const ssize_t sent = tls_ != nullptr
                             ? SSL_write(tls_, data.data(), static_cast<int>(data.size()))
                             : send(fd_, data.data(), data.size(), MSG_NOSIGNAL);
    if (sent <= 0 && (errno != EAGAIN || tls_ != nullptr)) break;
    if (sent > 0) data.remove_prefix(static_cast<size_t>(sent));
  }
  close_ = close_ || !data.empty();
  return data.empty();
}

bool TestApiServer::Exchange::Reply(int code, std::string_view body, const std::string& fields) {
  return Send(fmt::format("HTTP/1.1 {} x\r\nContent-Length: {}\r\n{}\r\n{}", code, body.size(),
                          fields, body));
}

bool TestApiServer::Exchange::Begin() {
  return Send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
}

bool TestApiServer::Exchange::Chunk(std::string_view data) {
  return Send(fmt::format("{:x}\r\n{}\r\n", data.size(), data));
}

void TestApiServer::Exchange::Hold() {
  while (!stopping() && !Readable(fd_, kTickMs)) {
  }
}

}  // namespace kubemonitor::testing

#include "apiserver/kubernetes/tls.h"

#include <arpa/inet.h>
#include <fmt/format.h>
#include <netinet/in.h>
#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include <utility>

namespace kubemonitor {
namespace {

// "ca.crt" for messages: the file, or what it would be.
std::string NameOf(const TextOrFile& source, const char* what) {
  return source.path.empty() ? std::string(what) : fmt::format("{} {}", what, source.path);
}

// The newest error; the queue is emptied.
std::string LastError() {
  char text[256] = "";
  if (const unsigned long code = ERR_peek_last_error(); code != 0) {
    ERR_error_string_n(code, text, sizeof(text));
  }
  ERR_clear_error();
  return text[0] == '\0' ? "nothing in it" : text;
}

absl::Status Bad(const std::string& name) {
  return absl::InvalidArgumentError(fmt::format("{} cannot be used: {}", name, LastError()));
}

using BioPtr = std::unique_ptr<BIO, decltype(&BIO_free)>;
using CertificatePtr = std::unique_ptr<X509, decltype(&X509_free)>;
using KeyPtr = std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)>;

absl::StatusOr<std::string> ReadPem(const TextOrFile& source, const char* what) {
  auto text = ReadText(source);
  if (text.ok() && text->empty()) {
    return absl::InvalidArgumentError(NameOf(source, what) + " is empty");
  }
  return text;
}

// Every certificate of the bundle.
absl::Status TrustOnly(SSL_CTX* context, const TextOrFile& ca) {
  const auto text = ReadPem(ca, "certificate-authority");
  if (!text.ok()) return text.status();
  const BioPtr bio(BIO_new_mem_buf(text->data(), static_cast<int>(text->size())), &BIO_free);
  X509_STORE* const store = SSL_CTX_get_cert_store(context);
  int added = 0;
  while (true) {
    const CertificatePtr certificate(PEM_read_bio_X509(bio.get(), nullptr, nullptr, nullptr),
                                     &X509_free);
    if (certificate == nullptr) break;
    if (X509_STORE_add_cert(store, certificate.get()) != 1) {
      return Bad(NameOf(ca, "certificate-authority"));
    }
    ++added;
  }
  if (added == 0) return Bad(NameOf(ca, "certificate-authority"));
  ERR_clear_error();  // the end of the file is one
  return absl::OkStatus();
}

absl::Status UseChain(SSL_CTX* context, const TextOrFile& source) {
  const auto text = ReadPem(source, "client-certificate");
  if (!text.ok()) return text.status();
  const BioPtr bio(BIO_new_mem_buf(text->data(), static_cast<int>(text->size())), &BIO_free);
  bool first = true;
  while (true) {
    CertificatePtr certificate(PEM_read_bio_X509(bio.get(), nullptr, nullptr, nullptr), &X509_free);
    if (certificate == nullptr) break;
    if (first && SSL_CTX_use_certificate(context, certificate.get()) != 1) {
      return Bad(NameOf(source, "client-certificate"));
    }
    if (!first) SSL_CTX_add0_chain_cert(context, certificate.release());
    first = false;
  }
  if (first) return Bad(NameOf(source, "client-certificate"));
  ERR_clear_error();
  return absl::OkStatus();
}

absl::Status UseKey(SSL_CTX* context, const TextOrFile& source) {
  const auto text = ReadPem(source, "client-key");
  if (!text.ok()) return text.status();
  const BioPtr bio(BIO_new_mem_buf(text->data(), static_cast<int>(text->size())), &BIO_free);
  // No password is asked for: a key that needs one cannot be used.
  const auto no_password = [](char*, int, int, void*) { return -1; };
  const KeyPtr key(PEM_read_bio_PrivateKey(bio.get(), nullptr, no_password, nullptr),
                   &EVP_PKEY_free);
  if (key == nullptr || SSL_CTX_use_PrivateKey(context, key.get()) != 1) {
    return Bad(NameOf(source, "client-key"));
  }
  return absl::OkStatus();
}

bool IsAddress(const std::string& host) {
  unsigned char address[sizeof(in6_addr)];
  return inet_pton(AF_INET, host.c_str(), address) == 1 ||
         inet_pton(AF_INET6, host.c_str(), address) == 1;
}

}  // namespace

absl::StatusOr<std::shared_ptr<ssl_ctx_st>> MakeTlsContext(const KubernetesAccess& access) {
  ERR_clear_error();
  std::shared_ptr<SSL_CTX> context(SSL_CTX_new(TLS_client_method()), &SSL_CTX_free);
  if (context == nullptr) return absl::ResourceExhaustedError("OpenSSL has no memory");
  SSL_CTX_set_min_proto_version(context.get(), TLS1_2_VERSION);
  SSL_CTX_set_mode(context.get(), SSL_MODE_ENABLE_PARTIAL_WRITE |
                                      SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER |
                                      SSL_MODE_RELEASE_BUFFERS);
  // Where a reply ends is HTTP's matter.
  SSL_CTX_set_options(context.get(), SSL_OP_IGNORE_UNEXPECTED_EOF);
  SSL_CTX_set_verify(context.get(), access.verify ? SSL_VERIFY_PEER : SSL_VERIFY_NONE, nullptr);
  if (access.verify) {
    if (access.ca.empty()) {
      SSL_CTX_set_default_verify_paths(context.get());
    } else if (absl::Status status = TrustOnly(context.get(), access.ca); !status.ok()) {
      return status;
    }
  }
  if (!access.client_certificate.empty()) {
    if (absl::Status status = UseChain(context.get(), access.client_certificate); !status.ok()) {
      return status;
    }
    if (absl::Status status = UseKey(context.get(), access.client_key); !status.ok()) {
      return status;
    }
  }
  return context;
}

absl::StatusOr<std::shared_ptr<ssl_st>> MakeTlsConnection(ssl_ctx_st* context, int socket,
                                                          const KubernetesAccess& access) {
  ERR_clear_error();
  std::shared_ptr<SSL> connection(SSL_new(context), &SSL_free);
  if (connection == nullptr || SSL_set_fd(connection.get(), socket) != 1) {
    return absl::ResourceExhaustedError("OpenSSL has no memory");
  }
  const std::string& name = access.server_name.empty() ? access.host : access.server_name;
  bool set = true;
  if (IsAddress(name)) {
    set = X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(connection.get()), name.c_str()) == 1;
  } else {
    SSL_set_hostflags(connection.get(), X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
    set = SSL_set1_host(connection.get(), name.c_str()) == 1 &&
          SSL_set_tlsext_host_name(connection.get(), name.c_str()) == 1;
  }
  if (!set) return absl::InvalidArgumentError("OpenSSL does not take the server's name: " + name);
  SSL_set_connect_state(connection.get());
  return connection;
}

std::string TlsProblem(ssl_st* connection) {
  const long verified = SSL_get_verify_result(connection);
  if (verified != X509_V_OK && SSL_get_verify_mode(connection) != SSL_VERIFY_NONE) {
    ERR_clear_error();
    return fmt::format("the server's certificate is not accepted: {}",
                       X509_verify_cert_error_string(verified));
  }
  return "TLS failed: " + LastError();
}

}  // namespace kubemonitor

#include "http/raw_client.h"

#include <arpa/inet.h>
#include <fmt/format.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>
#include <zlib.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <utility>

#include "http/net_address.h"

namespace kubemonitor {
namespace {

constexpr std::chrono::milliseconds kTimeout{20'000};

std::optional<size_t> ParseNumber(std::string_view text, int base) {
  size_t value = 0;
  const char* end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, value, base);
  if (error != std::errc() || stop != end) return std::nullopt;
  return value;
}

}  // namespace

RawClient::RawClient(const std::string& address, int receive_buffer) {
  const auto parsed = ParseListenAddress(address);
  if (!parsed.ok()) return;
  sockaddr_storage storage = {};
  socklen_t length = 0;
  if (parsed->is_ipv6) {
    auto* v6 = reinterpret_cast<sockaddr_in6*>(&storage);
    v6->sin6_family = AF_INET6;
    v6->sin6_port = htons(parsed->port);
    inet_pton(AF_INET6, parsed->ip.c_str(), &v6->sin6_addr);
    length = sizeof(*v6);
  } else {
    auto* v4 = reinterpret_cast<sockaddr_in*>(&storage);
    v4->sin_family = AF_INET;
    v4->sin_port = htons(parsed->port);
    inet_pton(AF_INET, parsed->ip.c_str(), &v4->sin_addr);
    length = sizeof(*v4);
  }
  fd_ = socket(storage.ss_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (receive_buffer > 0) {
    setsockopt(fd_, SOL_SOCKET, SO_RCVBUF, &receive_buffer, sizeof(receive_buffer));
  }
  if (fd_ >= 0 && connect(fd_, reinterpret_cast<sockaddr*>(&storage), length) != 0) {
    close(fd_);
    fd_ = -1;
  }
}

RawClient::~RawClient() {
  if (fd_ >= 0) close(fd_);
}

RawClient::RawClient(RawClient&& other) noexcept
    : fd_(std::exchange(other.fd_, -1)), buffer_(std::move(other.buffer_)) {}

bool RawClient::Send(std::string_view data) {
  while (!data.empty()) {
    const ssize_t n = send(fd_, data.data(), data.size(), MSG_NOSIGNAL);
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) return false;
    data.remove_prefix(static_cast<size_t>(n));
  }
  return true;
}

void RawClient::ShutdownSend() { shutdown(fd_, SHUT_WR); }

bool RawClient::Fill(std::chrono::milliseconds timeout) {
  pollfd wait = {.fd = fd_, .events = POLLIN, .revents = 0};
  if (poll(&wait, 1, static_cast<int>(timeout.count())) <= 0) return false;
  char chunk[16 * 1024];
  const ssize_t n = recv(fd_, chunk, sizeof(chunk), 0);
  if (n <= 0) return false;
  buffer_.append(chunk, static_cast<size_t>(n));
  return true;
}

bool RawClient::TakeLine(std::string* line) {
  size_t end = 0;
  while ((end = buffer_.find("\r\n")) == std::string::npos) {
    if (!Fill(kTimeout)) return false;
  }
  *line = buffer_.substr(0, end);
  buffer_.erase(0, end + 2);
  return true;
}

bool RawClient::TakeBytes(size_t count, std::string* out) {
  while (buffer_.size() < count && Fill(kTimeout)) {
  }
  const size_t take = std::min(count, buffer_.size());
  out->append(buffer_, 0, take);
  buffer_.erase(0, take);
  return take == count;
}

// Appends one chunk; the last one is empty.
bool RawClient::TakeChunk(std::string* out) {
  std::string line;
  if (!TakeLine(&line)) return false;
  const auto size = ParseNumber(line, 16);
  std::string end;
  return size && TakeBytes(*size, out) && TakeBytes(2, &end) && end == "\r\n";
}

bool RawClient::TakeChunked(std::string* out) {
  while (true) {
    const size_t before = out->size();
    if (!TakeChunk(out)) return false;
    if (out->size() == before) return true;
  }
}

std::string RawClient::ReceiveChunk() {
  std::string chunk;
  if (!TakeChunk(&chunk)) chunk.clear();
  return chunk;
}

std::optional<RawResponse> RawClient::Receive(bool head_only) {
  RawResponse response;
  std::string line;
  if (!TakeLine(&line) || line.rfind("HTTP/1.1 ", 0) != 0) return std::nullopt;
  response.status = static_cast<int>(ParseNumber(line.substr(9, 3), 10).value_or(0));
  response.head = line + "\n";
  while (TakeLine(&line) && !line.empty()) {
    response.head += line + "\n";
    const size_t colon = line.find(": ");
    if (colon == std::string::npos) return std::nullopt;
    std::string name = line.substr(0, colon);
    std::transform(name.begin(), name.end(), name.begin(),
                   [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    response.headers[name] = line.substr(colon + 2);
  }
  if (head_only || response.status < 200 || response.status == 204 || response.status == 304) {
    response.complete = true;
  } else if (response.headers.contains("content-length")) {
    const auto length = ParseNumber(response.headers["content-length"], 10);
    response.complete = length && TakeBytes(*length, &response.body);
  } else if (response.headers.contains("transfer-encoding")) {
    response.complete = TakeChunked(&response.body);
  } else {
    response.complete = WaitForClose();
    response.body = std::exchange(buffer_, "");
  }
  return response;
}

bool RawClient::WaitForClose(std::chrono::milliseconds timeout) {
  const auto end = std::chrono::steady_clock::now() + timeout;
  while (true) {
    const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(
        end - std::chrono::steady_clock::now());
    if (left.count() <= 0) return false;
    pollfd wait = {.fd = fd_, .events = POLLIN, .revents = 0};
    if (poll(&wait, 1, static_cast<int>(left.count())) <= 0) return false;
    char chunk[16 * 1024];
    const ssize_t n = recv(fd_, chunk, sizeof(chunk), 0);
    if (n <= 0) return true;
    buffer_.append(chunk, static_cast<size_t>(n));
  }
}

std::optional<RawResponse> RawClient::Exchange(std::string_view data, bool head_only) {
  if (!Send(data)) return std::nullopt;
  return Receive(head_only);
}

std::optional<RawResponse> RawClient::Get(std::string_view path, std::string_view fields) {
  return Exchange(fmt::format("GET {} HTTP/1.1\r\nHost: localhost\r\n{}\r\n", path, fields));
}

std::optional<std::string> Gunzip(std::string_view data) {
  z_stream stream = {};
  if (inflateInit2(&stream, 15 + 16) != Z_OK) return std::nullopt;
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(data.data()));
  stream.avail_in = static_cast<uInt>(data.size());
  std::string out;
  int result = Z_OK;
  while (result == Z_OK) {
    char chunk[16 * 1024];
    stream.next_out = reinterpret_cast<Bytef*>(chunk);
    stream.avail_out = sizeof(chunk);
    result = inflate(&stream, Z_NO_FLUSH);
    out.append(chunk, sizeof(chunk) - stream.avail_out);
  }
  const bool whole = result == Z_STREAM_END && stream.avail_in == 0;
  inflateEnd(&stream);
  if (!whole) return std::nullopt;
  return out;
}

}  // namespace kubemonitor

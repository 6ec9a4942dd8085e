#include "http/response_head.h"

#include <fmt/format.h>
#include <strings.h>

#include <algorithm>

#include "http/problem.h"

namespace kubemonitor {
namespace {

constexpr const char* kOwnFields[] = {"Connection", "Keep-Alive", "Content-Length",
                                      "Transfer-Encoding", "Date"};

bool IsTokenChar(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
         (c != '\0' && std::string_view("!#$%&'*+-.^_`|~").find(c) != std::string_view::npos);
}

// A line break in a value would let its author write fields, or a whole answer, of his own.
bool IsSendable(const std::string& name, const std::string& value) {
  for (const char* own : kOwnFields) {
    if (strcasecmp(own, name.c_str()) == 0) return false;
  }
  return !name.empty() && std::all_of(name.begin(), name.end(), IsTokenChar) &&
         std::none_of(value.begin(), value.end(), [](char c) {
           const auto byte = static_cast<unsigned char>(c);
           return (byte < 0x20 && c != '\t') || byte == 0x7F;
         });
}

}  // namespace

std::string HttpDate(std::time_t time) {
  static constexpr const char* kDays[] = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
  static constexpr const char* kMonths[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                            "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  std::tm t = {};
  gmtime_r(&time, &t);
  return fmt::format("{}, {:02} {} {:04} {:02}:{:02}:{:02} GMT", kDays[t.tm_wday], t.tm_mday,
                     kMonths[t.tm_mon], t.tm_year + 1900, t.tm_hour, t.tm_min, t.tm_sec);
}

void AppendChunk(std::string_view piece, bool last, std::string* out) {
  if (!piece.empty()) {
    *out += fmt::format("{:x}\r\n", piece.size());
    *out += piece;
    *out += "\r\n";
  }
  if (last) *out += "0\r\n\r\n";
}

std::string MakeResponseHead(const HttpResponse& response, const ResponseFraming& framing,
                             std::time_t now) {
  std::string head =
      fmt::format("HTTP/1.1 {} {}\r\nDate: {}\r\nX-Content-Type-Options: nosniff\r\n",
                  response.status, ReasonPhrase(response.status), HttpDate(now));
  for (const auto& [name, value] : response.headers) {
    if (IsSendable(name, value)) head.append(name).append(": ").append(value).append("\r\n");
  }
  if (framing.no_body) {
    // Nothing.
  } else if (framing.length) {
    head += fmt::format("Content-Length: {}\r\n", *framing.length);
  } else if (framing.chunked) {
    head += "Transfer-Encoding: chunked\r\n";
  }
  if (!framing.keep_alive) {
    head += "Connection: close\r\n";
  } else if (!framing.http11) {
    head += "Connection: keep-alive\r\n";
  }
  head += "\r\n";
  return head;
}

}  // namespace kubemonitor

#include "http/problem.h"

#include <fmt/format.h>

#include <iterator>
#include <string>
#include <utility>

#include "common/text.h"

namespace kubemonitor {
namespace {

constexpr size_t kMaxTextBytes = 4096;

struct StatusName {
  int status;
  std::string_view phrase;
};

constexpr StatusName kStatusNames[] = {
    {200, "OK"},
    {201, "Created"},
    {202, "Accepted"},
    {204, "No Content"},
    {206, "Partial Content"},
    {301, "Moved Permanently"},
    {302, "Found"},
    {303, "See Other"},
    {304, "Not Modified"},
    {307, "Temporary Redirect"},
    {308, "Permanent Redirect"},
    {400, "Bad Request"},
    {401, "Unauthorized"},
    {403, "Forbidden"},
    {404, "Not Found"},
    {405, "Method Not Allowed"},
    {406, "Not Acceptable"},
    {408, "Request Timeout"},
    {409, "Conflict"},
    {410, "Gone"},
    {411, "Length Required"},
    {412, "Precondition Failed"},
    {413, "Content Too Large"},
    {414, "URI Too Long"},
    {415, "Unsupported Media Type"},
    {416, "Range Not Satisfiable"},
    {417, "Expectation Failed"},
    {421, "Misdirected Request"},
    {422, "Unprocessable Content"},
    {429, "Too Many Requests"},
    {431, "Request Header Fields Too Large"},
    {500, "Internal Server Error"},
    {501, "Not Implemented"},
    {502, "Bad Gateway"},
    {503, "Service Unavailable"},
    {504, "Gateway Timeout"},
    {505, "HTTP Version Not Supported"},
};

void AppendEscaped(char c, std::string* out) {
  switch (c) {
    case '"':
      out->append("\\\"");
      return;
    case '\\':
      out->append("\\\\");
      return;
    case '\n':
      out->append("\\n");
      return;
    case '\r':
      out->append("\\r");
      return;
    case '\t':
      out->append("\\t");
      return;
    default:
      break;
  }
  const auto byte = static_cast<unsigned char>(c);
  // '<' too, so that a document shown as HTML by mistake holds no markup.
  if (byte < 0x20 || byte == 0x7F || c == '<') {
    fmt::format_to(std::back_inserter(*out), "\\u{:04x}", byte);
  } else {
    out->push_back(c);
  }
}

void AppendJsonString(std::string_view text, std::string* out) {
  const bool cut = text.size() > kMaxTextBytes;
  if (cut) text = text.substr(0, kMaxTextBytes);
  out->push_back('"');
  for (const char c : SanitizeUtf8(text)) AppendEscaped(c, out);
  if (cut) out->append("\xE2\x80\xA6");
  out->push_back('"');
}

}  // namespace

std::string_view ReasonPhrase(int status) {
  for (const StatusName& name : kStatusNames) {
    if (name.status == status) return name.phrase;
  }
  return "Unknown Status";
}

HttpResponse MakeProblem(int status, std::string_view title, std::string_view detail,
                         NameValueList headers) {
  HttpResponse response;
  response.status = status;
  response.headers = {{"Content-Type", "application/problem+json"}, {"Cache-Control", "no-store"}};
  for (auto& header : headers) response.headers.push_back(std::move(header));
  response.body = fmt::format("{{\"status\":{},\"title\":", status);
  AppendJsonString(title.empty() ? ReasonPhrase(status) : title, &response.body);
  if (!detail.empty()) {
    response.body += ",\"detail\":";
    AppendJsonString(detail, &response.body);
  }
  response.body += "}\n";
  return response;
}

}  // namespace kubemonitor

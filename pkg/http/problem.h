// Errors as RFC 9457 documents (application/problem+json): the one form of every error answer.

#ifndef KUBEMONITOR_HTTP_PROBLEM_H_
#define KUBEMONITOR_HTTP_PROBLEM_H_

#include <string_view>

#include "http/http_types.h"

namespace kubemonitor {

// The standard reason phrase of a status ("Not Found"); "Unknown Status" if there is none.
std::string_view ReasonPhrase(int status);

// {"status":404,"title":"Not Found","detail":"…"} with the content type of a problem document and
// Cache-Control: no-store. `title` and `detail` may be anything: they are escaped, bytes that are
// not UTF-8 become U+FFFD, and what is over 4 KiB is cut. An empty title becomes the reason phrase,
// an empty detail is left out. `headers` are added (Allow, Retry-After).
HttpResponse MakeProblem(int status, std::string_view title, std::string_view detail,
                         NameValueList headers = {});

}  // namespace kubemonitor

#endif  // KUBEMONITOR_HTTP_PROBLEM_H_

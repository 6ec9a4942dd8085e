#ifndef KUBEMONITOR_APISERVER_DASHBOARD_ASSETS_H_
#define KUBEMONITOR_APISERVER_DASHBOARD_ASSETS_H_

// The dashboard's files, embedded into the program. Bytes live as long as the program.

#include <span>
#include <string_view>

namespace kubemonitor {

struct Asset {
  std::string_view path;          // "index.html", "assets/index-Bx3kQ9aZ.js"
  std::string_view content_type;  // "text/javascript; charset=utf-8"
  std::string_view digest;        // of the content: hexadecimal, for entity tags
  bool hashed = false;            // the name tells the content: it never changes
  // The content, and encoded where that is shorter; empty: not.
  std::string_view identity = {}, gzip = {}, brotli = {};
};

// Of this build, by path; empty: the dashboard was left out.
std::span<const Asset> EmbeddedAssets();

}  // namespace kubemonitor

#endif  // KUBEMONITOR_APISERVER_DASHBOARD_ASSETS_H_

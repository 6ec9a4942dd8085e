#ifndef KUBEMONITOR_APISERVER_KUBERNETES_YAML_DOCUMENT_H_
#define KUBEMONITOR_APISERVER_KUBERNETES_YAML_DOCUMENT_H_

#include <absl/status/statusor.h>

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace kubemonitor {

// A YAML document (or JSON, which is YAML too), read by libyaml. Aliases stand for the nodes they
// name, so that nothing is multiplied. Immutable.
class YamlDocument {
 public:
  static constexpr size_t kMaxBytes = 1024 * 1024;

  // A node of the document, which outlives it. A node that is not there behaves as an empty one.
  class Node {
   public:
    Node operator[](std::string_view key) const;  // of a mapping; the first one of the key
    std::vector<Node> items() const;              // of a sequence
    std::optional<std::string> text() const;      // of a scalar other than null
    bool is_set() const;                          // there, and not null

   private:
    friend class YamlDocument;
    Node(const YamlDocument* document, int index) : document_(document), index_(index) {}
    const YamlDocument* document_;
    int index_;  // as libyaml counts: from 1; 0: none
  };

  // InvalidArgument says in which line something is wrong.
  static absl::StatusOr<std::unique_ptr<YamlDocument>> Parse(std::string_view text);
  ~YamlDocument();
  YamlDocument(const YamlDocument&) = delete;

  Node root() const;

 private:
  struct Impl;
  explicit YamlDocument(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace kubemonitor

#endif  // KUBEMONITOR_APISERVER_KUBERNETES_YAML_DOCUMENT_H_

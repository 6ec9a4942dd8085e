#include "apiserver/kubernetes/yaml_document.h"

#include <fmt/format.h>
#include <yaml.h>

#include <utility>

namespace kubemonitor {
namespace {

std::string_view ScalarOf(const yaml_node_t& node) {
  return {reinterpret_cast<const char*>(node.data.scalar.value), node.data.scalar.length};
}

// Without quotes these words are null.
bool IsNull(const yaml_node_t& node) {
  if (node.type != YAML_SCALAR_NODE) return false;
  if (node.data.scalar.style != YAML_PLAIN_SCALAR_STYLE) return false;
  const std::string_view text = ScalarOf(node);
  return text.empty() || text == "~" || text == "null" || text == "Null" || text == "NULL";
}

}  // namespace

struct YamlDocument::Impl {
  Impl() = default;
  Impl(const Impl&) = delete;
  ~Impl() {
    if (loaded) yaml_document_delete(&document);
  }
  // libyaml does not change what it looks up; its type merely is not const.
  const yaml_node_t* Get(int index) const {
    return yaml_document_get_node(const_cast<yaml_document_t*>(&document), index);
  }

  yaml_document_t document = {};
  bool loaded = false;
};

YamlDocument::YamlDocument(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
YamlDocument::~YamlDocument() = default;

absl::StatusOr<std::unique_ptr<YamlDocument>> YamlDocument::Parse(std::string_view text) {
  if (text.size() > kMaxBytes) return absl::InvalidArgumentError("it is too large");
  yaml_parser_t parser;
  if (yaml_parser_initialize(&parser) == 0) return absl::ResourceExhaustedError("no memory");
  yaml_parser_set_input_string(&parser, reinterpret_cast<const unsigned char*>(text.data()),
                               text.size());
  auto impl = std::make_unique<Impl>();
  impl->loaded = yaml_parser_load(&parser, &impl->document) != 0;
  absl::Status status;
  if (!impl->loaded) {
    status = absl::InvalidArgumentError(
        fmt::format("line {}: {}", parser.problem_mark.line + 1,
                    parser.problem != nullptr ? parser.problem : "it is no YAML"));
  }
  yaml_parser_delete(&parser);
  if (!status.ok()) return status;
  return std::unique_ptr<YamlDocument>(new YamlDocument(std::move(impl)));
}

YamlDocument::Node YamlDocument::root() const { return {this, impl_->Get(1) != nullptr ? 1 : 0}; }

YamlDocument::Node YamlDocument::Node::operator[](std::string_view key) const {
  const yaml_node_t* node = document_->impl_->Get(index_);
  if (node == nullptr || node->type != YAML_MAPPING_NODE) return {document_, 0};
  for (const yaml_node_pair_t* pair = node->data.mapping.pairs.start;
       pair != node->data.mapping.pairs.top; ++pair) {
    const yaml_node_t* name = document_->impl_->Get(pair->key);
    if (name != nullptr && name->type == YAML_SCALAR_NODE && ScalarOf(*name) == key) {
      return {document_, pair->value};
    }
  }
  return {document_, 0};
}

std::vector<YamlDocument::Node> YamlDocument::Node::items() const {
  std::vector<Node> out;
  const yaml_node_t* node = document_->impl_->Get(index_);
  if (node == nullptr || node->type != YAML_SEQUENCE_NODE) return out;
  for (const yaml_node_item_t* item = node->data.sequence.items.start;
       item != node->data.sequence.items.top; ++item) {
    out.push_back(Node(document_, *item));
  }
  return out;
}

std::optional<std::string> YamlDocument::Node::text() const {
  const yaml_node_t* node = document_->impl_->Get(index_);
  if (node == nullptr || node->type != YAML_SCALAR_NODE || IsNull(*node)) return std::nullopt;
  return std::string(ScalarOf(*node));
}

bool YamlDocument::Node::is_set() const {
  const yaml_node_t* node = document_->impl_->Get(index_);
  return node != nullptr && !IsNull(*node);
}

}  // namespace kubemonitor

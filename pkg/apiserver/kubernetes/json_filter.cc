#include "apiserver/kubernetes/json_filter.h"

#include <algorithm>
#include <array>
#include <boost/json/basic_parser_impl.hpp>
#include <boost/json/monotonic_resource.hpp>
#include <boost/json/value_stack.hpp>
#include <optional>
#include <utility>
#include <vector>

namespace kubemonitor {
namespace {

namespace json = boost::json;
using boost::system::error_code;

constexpr size_t kBufferBytes = 32 * 1024;
constexpr size_t kValueBytes = sizeof(json::value);
constexpr std::string_view kBlanks = " \t\r\n";

// Below a place in the document.
struct Place {
  std::span<const JsonShape> fields;
  bool all = false;   // everything is kept
  bool each = false;  // an array whose elements are handed out
  size_t max_fields = 0;
};

struct Frame {
  Place place;
  bool array = false;
  size_t kept = 0;  // values on the stack
};

// Where values are put together.
struct Builder {
  Builder() : memory(buffer.data(), buffer.size()) {}
  void Begin() {
    value.reset();
    stack.reset();
    memory.release();
    stack.reset(&memory);
    kept_bytes = 0;
    cut = false;
  }
  // Whether more may be kept; else it is cut.
  bool HasRoom() {
    cut = cut || kept_bytes > JsonFilter::kMaxKeptBytes;
    return !cut;
  }
  void Finish() { value.emplace(stack.release()); }

  std::array<unsigned char, kBufferBytes> buffer;
  json::monotonic_resource memory;
  json::value_stack stack;
  std::optional<json::value> value;
  size_t kept_bytes = 0;
  bool cut = false;  // something is left out
};

// What basic_parser reports to.
class Collector {
 public:
  static constexpr size_t max_object_size = static_cast<size_t>(-1);
  static constexpr size_t max_array_size = static_cast<size_t>(-1);
  static constexpr size_t max_key_size = static_cast<size_t>(-1);
  static constexpr size_t max_string_size = static_cast<size_t>(-1);

  Collector(std::span<const JsonShape> shape, JsonFilter::ElementFunction element)
      : root_{.fields = shape}, element_(std::move(element)) {}

  const json::object& object() const { return document_.value->get_object(); }
  const std::string& problem() const { return problem_; }
  bool cut() const { return document_.cut; }
  uint64_t skipped() const { return skipped_; }

  bool on_document_begin(error_code&) {
    document_.Begin();
    problem_.clear();
    builder_ = &document_;
    frames_.clear();
    skipped_ = 0;
    skipped_depth_ = 0;
    skip_value_ = false;
    text_.clear();
    text_bytes_ = 0;
    return true;
  }
  bool on_document_end(error_code& code) {
    return document_.value && document_.value->is_object() ? true : Fail("it is no object", code);
  }

  bool on_object_begin(error_code& code) { return Begin(false, code); }
  bool on_object_end(size_t, error_code&) {
    if (Leave()) return true;
    const size_t kept = frames_.back().kept;
    frames_.pop_back();
    builder_->stack.push_object(kept);
    if (frames_.empty()) {
      document_.Finish();
    } else if (frames_.back().place.each) {
      builder_->Finish();
      if (builder_->cut) {
        ++skipped_;
      } else {
        element_(builder_->value->get_object());
      }
      builder_ = &document_;
    } else {
      ++frames_.back().kept;
    }
    return true;
  }
  bool on_array_begin(error_code& code) { return Begin(true, code); }
  bool on_array_end(size_t, error_code&) {
    if (Leave()) return true;
    const size_t kept = frames_.back().kept;
    frames_.pop_back();
    builder_->stack.push_array(kept);
    ++frames_.back().kept;
    return true;
  }

  bool on_key_part(json::string_view part, size_t, error_code&) { return AddText(part); }
  bool on_key(json::string_view part, size_t, error_code&) {
    if (skipped_depth_ > 0) return true;
    const std::string_view key = WholeText(part);
    const bool known =
        text_bytes_ <= JsonFilter::kMaxKeyBytes && FindPlace(key) && builder_->HasRoom();
    skip_value_ = !known;
    if (known) {
      builder_->stack.push_key({key.data(), key.size()});
      Count(text_bytes_);
    }
    ForgetText();
    return true;
  }
  bool on_string_part(json::string_view part, size_t, error_code&) { return AddText(part); }
  bool on_string(json::string_view part, size_t, error_code& code) {
    if (!Keeps(code)) return !Failed();
    const std::string_view text = WholeText(part);
    const bool fits = text_bytes_ <= JsonFilter::kMaxTextBytes;
    if (fits) {
      builder_->stack.push_string({text.data(), text.size()});
    } else {
      builder_->stack.push_null();
    }
    const size_t bytes = fits ? text_bytes_ : 0;
    ForgetText();
    return Kept(bytes);
  }
  bool on_number_part(json::string_view, error_code&) { return true; }
  bool on_int64(int64_t value, json::string_view, error_code& code) {
    if (!Keeps(code)) return !Failed();
    builder_->stack.push_int64(value);
    return Kept(0);
  }
  bool on_uint64(uint64_t value, json::string_view, error_code& code) {
    if (!Keeps(code)) return !Failed();
    builder_->stack.push_uint64(value);
    return Kept(0);
  }
  bool on_double(double value, json::string_view, error_code& code) {
    if (!Keeps(code)) return !Failed();
    builder_->stack.push_double(value);
    return Kept(0);
  }
  bool on_bool(bool value, error_code& code) {
    if (!Keeps(code)) return !Failed();
    builder_->stack.push_bool(value);
    return Kept(0);
  }
  bool on_null(error_code& code) {
    if (!Keeps(code)) return !Failed();
    builder_->stack.push_null();
    return Kept(0);
  }
  bool on_comment_part(json::string_view, error_code&) { return true; }
  bool on_comment(json::string_view, error_code&) { return true; }

 private:
  bool Failed() const { return !problem_.empty(); }
  bool Fail(std::string problem, error_code& code) {
    problem_ = std::move(problem);
    code = json::make_error_code(json::error::exception);
    return false;
  }

  // Texts come in pieces where the bytes do.
  bool AddText(json::string_view part) {
    if (skipped_depth_ > 0 || skip_value_) return true;
    text_bytes_ += part.size();
    if (text_bytes_ <= JsonFilter::kMaxTextBytes) text_.append(part.data(), part.size());
    return true;
  }
  std::string_view WholeText(json::string_view last) {
    if (text_bytes_ == 0) {
      text_bytes_ = last.size();
      return {last.data(), last.size()};
    }
    AddText(last);
    return text_;
  }
  void ForgetText() {
    text_.clear();
    text_bytes_ = 0;
  }

  // Where the value of this key belongs. False: nowhere.
  bool FindPlace(std::string_view key) {
    const Place& place = frames_.back().place;
    if (place.all) {
      next_ = place;
      return frames_.back().kept < place.max_fields;
    }
    for (const JsonShape& field : place.fields) {
      if (field.key != key) continue;
      next_ = {field.fields, field.fields.empty(), field.each, field.max_fields};
      return true;
    }
    return false;
  }

  // Whether the scalar that comes is kept.
  bool Keeps(error_code& code) {
    if (skipped_depth_ > 0) return false;
    if (frames_.empty()) return Fail("it is no object", code);
    if (std::exchange(skip_value_, false)) return false;
    const Frame& parent = frames_.back();
    // A key has its value; what is in an array may be left out. Of `each`, it is no element.
    if (!parent.array || (!parent.place.each && builder_->HasRoom())) return true;
    ForgetText();
    return false;
  }
  bool Kept(size_t bytes) {
    ++frames_.back().kept;
    Count(bytes);
    return true;
  }
  void Count(size_t bytes) { builder_->kept_bytes += bytes + kValueBytes; }

  bool Begin(bool array, error_code& code) {
    if (skipped_depth_ > 0 || std::exchange(skip_value_, false)) {
      ++skipped_depth_;
      return true;
    }
    if (frames_.empty()) {
      if (array) return Fail("it is no object", code);
      frames_.push_back({root_});
      return true;
    }
    const Frame& parent = frames_.back();
    Place place = parent.array ? parent.place : next_;
    if (parent.place.each) {
      if (array) {  // no element
        ++skipped_depth_;
        return true;
      }
      builder_ = &element_builder_;
      builder_->Begin();
    } else if (parent.array && !builder_->HasRoom()) {
      ++skipped_depth_;
      return true;
    }
    place.each = array && !parent.array && place.each;
    frames_.push_back({place, array});
    Count(0);
    return true;
  }
  // Whether the container that ends was skipped.
  bool Leave() {
    if (skipped_depth_ == 0) return false;
    --skipped_depth_;
    return true;
  }

  const Place root_;
  const JsonFilter::ElementFunction element_;
  Builder document_, element_builder_;
  Builder* builder_ = &document_;
  std::vector<Frame> frames_;  // of what is kept, from the outermost
  Place next_;                 // of the value of the last key
  uint64_t skipped_ = 0;       // elements
  size_t skipped_depth_ = 0;   // containers that are not kept
  bool skip_value_ = false;    // the value that comes is not kept
  std::string text_;           // the pieces so far
  size_t text_bytes_ = 0;      // of all pieces
  std::string problem_;
};

}  // namespace

struct JsonFilter::Impl {
  Impl(std::span<const JsonShape> shape, ElementFunction element)
      : parser(Options(), shape, std::move(element)) {}

  static json::parse_options Options() {
    json::parse_options options;
    options.max_depth = kMaxDepth;
    return options;
  }

  json::basic_parser<Collector> parser;
  bool at_start = true;
  std::string problem;
};

JsonFilter::JsonFilter(std::span<const JsonShape> shape, ElementFunction element)
    : impl_(std::make_unique<Impl>(shape, std::move(element))) {}
JsonFilter::~JsonFilter() = default;

JsonFilter::State JsonFilter::Write(std::string_view data, size_t* consumed) {
  *consumed = 0;
  if (!impl_->problem.empty()) return State::kFailed;
  if (impl_->at_start) {
    *consumed = std::min(data.find_first_not_of(kBlanks), data.size());
    data.remove_prefix(*consumed);
    if (data.empty()) return State::kMore;
    impl_->at_start = false;
  }
  error_code code;
  *consumed += impl_->parser.write_some(true, data.data(), data.size(), code);
  if (code) {
    const std::string& problem = impl_->parser.handler().problem();
    impl_->problem = problem.empty() ? code.message() : problem;
    return State::kFailed;
  }
  return impl_->parser.done() ? State::kDone : State::kMore;
}

const JsonFilter::Object& JsonFilter::object() const { return impl_->parser.handler().object(); }
bool JsonFilter::cut() const { return impl_->parser.handler().cut(); }
uint64_t JsonFilter::skipped() const { return impl_->parser.handler().skipped(); }
std::string JsonFilter::problem() const { return impl_->problem; }
bool JsonFilter::AtStart() const { return impl_->at_start; }

void JsonFilter::Reset() {
  impl_->parser.reset();
  impl_->at_start = true;
  impl_->problem.clear();
}

}  // namespace kubemonitor

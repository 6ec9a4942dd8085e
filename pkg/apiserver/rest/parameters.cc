#include "apiserver/rest/parameters.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <initializer_list>
#include <string_view>
#include <system_error>
#include <utility>

#include "apiserver/query/name_index.h"
#include "apiserver/rest/kind_metrics.h"
#include "common/text.h"

namespace kubemonitor {
namespace {

constexpr int64_t kMaxUnixSeconds = 253'402'300'799;  // the end of the year 9999

// The short names. `metrics` takes both directions of disk and network; a list can be sorted by one
// value alone, so there disk means what is written and network what is received.
struct ShortName {
  std::string_view name;
  std::initializer_list<Metric> metrics;
  Metric sorted_by;
};

const ShortName kShortNames[] = {
    {"cpu", {Metric::kCpuMillicores}, Metric::kCpuMillicores},
    {"memory", {Metric::kMemoryBytes}, Metric::kMemoryBytes},
    {"disk",
     {Metric::kDiskReadBytesPerSecond, Metric::kDiskWriteBytesPerSecond},
     Metric::kDiskWriteBytesPerSecond},
    {"network",
     {Metric::kNetworkRxBytesPerSecond, Metric::kNetworkTxBytesPerSecond},
     Metric::kNetworkRxBytesPerSecond},
};

const ShortName* FindShortName(std::string_view name) {
  for (const ShortName& short_name : kShortNames) {
    if (short_name.name == name) return &short_name;
  }
  return nullptr;
}

absl::Status Refused(Parameter parameter, std::string_view value, std::string_view allowed) {
  return absl::InvalidArgumentError(fmt::format("parameter '{}': {} is not allowed; it takes {}",
                                                ParameterName(parameter), QuoteForMessage(value),
                                                allowed));
}

absl::StatusOr<int64_t> ParseWhole(Parameter parameter, std::string_view value, int64_t min,
                                   int64_t max, std::string_view unit) {
  int64_t number = 0;
  const char* const end = value.data() + value.size();
  const auto [stop, error] = std::from_chars(value.data(), end, number);
  if (error == std::errc() && stop == end && number >= min && number <= max) return number;
  return Refused(parameter, value, fmt::format("a whole number{} from {} to {}", unit, min, max));
}

absl::StatusOr<std::string> ParseName(Parameter parameter, std::string_view value) {
  if (!value.empty() && value.size() <= kMaxNameBytes) return std::string(value);
  return Refused(parameter, value, fmt::format("a name of 1 to {} bytes", kMaxNameBytes));
}

absl::StatusOr<bool> ParseBool(Parameter parameter, std::string_view value) {
  if (value == "true" || value == "1") return true;
  if (value == "false" || value == "0") return false;
  return Refused(parameter, value, "true or false (or 1 or 0)");
}

absl::StatusOr<MetricSet> ParseMetrics(Parameter parameter, ItemKind kind, std::string_view value) {
  MetricSet set;
  std::string_view rest = value;
  while (true) {
    const size_t comma = rest.find(',');
    const std::string_view key = rest.substr(0, comma);
    const std::optional<Metric> metric = MetricFromKey(key);
    if (const ShortName* short_name = FindShortName(key)) {
      for (const Metric one : short_name->metrics) set.Add(one);
    } else if (metric && KindHasMetric(kind, *metric)) {
      set.Add(*metric);
    } else {
      return Refused(parameter, key,
                     fmt::format("comma-separated keys, here: {}; or cpu, memory, disk, network",
                                 MetricKeysOf(kind)));
    }
    if (comma == std::string_view::npos) return set;
    rest.remove_prefix(comma + 1);
  }
}

bool IsKind(std::string_view word) {
  const auto is_letter_or_digit = [](char c) {
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
  };
  return !word.empty() && word.size() <= kMaxKindBytes &&
         std::all_of(word.begin(), word.end(), is_letter_or_digit);
}

absl::StatusOr<std::vector<std::string>> ParseKinds(std::string_view value) {
  std::vector<std::string> kinds;
  std::string_view rest = value;
  while (kinds.size() < kMaxKinds) {
    const size_t comma = rest.find(',');
    if (!IsKind(rest.substr(0, comma))) break;
    kinds.emplace_back(rest.substr(0, comma));
    if (comma == std::string_view::npos) return kinds;
    rest.remove_prefix(comma + 1);
  }
  return Refused(Parameter::kKind, value,
                 fmt::format("up to {} comma-separated kinds as Kubernetes writes them, such as "
                             "Deployment,StatefulSet",
                             kMaxKinds));
}

absl::StatusOr<LabelSelector> ParseSelector(std::string_view value) {
  if (value.size() > kMaxSelectorBytes) {
    return Refused(Parameter::kLabelSelector, value,
                   fmt::format("at most {} bytes", kMaxSelectorBytes));
  }
  absl::StatusOr<LabelSelector> selector = LabelSelector::Parse(value);
  if (selector.ok()) return selector;
  const absl::string_view why = selector.status().message();
  return Refused(Parameter::kLabelSelector, value,
                 fmt::format("a label selector as kubectl does; {}",
                             std::string_view(why.data(), why.size())));
}

std::optional<SortStatistic> StatisticFromName(std::string_view name) {
  if (name == "avg") return SortStatistic::kAvg;
  if (name == "max") return SortStatistic::kMax;
  if (name == "p95") return SortStatistic::kP95;
  if (name == "change") return SortStatistic::kChange;
  return std::nullopt;
}

absl::StatusOr<SortOrder> ParseSort(ItemKind kind, std::string_view value, bool has_window) {
  SortOrder order;
  std::string_view key = value;
  if (!key.empty() && key[0] == '-') {
    order.descending = true;
    key.remove_prefix(1);
  }
  if (key == "name") return order;
  if (const size_t dot = key.find('.'); dot != std::string_view::npos) {
    const std::optional<SortStatistic> statistic = StatisticFromName(key.substr(dot + 1));
    if (!statistic)
      return Refused(Parameter::kSort, value, "'.avg', '.max', '.p95' or '.change' behind a key");
    if (!has_window) {
      return Refused(Parameter::kSort, value,
                     "'.avg', '.max', '.p95' and '.change' only together with the parameter "
                     "'window'");
    }
    order.statistic = *statistic;
    key = key.substr(0, dot);
  }
  order.fact = FactFromKey(key);
  if (order.fact && KindHasFact(kind, *order.fact) && order.statistic == SortStatistic::kNow) {
    return order;
  }
  order.fact.reset();
  order.metric = MetricFromKey(key);
  if (const ShortName* short_name = FindShortName(key)) order.metric = short_name->sorted_by;
  if (!order.metric || !KindHasMetric(kind, *order.metric)) {
    return Refused(
        Parameter::kSort, value,
        fmt::format("name, {} or a key, here: {}; or cpu, memory, disk, network; with '-' in "
                    "front for descending, with a window '.avg', '.max', '.p95' or '.change' "
                    "behind a key",
                    FactKeysOf(kind), MetricKeysOf(kind)));
  }
  return order;
}

absl::StatusOr<FindingKind> ParseFinding(std::string_view value) {
  if (const std::optional<FindingKind> kind = FindingFromKey(value)) return *kind;
  std::string known;
  for (size_t kind = 0; kind < kFindingKindCount; ++kind) {
    known +=
        fmt::format("{}{}", known.empty() ? "" : ", ", FindingKey(static_cast<FindingKind>(kind)));
  }
  return Refused(Parameter::kFinding, value, known);
}

// The raw values by parameter.
using RawValues = std::array<std::optional<std::string_view>, kParameterCount>;

absl::StatusOr<RawValues> Collect(const Route& route, const NameValueList& query) {
  RawValues values;
  for (const auto& [name, value] : query) {
    const std::optional<Parameter> parameter = ParameterFromName(name);
    if (!parameter || !route.parameters.Has(*parameter)) {
      return absl::InvalidArgumentError(
          fmt::format("unknown parameter {} (value {}); known here: {}", QuoteForMessage(name),
                      QuoteForMessage(value), KnownParameters(route)));
    }
    std::optional<std::string_view>& slot = values[static_cast<size_t>(*parameter)];
    if (slot) {
      return absl::InvalidArgumentError(
          fmt::format("parameter '{}' is given more than once ({} and {}); it may be given once",
                      name, QuoteForMessage(*slot), QuoteForMessage(value)));
    }
    slot = value;
  }
  return values;
}

// Stores a parsed value, or leaves the first error in status.
template <typename Value, typename Target>
void Keep(absl::StatusOr<Value> value, Target* target, absl::Status* status) {
  if (value.ok()) {
    *target = *std::move(value);
  } else {
    status->Update(value.status());
  }
}

absl::Status CheckCombination(const RawValues& raw, const Parameters& parameters) {
  const auto& step = raw[static_cast<size_t>(Parameter::kStep)];
  if (step && !parameters.query.window_seconds) {
    return Refused(Parameter::kStep, *step, "a value only together with the parameter 'window'");
  }
  const auto& offset = raw[static_cast<size_t>(Parameter::kOffset)];
  if (offset && parameters.continue_token) {
    return Refused(Parameter::kOffset, *offset,
                   "a value only without the parameter 'continue', which knows where to go on");
  }
  return absl::OkStatus();
}

void ParseWindow(const RawValues& raw, QueryOptions* query, absl::Status* status) {
  const auto given = [&raw](Parameter p) { return raw[static_cast<size_t>(p)]; };
  const auto seconds = [&](Parameter parameter, int64_t max, std::optional<int64_t>* target) {
    if (const auto value = given(parameter)) {
      Keep(ParseWhole(parameter, *value, 1, max, " of seconds"), target, status);
    }
  };
  seconds(Parameter::kWindow, kMaxWindowSeconds, &query->window_seconds);
  seconds(Parameter::kStep, kMaxWindowSeconds, &query->step_seconds);
  if (const auto value = given(Parameter::kEnd)) {
    Keep(ParseWhole(Parameter::kEnd, *value, 1, kMaxUnixSeconds, " of Unix seconds"),
         &query->end_seconds, status);
  }
}

void ParsePaging(const RawValues& raw, Parameters* parameters, absl::Status* status) {
  const auto given = [&raw](Parameter p) { return raw[static_cast<size_t>(p)]; };
  if (const auto value = given(Parameter::kLimit)) {
    Keep(ParseWhole(Parameter::kLimit, *value, 1, kMaxCount, ""), &parameters->limit, status);
  }
  if (const auto value = given(Parameter::kOffset)) {
    Keep(ParseWhole(Parameter::kOffset, *value, 0, kMaxCount, ""), &parameters->offset, status);
  }
  if (const auto value = given(Parameter::kContinue)) parameters->continue_token = *value;
}

void ParseNames(const RawValues& raw, Parameters* parameters, absl::Status* status) {
  const auto name = [&](Parameter parameter, std::optional<std::string>* target) {
    if (const auto value = raw[static_cast<size_t>(parameter)]) {
      Keep(ParseName(parameter, *value), target, status);
    }
  };
  name(Parameter::kNamespace, &parameters->namespace_name);
  name(Parameter::kNode, &parameters->node);
  name(Parameter::kUid, &parameters->uid);
  name(Parameter::kText, &parameters->text);
  name(Parameter::kSearch, &parameters->search);
  if (parameters->search) parameters->search = SmallLetters(*parameters->search);
  if (const auto value = raw[static_cast<size_t>(Parameter::kFinding)]) {
    Keep(ParseFinding(*value), &parameters->finding, status);
  }
}

}  // namespace

std::string KnownParameters(const Route& route) {
  std::string known;
  for (size_t i = 0; i < kParameterCount; ++i) {
    if (!route.parameters.Has(static_cast<Parameter>(i))) continue;
    if (!known.empty()) known += ", ";
    known += ParameterName(static_cast<Parameter>(i));
  }
  return known.empty() ? "none" : known;
}

absl::StatusOr<Parameters> ParseParameters(const Route& route, const NameValueList& query) {
  absl::StatusOr<RawValues> raw = Collect(route, query);
  if (!raw.ok()) return raw.status();
  Parameters parameters;
  const auto given = [&raw](Parameter p) { return (*raw)[static_cast<size_t>(p)]; };
  absl::Status status;
  ParseWindow(*raw, &parameters.query, &status);
  ParseNames(*raw, &parameters, &status);
  ParsePaging(*raw, &parameters, &status);
  if (const auto value = given(Parameter::kIncludeTerminated)) {
    Keep(ParseBool(Parameter::kIncludeTerminated, *value), &parameters.query.include_terminated,
         &status);
  }
  if (const auto value = given(Parameter::kKind)) {
    Keep(ParseKinds(*value), &parameters.kinds, &status);
  }
  if (const auto value = given(Parameter::kLabelSelector)) {
    Keep(ParseSelector(*value), &parameters.label_selector, &status);
  }
  if (const auto value = given(Parameter::kMetrics)) {
    Keep(ParseMetrics(Parameter::kMetrics, *route.kind, *value), &parameters.query.metrics,
         &status);
  }
  if (const auto value = given(Parameter::kSeries)) {
    Keep(ParseMetrics(Parameter::kSeries, *route.kind, *value), &parameters.query.series, &status);
  }
  if (const auto value = given(Parameter::kSort)) {
    Keep(ParseSort(*route.kind, *value, parameters.query.window_seconds.has_value()),
         &parameters.sort, &status);
  }
  status.Update(CheckCombination(*raw, parameters));
  if (!status.ok()) return status;
  return parameters;
}

}  // namespace kubemonitor

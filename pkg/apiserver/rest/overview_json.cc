#include "apiserver/rest/overview_json.h"

#include <string_view>

#include "apiserver/rest/kubernetes_json.h"

namespace kubemonitor {
namespace {

std::string_view KeyOf(Severity severity) {
  switch (severity) {
    case Severity::kCritical:
      return "critical";
    case Severity::kWarning:
      return "warning";
    case Severity::kInfo:
      break;
  }
  return "info";
}

std::string_view KeyOf(FindingMember::Unit unit) {
  switch (unit) {
    case FindingMember::Unit::kCount:
      return "count";
    case FindingMember::Unit::kSeconds:
      return "seconds";
    case FindingMember::Unit::kPercent:
      break;
  }
  return "percent";
}

std::string_view KeyOf(ItemKind kind) {
  switch (kind) {
    case ItemKind::kNode:
      return "node";
    case ItemKind::kNamespace:
      return "namespace";
    case ItemKind::kContainer:
      return "container";
    default:
      return "pod";
  }
}

void WriteMember(const FindingMember& member, JsonWriter* json) {
  json->StartObject();
  json->TextField("kind", KeyOf(member.kind));
  json->TextField("severity", KeyOf(member.severity));
  json->TextFieldIf("namespace", member.namespace_name);
  json->TextField("name", member.name);
  json->TextFieldIf("uid", member.uid);
  json->TextFieldIf("container", member.container);
  json->TextFieldIf("node", member.node);
  if (member.value) {
    json->NumberField("value", *member.value);
    json->TextField("unit", KeyOf(member.unit));
  }
  if (member.metric) json->TextField("metric", MetricKey(*member.metric));
  json->TextFieldIf("reason", member.reason);
  json->EndObject();
}

void WriteFinding(const Finding& finding, JsonWriter* json) {
  json->StartObject();
  json->TextField("kind", FindingKey(finding.kind));
  json->TextField("severity", KeyOf(finding.severity));
  json->UnsignedField("count", finding.count);
  json->Key("members");
  json->StartArray();
  for (const FindingMember& member : finding.worst) WriteMember(member, json);
  json->EndArray();
  json->EndObject();
}

void WriteMatch(const NameMatch& match, JsonWriter* json) {
  json->StartObject();
  json->TextField("kind", match.workload_kind.empty() ? KeyOf(match.kind) : match.workload_kind);
  json->TextFieldIf("namespace", match.namespace_name);
  json->TextField("name", match.name);
  json->TextFieldIf("uid", match.uid);
  json->TextFieldIf("node", match.node);
  json->EndObject();
}

std::string Finish(JsonWriter* json) {
  json->EndObject();
  std::string text;
  json->Take(&text);
  return text + "\n";
}

}  // namespace

void WriteClusterFields(const ClusterFacts& facts, JsonWriter* json) {
  json->Key("nodes");
  json->StartObject();
  json->UnsignedField("total", facts.nodes_total);
  json->UnsignedField("reporting", facts.nodes_reporting);
  json->UnsignedField("stale", facts.nodes_stale);
  if (facts.kubernetes) {
    json->UnsignedField("missingCollector", facts.nodes_without_collector);
    json->UnsignedField("notReady", facts.nodes_not_ready);
  }
  json->EndObject();
  WriteAmounts("capacity", {facts.cpu_capacity_millicores, facts.memory_capacity_bytes}, json);
  WriteAmounts("allocatable", facts.allocatable, json);
}

std::string FindingsJson(const Findings& findings) {
  JsonWriter json;
  json.StartObject();
  if (findings.tick_ms) json.IntegerField("tick", *findings.tick_ms / 1000);
  json.Key("items");
  json.StartArray();
  for (const Finding& finding : findings.found) WriteFinding(finding, &json);
  json.EndArray();
  return Finish(&json);
}

std::string SearchJson(const NameMatches& matches) {
  JsonWriter json;
  json.StartObject();
  json.Key("items");
  json.StartArray();
  for (const NameMatch& match : matches.best) WriteMatch(match, &json);
  json.EndArray();
  json.UnsignedField("total", matches.total);
  return Finish(&json);
}

}  // namespace kubemonitor

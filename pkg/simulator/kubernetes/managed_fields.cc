#include "simulator/kubernetes/managed_fields.h"

namespace kubemonitor {
namespace {

constexpr std::string_view kOfPods =
    R"([{"manager":"kube-controller-manager","operation":"Update","apiVersion":"v1",)"
    R"("time":"2025-01-01T00:00:00Z","fieldsType":"FieldsV1","fieldsV1":{"f:metadata":{)"
    R"("f:generateName":{},"f:labels":{".":{},"f:app":{}},"f:ownerReferences":{".":{}}},)"
    R"("f:spec":{"f:containers":{"k:{\"name\":\"app\"}":{".":{},"f:image":{},)"
    R"("f:imagePullPolicy":{},"f:name":{},"f:ports":{".":{},)"
    R"("k:{\"containerPort\":8080,\"protocol\":\"TCP\"}":{".":{},"f:containerPort":{},)"
    R"("f:protocol":{}}},"f:resources":{".":{},"f:limits":{".":{},"f:cpu":{},"f:memory":{}},)"
    R"("f:requests":{".":{},"f:cpu":{},"f:memory":{}}},"f:terminationMessagePath":{},)"
    R"("f:terminationMessagePolicy":{}}},"f:dnsPolicy":{},"f:enableServiceLinks":{},)"
    R"("f:restartPolicy":{},"f:schedulerName":{},"f:securityContext":{},)"
    R"("f:terminationGracePeriodSeconds":{}}}},{"manager":"kubelet","operation":"Update",)"
    R"("apiVersion":"v1","time":"2025-01-01T00:00:05Z","fieldsType":"FieldsV1","fieldsV1":{)"
    R"("f:status":{"f:conditions":{"k:{\"type\":\"ContainersReady\"}":{".":{},)"
    R"("f:lastProbeTime":{},"f:lastTransitionTime":{},"f:status":{},"f:type":{}},)"
    R"("k:{\"type\":\"Initialized\"}":{".":{},"f:lastProbeTime":{},"f:lastTransitionTime":{},)"
    R"("f:status":{},"f:type":{}},"k:{\"type\":\"Ready\"}":{".":{},"f:lastProbeTime":{},)"
    R"("f:lastTransitionTime":{},"f:status":{},"f:type":{}}},"f:containerStatuses":{},)"
    R"("f:hostIP":{},"f:phase":{},"f:podIP":{},"f:podIPs":{".":{},)"
    R"("k:{\"ip\":\"10.0.0.1\"}":{".":{},"f:ip":{}}},"f:startTime":{}}},)"
    R"("subresource":"status"}])";

constexpr std::string_view kOfOthers =
    R"([{"manager":"kubectl-client-side-apply","operation":"Update","apiVersion":"v1",)"
    R"("time":"2025-01-01T00:00:00Z","fieldsType":"FieldsV1","fieldsV1":{"f:metadata":{)"
    R"("f:annotations":{".":{}},"f:labels":{".":{},"f:app":{}}},"f:spec":{"f:replicas":{},)"
    R"("f:selector":{},"f:template":{"f:metadata":{"f:labels":{".":{},"f:app":{}}}}}}},)"
    R"({"manager":"kube-controller-manager","operation":"Update","apiVersion":"v1",)"
    R"("time":"2025-01-01T00:00:05Z","fieldsType":"FieldsV1","fieldsV1":{"f:status":{)"
    R"("f:observedGeneration":{},"f:readyReplicas":{},"f:replicas":{}}},)"
    R"("subresource":"status"}])";

}  // namespace

std::string_view ManagedFieldsOf(Resource resource) {
  return resource == Resource::kPods ? kOfPods : kOfOthers;
}

}  // namespace kubemonitor

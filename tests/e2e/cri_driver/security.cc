#include "cri_driver/security.h"

#include <algorithm>

namespace kubemonitor::e2e {
namespace {

namespace v1 = runtime::v1;

// The kubelet hides these from every container that is not privileged.
constexpr const char* kMaskedPaths[] = {"/proc/asound",
                                        "/proc/acpi",
                                        "/proc/kcore",
                                        "/proc/keys",
                                        "/proc/latency_stats",
                                        "/proc/timer_list",
                                        "/proc/timer_stats",
                                        "/proc/sched_debug",
                                        "/proc/scsi",
                                        "/sys/firmware",
                                        "/sys/devices/virtual/powercap"};
constexpr const char* kReadOnlyPaths[] = {"/proc/bus", "/proc/fs", "/proc/irq", "/proc/sys",
                                          "/proc/sysrq-trigger"};

void SetNamespaces(const PodSpec& pod, v1::NamespaceOption* options) {
  options->set_pid(pod.host_pid ? v1::NODE : v1::CONTAINER);
  if (pod.host_network) options->set_network(v1::NODE);
}

}  // namespace

void SetSandboxSecurity(const PodSpec& pod, v1::LinuxSandboxSecurityContext* context) {
  SetNamespaces(pod, context->mutable_namespace_options());
  context->set_privileged(std::any_of(pod.containers.begin(), pod.containers.end(),
                                      [](const auto& c) { return c.security.privileged; }));
}

void SetContainerSecurity(const PodSpec& pod, const ContainerSpec& container,
                          v1::LinuxContainerSecurityContext* context) {
  const SecurityContext& security = container.security;
  SetNamespaces(pod, context->mutable_namespace_options());
  context->set_privileged(security.privileged);
  context->set_readonly_rootfs(security.read_only_root_filesystem);
  context->set_no_new_privs(!security.allow_privilege_escalation);
  if (security.run_as_user) context->mutable_run_as_user()->set_value(*security.run_as_user);
  for (const std::string& name : security.add_capabilities) {
    context->mutable_capabilities()->add_add_capabilities(name);
  }
  for (const std::string& name : security.drop_capabilities) {
    context->mutable_capabilities()->add_drop_capabilities(name);
  }
  if (!security.seccomp.empty()) {
    context->mutable_seccomp()->set_profile_type(security.seccomp == "Unconfined"
                                                     ? v1::SecurityProfile::Unconfined
                                                     : v1::SecurityProfile::RuntimeDefault);
  }
  context->set_apparmor_profile(security.apparmor);
  if (security.privileged) return;
  for (const char* path : kMaskedPaths) context->add_masked_paths(path);
  for (const char* path : kReadOnlyPaths) context->add_readonly_paths(path);
}

}  // namespace kubemonitor::e2e

#ifndef KUBEMONITOR_TESTS_E2E_CRI_DRIVER_SECURITY_H_
#define KUBEMONITOR_TESTS_E2E_CRI_DRIVER_SECURITY_H_

#include "cri_driver.pb.h"
#include "cri_driver/pod_spec.h"

// What the kubelet makes of a pod's and a container's rights for the runtime: namespaces of the
// node, privileges, capabilities, profiles, and the paths of /proc and /sys that it hides.
namespace kubemonitor::e2e {

void SetSandboxSecurity(const PodSpec& pod, runtime::v1::LinuxSandboxSecurityContext* context);

void SetContainerSecurity(const PodSpec& pod, const ContainerSpec& container,
                          runtime::v1::LinuxContainerSecurityContext* context);

}  // namespace kubemonitor::e2e

#endif  // KUBEMONITOR_TESTS_E2E_CRI_DRIVER_SECURITY_H_

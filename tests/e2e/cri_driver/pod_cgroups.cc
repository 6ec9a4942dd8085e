#include "cri_driver/pod_cgroups.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <thread>

namespace kubemonitor::e2e {
namespace {

constexpr char kRoot[] = "/sys/fs/cgroup";
constexpr char kControllers[] = "+cpuset +cpu +io +memory +pids";
constexpr int64_t kMinShares = 2;
constexpr int64_t kPeriodUsec = 100000;

// What a QoS or pod cgroup is given; nothing set means no limit.
struct Limits {
  int64_t shares = kMinShares;
  std::optional<int64_t> quota_usec;
  std::optional<int64_t> memory_bytes;
};

// The kubelet's and runc's mapping of shares [2, 262144] to a weight [1, 10000].
int64_t WeightOf(int64_t shares) { return 1 + ((shares - 2) * 9999) / 262142; }

absl::Status Failed(const std::string& what) {
  return absl::InternalError(fmt::format("{}: {}", what, std::strerror(errno)));
}

absl::Status WriteFile(const std::string& path, const std::string& text) {
  const int fd = open(path.c_str(), O_WRONLY | O_CLOEXEC);
  if (fd < 0) return Failed(path);
  const bool written = write(fd, text.data(), text.size()) == static_cast<ssize_t>(text.size());
  const absl::Status status = written ? absl::OkStatus() : Failed(path);
  close(fd);
  return status;
}

absl::Status RunProgram(const std::vector<std::string>& words) {
  std::vector<char*> argv;
  for (const std::string& word : words) argv.push_back(const_cast<char*>(word.c_str()));
  argv.push_back(nullptr);
  const pid_t pid = fork();
  if (pid < 0) return Failed("fork");
  if (pid == 0) {
    if (const int null = open("/dev/null", O_WRONLY); null >= 0) dup2(null, STDOUT_FILENO);
    execvp(argv[0], argv.data());
    _exit(127);
  }
  int status = 0;
  while (waitpid(pid, &status, 0) < 0) {
    if (errno != EINTR) return Failed("waitpid");
  }
  if (WIFEXITED(status) && WEXITSTATUS(status) == 0) return absl::OkStatus();
  return absl::InternalError(fmt::format("{} failed (wait status {})", words[0], status));
}

absl::Status MakeDirectory(const std::string& path, const Limits& limits) {
  if (mkdir(path.c_str(), 0755) != 0 && errno != EEXIST) return Failed(path);
  absl::Status status = WriteFile(path + "/cgroup.subtree_control", kControllers);
  status.Update(WriteFile(path + "/cpu.weight", fmt::format("{}", WeightOf(limits.shares))));
  if (limits.quota_usec) {
    status.Update(
        WriteFile(path + "/cpu.max", fmt::format("{} {}", *limits.quota_usec, kPeriodUsec)));
  }
  if (limits.memory_bytes) {
    status.Update(WriteFile(path + "/memory.max", fmt::format("{}", *limits.memory_bytes)));
  }
  return status;
}

// A transient slice, asked for with the properties libcontainer sets.
absl::Status StartSlice(const std::string& slice, const Limits& limits) {
  std::vector<std::string> properties;
  size_t count = 0;
  const auto add = [&](const std::string& name, const std::string& type, const std::string& value) {
    properties.insert(properties.end(), {name, type, value});
    ++count;
  };
  add("Description", "s", "libcontainer container " + slice);
  add("DefaultDependencies", "b", "false");
  for (const char* accounting :
       {"CPUAccounting", "MemoryAccounting", "IOAccounting", "TasksAccounting"}) {
    add(accounting, "b", "true");
  }
  add("CPUWeight", "t", fmt::format("{}", WeightOf(limits.shares)));
  if (limits.quota_usec) {
    add("CPUQuotaPerSecUSec", "t", fmt::format("{}", *limits.quota_usec * 10));
  }
  if (limits.memory_bytes) add("MemoryMax", "t", fmt::format("{}", *limits.memory_bytes));
  std::vector<std::string> words = {"busctl",
                                    "call",
                                    "org.freedesktop.systemd1",
                                    "/org/freedesktop/systemd1",
                                    "org.freedesktop.systemd1.Manager",
                                    "StartTransientUnit",
                                    "ssa(sv)a(sa(sv))",
                                    slice,
                                    "replace",
                                    fmt::format("{}", count)};
  words.insert(words.end(), properties.begin(), properties.end());
  words.push_back("0");
  return RunProgram(words);
}

std::string BaseName(const std::string& path) { return path.substr(path.rfind('/') + 1); }

// StartTransientUnit answers before the job has run; the runtime needs the directory.
absl::Status WaitForDirectory(const std::string& path) {
  for (int i = 0; i < 200; ++i) {
    if (access(path.c_str(), F_OK) == 0) return absl::OkStatus();
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
  }
  return absl::DeadlineExceededError(path + " did not appear");
}

absl::Status CreateCgroup(const std::string& path, CgroupDriver driver, const Limits& limits) {
  if (driver == CgroupDriver::kCgroupfs) return MakeDirectory(kRoot + path, limits);
  // The QoS classes' own, when pods are added to others: systemd would refuse to make it again.
  if (access((kRoot + path).c_str(), F_OK) == 0) return absl::OkStatus();
  if (absl::Status status = StartSlice(BaseName(path), limits); !status.ok()) return status;
  return WaitForDirectory(kRoot + path);
}

std::string QosPath(QosClass qos, CgroupDriver driver) {
  const bool systemd = driver == CgroupDriver::kSystemd;
  switch (qos) {
    case QosClass::kGuaranteed:
      return systemd ? "/kubepods.slice" : "/kubepods";
    case QosClass::kBurstable:
      return systemd ? "/kubepods.slice/kubepods-burstable.slice" : "/kubepods/burstable";
    case QosClass::kBestEffort:
      return systemd ? "/kubepods.slice/kubepods-besteffort.slice" : "/kubepods/besteffort";
  }
  return {};
}

// Sums; a pod-level limit exists only where every container has one.
Limits PodLimits(const PodSpec& pod) {
  int64_t request = 0;
  int64_t cpu_limit = 0;
  int64_t memory_limit = 0;
  bool all_cpu = true;
  bool all_memory = true;
  for (const ContainerSpec& container : pod.containers) {
    request += container.requests.cpu_millicores.value_or(0);
    cpu_limit += container.limits.cpu_millicores.value_or(0);
    memory_limit += container.limits.memory_bytes.value_or(0);
    all_cpu = all_cpu && container.limits.cpu_millicores.has_value();
    all_memory = all_memory && container.limits.memory_bytes.has_value();
  }
  Limits limits;
  limits.shares = SharesOf(request);
  if (all_cpu) limits.quota_usec = QuotaOf(cpu_limit);
  if (all_memory) limits.memory_bytes = memory_limit;
  return limits;
}

}  // namespace

int64_t SharesOf(std::optional<int64_t> millicores) {
  return std::max(kMinShares, millicores.value_or(0) * 1024 / 1000);
}

int64_t QuotaOf(int64_t millicores) {
  return std::max<int64_t>(1000, millicores * kPeriodUsec / 1000);
}

std::string PodCgroupParent(const PodSpec& pod, CgroupDriver driver) {
  const std::string parent = QosPath(QosOf(pod), driver);
  if (driver == CgroupDriver::kCgroupfs) return parent + "/pod" + pod.uid;
  std::string uid = pod.uid;
  std::replace(uid.begin(), uid.end(), '-', '_');  // a dash would open another level of slices
  std::string prefix = BaseName(parent);
  prefix.resize(prefix.size() - std::strlen(".slice"));
  return fmt::format("{}/{}-pod{}.slice", parent, prefix, uid);
}

absl::Status CreateQosCgroups(const std::vector<PodSpec>& pods, CgroupDriver driver) {
  Limits all;
  Limits burstable;
  burstable.shares = 0;
  all.shares = 2048;
  for (const PodSpec& pod : pods) {
    if (QosOf(pod) == QosClass::kBurstable) burstable.shares += PodLimits(pod).shares;
  }
  burstable.shares = std::max(burstable.shares, kMinShares);
  absl::Status status = CreateCgroup(QosPath(QosClass::kGuaranteed, driver), driver, all);
  status.Update(CreateCgroup(QosPath(QosClass::kBurstable, driver), driver, burstable));
  status.Update(CreateCgroup(QosPath(QosClass::kBestEffort, driver), driver, Limits{}));
  return status;
}

absl::Status CreatePodCgroup(const PodSpec& pod, CgroupDriver driver) {
  return CreateCgroup(PodCgroupParent(pod, driver), driver, PodLimits(pod));
}

absl::Status RemovePodCgroup(const PodSpec& pod, CgroupDriver driver) {
  const std::string path = PodCgroupParent(pod, driver);
  if (driver == CgroupDriver::kSystemd) return RunProgram({"systemctl", "stop", BaseName(path)});
  // The runtime removes its own cgroups a moment after it has answered.
  for (int i = 0; i < 100; ++i) {
    if (rmdir((kRoot + path).c_str()) == 0 || errno == ENOENT) return absl::OkStatus();
    if (errno != EBUSY && errno != ENOTEMPTY) break;
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
  }
  return Failed(path);
}

}  // namespace kubemonitor::e2e

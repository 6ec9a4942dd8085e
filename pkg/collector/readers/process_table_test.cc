#include "collector/readers/process_table.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <optional>
#include <vector>

#include "collector/readers/proc_fixture.h"

namespace kubemonitor {
namespace {

constexpr uint64_t kSecond = 1'000'000;

bool IsPod(std::string_view path) { return path.starts_with("/kubepods"); }

const ProcessUsage* Find(const std::vector<ProcessUsage>& usages, uint32_t pid) {
  for (const ProcessUsage& usage : usages) {
    if (usage.pid == pid) return &usage;
  }
  return nullptr;
}

class ProcessTableTest : public ::testing::Test {
 protected:
  ProcessTable& Table() {
    if (!table_) {
      options_.proc_root = tree_.Path("proc");
      table_.emplace(options_);
    }
    return *table_;
  }
  std::vector<ProcessUsage> Read(uint64_t boot_usec) {
    return Table().Read(boot_usec, IsPod, &errors_);
  }

  FixtureTree tree_;
  ProcessTableOptions options_;
  std::optional<ProcessTable> table_;
  ReadErrors errors_;
};

TEST_F(ProcessTableTest, RatesOverBootTime) {
  tree_.WriteProcess(7, {.comm = "a) (b c",
                         .user_ticks = 100,
                         .system_ticks = 50,
                         .rss_pages = 3,
                         .threads = 4,
                         .read_bytes = 1000,
                         .write_bytes = 0,
                         .uid = 1000});
  tree_.Write("proc/1/root/etc/passwd", "root:x:0:0::/:/bin/sh\nalice:x:1000:1000::/:/bin/sh\n");
  tree_.Link("proc/7/exe", "/usr/bin/worker");
  std::vector<ProcessUsage> first = Read(100 * kSecond);
  ASSERT_EQ(first.size(), 1u);
  EXPECT_EQ(first[0].pid, 7u);
  EXPECT_EQ(first[0].name, "a) (b c");
  EXPECT_EQ(first[0].user, "alice");
  EXPECT_EQ(first[0].unit, "worker.service");
  EXPECT_EQ(first[0].executable, "/usr/bin/worker");
  EXPECT_EQ(first[0].command_line, "");
  EXPECT_EQ(first[0].threads, 4u);
  EXPECT_EQ(first[0].memory_rss_bytes, 3u * static_cast<uint64_t>(sysconf(_SC_PAGESIZE)));
  EXPECT_FALSE(first[0].cpu_millicores);
  EXPECT_FALSE(first[0].disk_read_bytes_per_second);

  tree_.WriteProcess(7, {.comm = "a) (b c",
                         .user_ticks = 300,
                         .system_ticks = 100,
                         .read_bytes = 6000,
                         .write_bytes = 10});
  std::vector<ProcessUsage> second = Read(105 * kSecond);
  ASSERT_EQ(second.size(), 1u);
  // 250 ticks of 10 ms in 5 s are half a core.
  EXPECT_DOUBLE_EQ(second[0].cpu_millicores.value(), 500.0);
  EXPECT_DOUBLE_EQ(second[0].disk_read_bytes_per_second.value(), 1000.0);
  EXPECT_DOUBLE_EQ(second[0].disk_write_bytes_per_second.value(), 2.0);
  EXPECT_EQ(errors_.count(), 0u);
  EXPECT_EQ(Table().process_count(), 2u);
}

TEST_F(ProcessTableTest, NeverNegativeAndNeverWithoutTime) {
  tree_.WriteProcess(7, {.user_ticks = 100, .read_bytes = 1000});
  Read(kSecond);
  tree_.WriteProcess(7, {.user_ticks = 90, .read_bytes = 900, .write_bytes = 5});
  std::vector<ProcessUsage> back = Read(2 * kSecond);
  ASSERT_EQ(back.size(), 1u);
  EXPECT_FALSE(back[0].cpu_millicores);
  EXPECT_FALSE(back[0].disk_read_bytes_per_second);
  EXPECT_TRUE(back[0].disk_write_bytes_per_second);
  std::vector<ProcessUsage> same = Read(2 * kSecond);
  ASSERT_EQ(same.size(), 1u);
  EXPECT_FALSE(same[0].cpu_millicores);
}

TEST_F(ProcessTableTest, PidReuseBeginsAnew) {
  tree_.WriteProcess(7, {.comm = "old", .user_ticks = 5, .start_ticks = 100});
  Read(kSecond);
  tree_.WriteProcess(7, {.comm = "new",
                         .cgroup = "0::/system.slice/new.service\n",
                         .user_ticks = 5000,
                         .start_ticks = 200});
  std::vector<ProcessUsage> usages = Read(2 * kSecond);
  ASSERT_EQ(usages.size(), 1u);
  EXPECT_EQ(usages[0].name, "new");
  EXPECT_EQ(usages[0].unit, "new.service");
  EXPECT_FALSE(usages[0].cpu_millicores) << "the counters are another process's";
  // The pid goes to a container's process.
  tree_.WriteProcess(7, {.cgroup = "0::/kubepods/pod1/c1\n", .start_ticks = 300});
  EXPECT_TRUE(Read(3 * kSecond).empty());
  // And, unnoticed for a minute at most, to a host process again.
  tree_.WriteProcess(7, {.start_ticks = 400});
  EXPECT_EQ(Read(64 * kSecond).size(), 1u);
  EXPECT_EQ(errors_.count(), 0u);
}

TEST_F(ProcessTableTest, ReuseOfAPodsPidIsNoticedByTheDirectory) {
  tree_.WriteProcess(7, {.cgroup = "0::/kubepods/pod1/c1\n", .start_ticks = 100});
  EXPECT_TRUE(Read(kSecond).empty());
  EXPECT_TRUE(Read(2 * kSecond).empty());
  // Both directories exist at once, so that they have different inodes.
  tree_.WriteProcess(8, {.start_ticks = 200});
  tree_.Remove("proc/7");
  std::filesystem::rename(tree_.Path("proc/8"), tree_.Path("proc/7"));
  EXPECT_EQ(Read(3 * kSecond).size(), 1u);
}

TEST_F(ProcessTableTest, MovesIntoAPodAreNoticedAtTheNextTick) {
  tree_.MakeDirectory("proc");
  Read(kSecond);
  tree_.WriteProcess(7, {.cgroup = "0::/system.slice/containerd.service\n"});
  EXPECT_EQ(Read(2 * kSecond).size(), 1u);
  tree_.WriteProcess(7, {.cgroup = "0::/kubepods/burstable/pod1/c1\n"});
  EXPECT_TRUE(Read(3 * kSecond).empty());
}

TEST_F(ProcessTableTest, KernelThreadsHaveNeitherUnitNorExecutable) {
  tree_.WriteProcess(2, {.comm = "kthreadd", .cgroup = "0::/a/b\n", .flags = 2129984});
  std::vector<ProcessUsage> usages = Read(kSecond);
  ASSERT_EQ(usages.size(), 1u);
  EXPECT_EQ(usages[0].unit, "");
  EXPECT_EQ(usages[0].executable, "");
  EXPECT_EQ(usages[0].user, "0") << "no passwd: the number";
}

TEST_F(ProcessTableTest, CommandLinesOnlyWhenAskedForAndBounded) {
  options_.command_lines = true;
  tree_.WriteProcess(7, {});
  tree_.Write("proc/7/cmdline", std::string("sh\0-c\0true\0", 11));
  tree_.WriteProcess(8, {});
  tree_.Write("proc/8/cmdline", std::string(100'000, 'x'));
  std::vector<ProcessUsage> usages = Read(kSecond);
  ASSERT_EQ(usages.size(), 2u);
  EXPECT_EQ(Find(usages, 7)->command_line, "sh -c true");
  EXPECT_EQ(Find(usages, 8)->command_line.size(), 4096u);
}

TEST_F(ProcessTableTest, UnionOfTheTops) {
  options_.top_by_cpu = 2;
  options_.top_by_memory = 2;
  for (uint32_t pid = 1; pid <= 9; ++pid) tree_.WriteProcess(pid, {.rss_pages = pid * 10});
  // Without rates yet, memory decides.
  EXPECT_EQ(Read(kSecond).size(), 2u);
  tree_.WriteProcess(3, {.user_ticks = 50, .rss_pages = 30});
  tree_.WriteProcess(9, {.user_ticks = 70, .rss_pages = 90});
  std::vector<ProcessUsage> usages = Read(2 * kSecond);
  ASSERT_EQ(usages.size(), 3u);
  EXPECT_EQ(usages[0].pid, 9u);
  EXPECT_EQ(usages[1].pid, 3u);
  EXPECT_EQ(usages[2].pid, 8u);
}

TEST_F(ProcessTableTest, ProcessesThatEndAreSkippedInSilence) {
  for (uint32_t pid = 7; pid <= 9; ++pid) tree_.WriteProcess(pid, {});
  // Whoever is classified first sees the others end under the reader.
  uint32_t ended = 0;
  const auto ending = [&](std::string_view) {
    for (uint32_t pid = 7; pid <= 9 && ended == 0; ++pid) {
      tree_.Remove("proc/" + std::to_string(pid));
    }
    ++ended;
    return false;
  };
  EXPECT_LE(Table().Read(kSecond, ending, &errors_).size(), 1u);
  EXPECT_TRUE(Read(2 * kSecond).empty());
  // A directory that is empty already.
  tree_.MakeDirectory("proc/10");
  EXPECT_TRUE(Read(3 * kSecond).empty());
  EXPECT_EQ(errors_.count(), 0u);
  EXPECT_EQ(Table().process_count(), 1u);
}

TEST_F(ProcessTableTest, OddContentsCostOnlyTheirProcess) {
  tree_.WriteProcess(7, {});
  tree_.WriteProcess(8, {});
  tree_.WriteProcess(9, {});
  tree_.WriteProcess(10, {});
  tree_.Write("proc/8/stat", "garbage");
  tree_.Write("proc/9/cgroup", "garbage");
  tree_.Write("proc/10/io", "garbage");
  tree_.MakeDirectory("proc/self");
  tree_.MakeDirectory("proc/007");
  tree_.MakeDirectory("proc/99999999999999999999");
  tree_.Write("proc/11", "a file");
  ::testing::internal::CaptureStderr();
  std::vector<ProcessUsage> usages = Read(kSecond);
  EXPECT_THAT(::testing::internal::GetCapturedStderr(),
              ::testing::ContainsRegex("process (8|9|10) (stat|cgroup|io): not understood"));
  EXPECT_EQ(usages.size(), 2u);
  EXPECT_TRUE(Find(usages, 7));
  EXPECT_TRUE(Find(usages, 10));
  EXPECT_EQ(errors_.count(), 3u);
  EXPECT_EQ(Table().process_count(), 4u);
  // It turns odd while it is known.
  tree_.Write("proc/7/stat", "");
  errors_ = ReadErrors();
  EXPECT_FALSE(Find(Read(2 * kSecond), 7));
  EXPECT_EQ(errors_.count(), 4u);
}

TEST_F(ProcessTableTest, WithoutCgroupFilesWhatIsKnownHolds) {
  tree_.WriteProcess(2, {.comm = "kthreadd", .flags = 2129984});
  tree_.WriteProcess(7, {});
  tree_.WriteProcess(8, {.cgroup = "0::/kubepods/pod1/c1\n"});
  tree_.Remove("proc/2/cgroup");
  tree_.Remove("proc/7/io");
  EXPECT_EQ(Read(kSecond).size(), 2u);
  tree_.Remove("proc/7/cgroup");
  tree_.Remove("proc/8/cgroup");
  tree_.WriteProcess(9, {});
  tree_.Remove("proc/9/cgroup");
  const std::vector<ProcessUsage> usages = Read(100 * kSecond);
  EXPECT_EQ(usages.size(), 2u);
  ASSERT_TRUE(Find(usages, 7));
  EXPECT_EQ(Find(usages, 7)->unit, "worker.service");
  EXPECT_FALSE(Find(usages, 8)) << "a pod's";
  EXPECT_FALSE(Find(usages, 9)) << "it cannot be told";
  EXPECT_EQ(errors_.count(), 0u);
}

TEST_F(ProcessTableTest, AMissingRootIsCountedOnceAndMayAppear) {
  EXPECT_TRUE(Read(kSecond).empty());
  EXPECT_TRUE(Read(2 * kSecond).empty());
  EXPECT_EQ(errors_.count(), 1u);
  tree_.WriteProcess(7, {});
  EXPECT_EQ(Read(3 * kSecond).size(), 1u);
}

// Children that wait for their end, on the machine's own /proc.
class Children {
 public:
  ~Children() { End(); }
  void Start(int count) {
    for (int i = 0; i < count; ++i) {
      const pid_t pid = fork();
      if (pid == 0) {
        while (true) pause();
      }
      if (pid > 0) pids_.push_back(pid);
    }
  }
  void End() {
    for (const pid_t pid : pids_) {
      kill(pid, SIGKILL);
      waitpid(pid, nullptr, 0);
    }
    pids_.clear();
  }
  const std::vector<pid_t>& pids() const { return pids_; }

 private:
  std::vector<pid_t> pids_;
};

TEST(ProcessTableOnProcTest, EndsUnderHeldDescriptors) {
  ProcessTableOptions options;
  options.top_by_cpu = 100'000;
  ProcessTable table(options);
  ReadErrors errors;
  const auto host = [](std::string_view) { return false; };
  table.Read(0, host, &errors);
  Children children;
  children.Start(8);
  const std::vector<pid_t> pids = children.pids();
  ASSERT_EQ(pids.size(), 8u);
  table.Read(kSecond, host, &errors);
  const std::vector<ProcessUsage> known = table.Read(2 * kSecond, host, &errors);
  for (const pid_t pid : pids) {
    const ProcessUsage* usage = Find(known, static_cast<uint32_t>(pid));
    ASSERT_NE(usage, nullptr);
    EXPECT_TRUE(usage->cpu_millicores);
    EXPECT_GT(usage->memory_rss_bytes.value_or(0), 0u);
    EXPECT_FALSE(usage->executable.empty());
  }
  // The children are looked at again from 47 s on, others (pid 1, this process) earlier: the
  // children end at the first such moment.
  const auto ending = [&](std::string_view) {
    children.End();
    return false;
  };
  bool ended = false;
  for (uint64_t at = 3; at < 130 && !ended; ++at) {
    const std::vector<ProcessUsage> now = table.Read(at * kSecond, ending, &errors);
    ended = children.pids().empty();
    if (ended) table.Read((at + 1) * kSecond, host, &errors);
  }
  EXPECT_TRUE(ended);
  const std::vector<ProcessUsage> after = table.Read(200 * kSecond, host, &errors);
  for (const pid_t pid : pids) EXPECT_EQ(Find(after, static_cast<uint32_t>(pid)), nullptr);
  EXPECT_EQ(errors.count(), 0u);
}

TEST(ProcessTableOnProcTest, SeesItself) {
  ProcessTableOptions options;
  options.top_by_cpu = 100'000;
  options.command_lines = true;
  ProcessTable table(options);
  ReadErrors errors;
  const auto host = [](std::string_view) { return false; };
  const std::vector<ProcessUsage> usages = table.Read(kSecond, host, &errors);
  const ProcessUsage* self = Find(usages, static_cast<uint32_t>(getpid()));
  ASSERT_NE(self, nullptr);
  EXPECT_FALSE(self->cpu_millicores);
  EXPECT_NE(self->executable.find("process_table_test"), std::string::npos);
  EXPECT_NE(self->command_line.find("process_table_test"), std::string::npos);
  EXPECT_FALSE(self->user.empty());
  EXPECT_GE(table.process_count(), usages.size());
  const auto pod = [](std::string_view) { return true; };
  ProcessTable pods(options);
  EXPECT_TRUE(pods.Read(kSecond, pod, &errors).empty());
  EXPECT_EQ(errors.count(), 0u);
}

}  // namespace
}  // namespace kubemonitor

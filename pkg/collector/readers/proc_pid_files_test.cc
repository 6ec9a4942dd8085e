#include "collector/readers/proc_pid_files.h"

#include <gtest/gtest.h>

#include <string>

#include "collector/readers/proc_users.h"

namespace kubemonitor {
namespace {

using std::string_literals::operator""s;

// Columns 3 to 24 and some more, behind the name.
constexpr std::string_view kRest =
    " S 0 0 0 0 -1 4194560 305 1952 16 6 4 88 7 122 20 0 3 0 48 2314240 394 18446744073709551615 1";

TEST(ProcPidFilesTest, Stat) {
  const std::string text = "1 (node-init)"s + std::string(kRest) + "\n";
  const std::optional<ProcessStat> stat = ParseProcessStat(text);
  ASSERT_TRUE(stat);
  EXPECT_EQ(stat->pid, 1u);
  EXPECT_EQ(stat->comm, "node-init");
  EXPECT_EQ(stat->state, 'S');
  EXPECT_FALSE(stat->kernel_thread);
  EXPECT_EQ(stat->cpu_usec, 920000u);
  EXPECT_EQ(stat->start_ticks, 48u);
  EXPECT_EQ(stat->threads, 3u);
  EXPECT_EQ(stat->rss_pages, 394u);
}

TEST(ProcPidFilesTest, StatNames) {
  for (const std::string& name : {"a b"s, "x) S 1 2 ("s, "(())"s, ") ("s, "line\nbreak"s, ""s,
                                  "\xff\x01"s, "kworker/u4:2-events_unbound"s}) {
    const std::string text = "7 (" + name + ")" + std::string(kRest) + "\n";
    const std::optional<ProcessStat> stat = ParseProcessStat(text);
    ASSERT_TRUE(stat) << name;
    EXPECT_EQ(stat->comm, name);
    EXPECT_EQ(stat->start_ticks, 48u);
  }
}

TEST(ProcPidFilesTest, StatFewerAndOddFields) {
  // Up to the start time is needed; what comes later may be missing.
  const std::optional<ProcessStat> fewer =
      ParseProcessStat("2 (kthreadd) S 0 0 0 0 -1 2129984 0 0 0 0 4 88 7 122 20 0 1 0 48");
  ASSERT_TRUE(fewer);
  EXPECT_TRUE(fewer->kernel_thread);
  EXPECT_EQ(fewer->rss_pages, std::nullopt);
  for (const std::string_view bad :
       {"", "1", "1 (x", "1 x)", ")1 (x S", "x (y) S 0 0 0 0 -1 0 0 0 0 0 4 88 7 122 20 0 1 0 48",
        "1 (y) S 0 0 0 0 -1 0 0 0 0 0 4 88 7 122 20 0 1",
        "1 (y) S 0 0 0 0 -1 0 0 0 0 0 x 88 7 122 20 0 1 0 48",
        "1 (y) SS 0 0 0 0 -1 0 0 0 0 0 4 88 7 122 20 0 1 0 48",
        "1 (y) S 0 0 0 0 -1 0 0 0 0 0 18446744073709551615 1 7 122 20 0 1 0 48",
        "1 (y) S 0 0 0 0 -1 0 0 0 0 0 18446744073709551614 1 7 122 20 0 1 0 48",
        "99999999999 (y) S 0 0 0 0 -1 0 0 0 0 0 4 88 7 122 20 0 1 0 48"}) {
    EXPECT_FALSE(ParseProcessStat(bad)) << bad;
  }
}

TEST(ProcPidFilesTest, Io) {
  const std::optional<ProcessIo> io = ParseProcessIo(
      "rchar: 1847561\nwchar: 420\nsyscr: 206\nsyscw: 11\nread_bytes: 4088832\nwrite_bytes: 4096\n"
      "cancelled_write_bytes: 0\n");
  ASSERT_TRUE(io);
  EXPECT_EQ(io->read_bytes, 4088832u);
  EXPECT_EQ(io->write_bytes, 4096u);
  const std::optional<ProcessIo> half = ParseProcessIo("read_bytes: 1\nwrite_bytes: x\n");
  ASSERT_TRUE(half);
  EXPECT_EQ(half->write_bytes, std::nullopt);
  for (const std::string_view bad :
       {"", "garbage", "read_bytes 1\n", "rchar: 1\n", "read_bytes: 99999999999999999999\n"}) {
    EXPECT_FALSE(ParseProcessIo(bad)) << bad;
  }
}

TEST(ProcPidFilesTest, StatusUid) {
  EXPECT_EQ(ParseStatusUid("Name:\tx\nUid:\t1000\t65534\t0\t0\nGid:\t1\t2\t3\t4\n"), 65534u);
  for (const std::string_view bad :
       {"", "Name:\tx\n", "Uid:\n", "Uid:\t1\n", "Uid:\t1\tx\n", "Uid:\t1\t4294967296\n"}) {
    EXPECT_FALSE(ParseStatusUid(bad)) << bad;
  }
}

TEST(ProcPidFilesTest, Cgroup) {
  struct Case {
    std::string_view text;
    std::optional<std::string_view> path;
  };
  const Case cases[] = {
      {"0::/system.slice/ssh.service\n", "/system.slice/ssh.service"},
      {"0::/", "/"},
      {"0::/a/b (deleted)\n", "/a/b"},
      {"0::/../../kubepods.slice/x.scope\n", "/kubepods.slice/x.scope"},
      {"0::/..\n", "/"},
      {"0::/..hidden/x\n", "/..hidden/x"},
      {"0::/with:colon/x\n", "/with:colon/x"},
      {"12:memory:/a\n1:name=systemd:/system.slice/x.service\n0::/\n", "/system.slice/x.service"},
      {"4:cpu,cpuacct:/c\n3:memory:/m\n1:name=systemd:/\n", "/m"},
      {"4:cpu,cpuacct:/c\n", "/c"},
      {"4:cpuset:/c\n", "/"},
      {"1:name=systemd:/s\n0::/unified\n", "/unified"},
      {"", ""},
      {"\n", ""},
      {"garbage\n", std::nullopt},
      {"0::relative\n", std::nullopt},
      {"0:\n", std::nullopt},
      {"x::/a\n", std::nullopt},
  };
  for (const Case& c : cases) EXPECT_EQ(ParseProcessCgroup(c.text), c.path) << c.text;
}

TEST(ProcPidFilesTest, Units) {
  EXPECT_EQ(UnitOfCgroup("/system.slice/ssh.service"), "ssh.service");
  EXPECT_EQ(UnitOfCgroup("/system.slice/docker-ab.scope/init"), "docker-ab.scope");
  EXPECT_EQ(UnitOfCgroup("/user.slice/user-0.slice/user@0.service/app.slice/x.service"),
            "x.service");
  EXPECT_EQ(UnitOfCgroup("/system/containerd"), "containerd");
  EXPECT_EQ(UnitOfCgroup("/init.scope"), "init.scope");
  EXPECT_EQ(UnitOfCgroup("/a//"), "a");
  EXPECT_EQ(UnitOfCgroup("/"), "");
  EXPECT_EQ(UnitOfCgroup(""), "");
}

TEST(ProcPidFilesTest, CommandLine) {
  EXPECT_EQ(JoinCommandLine("sh\0-c\0a b\0"s, 100), "sh -c a b");
  EXPECT_EQ(JoinCommandLine("title of its own\0\0\0\0"s, 100), "title of its own");
  EXPECT_EQ(JoinCommandLine("a\0\0b\0"s, 100), "a  b");
  EXPECT_EQ(JoinCommandLine("\x1b[31m\n\xff"s, 100), "\x1b[31m\n\xff");
  EXPECT_EQ(JoinCommandLine("abcdef", 3), "abc");
  EXPECT_EQ(JoinCommandLine("\0\0"s, 100), "");
  EXPECT_EQ(JoinCommandLine("", 100), "");
}

TEST(ProcPidFilesTest, Passwd) {
  const auto users = ParsePasswd(
      "root:x:0:0:root:/root:/bin/bash\ntoor:x:0:0::/:/bin/sh\n# comment\n\n:x:5:5:\nbad:x:y:1:\n"
      "big:x:99999999999:1:\nshort:x\nsvc:x:999\nnobody:x:65534:65534:nobody:/:/usr/sbin/nologin");
  EXPECT_EQ(users.size(), 3u);
  EXPECT_EQ(users.at(0), "root");
  EXPECT_EQ(users.at(999), "svc");
  EXPECT_EQ(users.at(65534), "nobody");
  EXPECT_TRUE(ParsePasswd("").empty());
}

}  // namespace
}  // namespace kubemonitor

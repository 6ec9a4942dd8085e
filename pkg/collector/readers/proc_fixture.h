#ifndef KUBEMONITOR_COLLECTOR_READERS_PROC_FIXTURE_H_
#define KUBEMONITOR_COLLECTOR_READERS_PROC_FIXTURE_H_

// For tests: a tree of files below a temporary directory, removed at the end.

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <stdlib.h>

#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>

namespace kubemonitor {

class FixtureTree {
 public:
  FixtureTree() {
    std::string pattern = (std::filesystem::temp_directory_path() / "kubemonitor-XXXXXX").string();
    if (mkdtemp(pattern.data()) == nullptr) ADD_FAILURE() << "mkdtemp " << pattern;
    root_ = pattern;
  }
  ~FixtureTree() {
    std::error_code ignored;
    std::filesystem::remove_all(root_, ignored);
  }
  FixtureTree(const FixtureTree&) = delete;
  FixtureTree& operator=(const FixtureTree&) = delete;

  void Write(const std::string& name, std::string_view text) {
    std::filesystem::create_directories((root_ / name).parent_path());
    std::ofstream(root_ / name, std::ios::binary) << text;
  }
  void MakeDirectory(const std::string& name) { std::filesystem::create_directories(root_ / name); }
  void Link(const std::string& name, const std::string& target) {
    std::filesystem::create_directories((root_ / name).parent_path());
    std::filesystem::create_symlink(target, root_ / name);
  }
  void Remove(const std::string& name) { std::filesystem::remove_all(root_ / name); }
  std::string Path(const std::string& name = "") const { return (root_ / name).string(); }

  struct ProcessFiles {
    std::string comm = "worker";
    std::string cgroup = "0::/system.slice/worker.service\n";
    uint64_t user_ticks = 0, system_ticks = 0, start_ticks = 100, rss_pages = 10, threads = 1;
    uint64_t flags = 4194560;
    uint64_t read_bytes = 0, write_bytes = 0;
    uint32_t uid = 0;
  };
  // The files of one process below proc/.
  void WriteProcess(uint32_t pid, const ProcessFiles& files) {
    const std::string directory = fmt::format("proc/{}", pid);
    Write(directory + "/stat",
          fmt::format("{} ({}) S 0 0 0 0 -1 {} 305 1952 16 6 {} {} 7 122 20 0 {} 0 {} 2314240 {} "
                      "18446744073709551615 1 1 0 0 0 0 0 4 65538 1 0 0 17 0 0 0 0 0 0\n",
                      pid, files.comm, files.flags, files.user_ticks, files.system_ticks,
                      files.threads, files.start_ticks, files.rss_pages));
    Write(directory + "/cgroup", files.cgroup);
    Write(directory + "/io", fmt::format("rchar: 5\nwchar: 6\nread_bytes: {}\nwrite_bytes: {}\n"
                                         "cancelled_write_bytes: 0\n",
                                         files.read_bytes, files.write_bytes));
    Write(directory + "/status", fmt::format("Name:\tx\nUid:\t7\t{}\t7\t7\n", files.uid));
  }

 private:
  std::filesystem::path root_;
};

}  // namespace kubemonitor

#endif  // KUBEMONITOR_COLLECTOR_READERS_PROC_FIXTURE_H_

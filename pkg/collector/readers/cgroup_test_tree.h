#ifndef KUBEMONITOR_COLLECTOR_READERS_CGROUP_TEST_TREE_H_
#define KUBEMONITOR_COLLECTOR_READERS_CGROUP_TEST_TREE_H_

// For tests: a tree of files in a temporary directory, removed with the object.

#include <gtest/gtest.h>
#include <stdlib.h>

#include <filesystem>
#include <fstream>
#include <map>
#include <string>
#include <string_view>

namespace kubemonitor {

class TestTree {
 public:
  TestTree() {
    std::string name = (std::filesystem::temp_directory_path() / "kubemonitor-XXXXXX").string();
    root_ = mkdtemp(name.data());
  }
  ~TestTree() {
    std::error_code ignored;
    std::filesystem::remove_all(root_, ignored);
  }
  TestTree(const TestTree&) = delete;

  const std::filesystem::path& root() const { return root_; }
  std::string path(const std::string& name = "") const { return (root_ / name).string(); }

  // Writes `content`, making the directories on the way; an existing file is rewritten in place.
  void Write(const std::string& name, std::string_view content) {
    std::filesystem::create_directories((root_ / name).parent_path());
    std::ofstream(root_ / name, std::ios::binary | std::ios::trunc) << content;
  }
  void MakeDirectory(const std::string& name) { std::filesystem::create_directories(root_ / name); }
  void Remove(const std::string& name) { std::filesystem::remove_all(root_ / name); }
  void Link(const std::string& name, const std::string& target) {
    std::filesystem::create_directories((root_ / name).parent_path());
    std::filesystem::remove(root_ / name);
    std::filesystem::create_symlink(target, root_ / name);
  }
  // A cgroup with the given files and, unless `files` says otherwise, the ones every cgroup has;
  // those above it are made too.
  void Cgroup(const std::string& name, std::map<std::string, std::string> files = {}) {
    for (size_t slash = name.find('/'); slash != std::string::npos;
         slash = name.find('/', slash + 1)) {
      const std::string above = name.substr(0, slash);
      if (!std::filesystem::exists(root_ / above / "cgroup.procs")) Cgroup(above);
    }
    files.try_emplace("cgroup.procs", "");
    files.try_emplace("cgroup.events", "populated 1\nfrozen 0\n");
    for (const auto& [file, content] : files) Write(name + "/" + file, content);
  }

 private:
  std::filesystem::path root_;
};

}  // namespace kubemonitor

#endif  // KUBEMONITOR_COLLECTOR_READERS_CGROUP_TEST_TREE_H_

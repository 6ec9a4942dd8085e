#ifndef KUBEMONITOR_COLLECTOR_NAMES_NAMES_TESTING_H_
#define KUBEMONITOR_COLLECTOR_NAMES_NAMES_TESTING_H_

// What the tests of this folder share.

#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <string>

#include "common/clock.h"

namespace kubemonitor {

// A folder under TMPDIR that goes with the object.
class TemporaryFolder {
 public:
  TemporaryFolder() {
    std::string pattern = (std::filesystem::temp_directory_path() / "names-XXXXXX").string();
    path_ = mkdtemp(pattern.data());
  }
  ~TemporaryFolder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;

  std::string Path(const std::string& relative = "") const { return path_ + relative; }
  void MakeFolder(const std::string& relative) const {
    std::filesystem::create_directories(Path(relative));
  }
  void MakeFile(const std::string& relative) const {
    MakeFolder(std::filesystem::path(relative).parent_path().string());
    std::ofstream(Path(relative)) << "x";
  }
  void MakeLink(const std::string& relative, const std::string& target) const {
    MakeFolder(std::filesystem::path(relative).parent_path().string());
    std::filesystem::create_symlink(target, Path(relative));
  }
  // A socket nobody listens on.
  void MakeSocket(const std::string& relative) const {
    MakeFolder(std::filesystem::path(relative).parent_path().string());
    const int fd = socket(AF_UNIX, SOCK_STREAM, 0);
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    ASSERT_LT(Path(relative).size(), sizeof(address.sun_path));
    std::strcpy(address.sun_path, Path(relative).c_str());
    EXPECT_EQ(bind(fd, reinterpret_cast<const sockaddr*>(&address), sizeof(address)), 0);
    close(fd);
  }

 private:
  std::string path_;
};

class ManualClock final : public Clock {
 public:
  int64_t WallMs() const override { return 1'700'000'000'000; }
  uint64_t BootUsec() const override { return now_usec_; }
  void Advance(uint64_t usec) { now_usec_ += usec; }
  void Set(uint64_t usec) { now_usec_ = usec; }

 private:
  uint64_t now_usec_ = 1'000'000'000;
};

}  // namespace kubemonitor

#endif  // KUBEMONITOR_COLLECTOR_NAMES_NAMES_TESTING_H_

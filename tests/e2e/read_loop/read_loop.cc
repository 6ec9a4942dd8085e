// What reading a list of kernel files once a tick costs, to measure the collector against.
//   e2e_read_loop open|held LIST TICKS INTERVAL_MS
// open: each file is opened, read to its end and closed on every tick; held: the descriptors stay
// open and are read with pread from offset 0 (files that cannot be held, marked by a leading '!' in
// the list, are opened on every tick in both modes). Prints CPU microseconds per tick of this
// process, files read and bytes read as JSON. The first tick warms up and is not counted.
#include <fcntl.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <charconv>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <fstream>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace {

struct File {
  std::string path;
  bool may_be_held = true;
  std::optional<int> fd;
};

std::optional<int> Number(std::string_view text) {
  int value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size() || value < 1) return std::nullopt;
  return value;
}

std::vector<File> LoadList(const char* path) {
  std::vector<File> files;
  std::ifstream list(path);
  for (std::string line; std::getline(list, line);) {
    if (line.empty()) continue;
    File file;
    file.may_be_held = line[0] != '!';
    file.path = file.may_be_held ? line : line.substr(1);
    files.push_back(std::move(file));
  }
  return files;
}

// Reads to the end; 0 where the file failed (a process of the list may have gone).
uint64_t ReadAll(int fd, std::array<char, 65536>& buffer) {
  uint64_t total = 0;
  for (;;) {
    const ssize_t count = pread(fd, buffer.data(), buffer.size(), static_cast<off_t>(total));
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) return total;
    total += static_cast<uint64_t>(count);
  }
}

struct Totals {
  uint64_t files = 0;
  uint64_t bytes = 0;
};

void Tick(std::vector<File>& files, bool held, std::array<char, 65536>& buffer, Totals& totals) {
  for (File& file : files) {
    const bool keep = held && file.may_be_held;
    int fd = -1;
    if (keep && file.fd) {
      fd = *file.fd;
    } else {
      fd = open(file.path.c_str(), O_RDONLY | O_CLOEXEC);
      if (fd < 0) continue;
      if (keep) file.fd = fd;
    }
    totals.bytes += ReadAll(fd, buffer);
    ++totals.files;
    if (!keep) close(fd);
  }
}

uint64_t CpuMicroseconds() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  const auto micros = [](const timeval& t) {
    return static_cast<uint64_t>(t.tv_sec) * 1000000 + static_cast<uint64_t>(t.tv_usec);
  };
  return micros(usage.ru_utime) + micros(usage.ru_stime);
}

}  // namespace

int main(int argc, char** argv) {
  const bool usage_ok =
      argc == 5 && (std::strcmp(argv[1], "open") == 0 || std::strcmp(argv[1], "held") == 0);
  const std::optional<int> ticks = usage_ok ? Number(argv[3]) : std::nullopt;
  const std::optional<int> interval_ms = usage_ok ? Number(argv[4]) : std::nullopt;
  if (!ticks || !interval_ms) {
    std::fputs("usage: e2e_read_loop open|held LIST TICKS INTERVAL_MS\n", stderr);
    return 2;
  }
  const bool held = std::strcmp(argv[1], "held") == 0;
  std::vector<File> files = LoadList(argv[2]);
  std::array<char, 65536> buffer;
  Totals warm_up;
  Tick(files, held, buffer, warm_up);
  Totals totals;
  const uint64_t before = CpuMicroseconds();
  for (int i = 0; i < *ticks; ++i) {
    const timespec pause{*interval_ms / 1000, (*interval_ms % 1000) * 1000000L};
    nanosleep(&pause, nullptr);
    Tick(files, held, buffer, totals);
  }
  const uint64_t spent = CpuMicroseconds() - before;
  const auto count = static_cast<uint64_t>(*ticks);
  std::printf("{\"mode\":\"%s\",\"cpuMicrosecondsPerTick\":%llu,\"files\":%llu,\"bytes\":%llu}\n",
              argv[1], static_cast<unsigned long long>(spent / count),
              static_cast<unsigned long long>(totals.files / count),
              static_cast<unsigned long long>(totals.bytes / count));
  return 0;
}

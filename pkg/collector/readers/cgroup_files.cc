#include "collector/readers/cgroup_files.h"

#include <array>
#include <cstddef>
#include <limits>

#include "collector/readers/text.h"

namespace kubemonitor {
namespace {

struct Wanted {
  std::string_view key;
  std::optional<uint64_t>* value;
};

// Reads the wanted keys of a flat-keyed file: lines "KEY VALUE". False: a wanted key has no number.
template <size_t N>
bool ReadKeys(std::string_view text, const std::array<Wanted, N>& wanted) {
  bool good = true;
  size_t found = 0;
  std::string_view line;
  while (found < N && NextLine(text, line)) {
    const size_t blank = line.find(' ');
    const std::string_view key = line.substr(0, blank);
    for (const Wanted& want : wanted) {
      if (want.key != key) continue;
      ++found;
      *want.value =
          blank == std::string_view::npos ? std::nullopt : ParseUint(Trim(line.substr(blank + 1)));
      if (!want.value->has_value()) good = false;
      break;
    }
  }
  return good;
}

// "8:0"; false for anything else.
bool ParseDeviceNumber(std::string_view word, IoDevice& device) {
  const size_t colon = word.find(':');
  if (colon == std::string_view::npos) return false;
  const std::optional<uint64_t> major = ParseUint(word.substr(0, colon));
  const std::optional<uint64_t> minor = ParseUint(word.substr(colon + 1));
  constexpr uint64_t kMax = std::numeric_limits<uint32_t>::max();
  if (!major || !minor || *major > kMax || *minor > kMax) return false;
  device.major = static_cast<uint32_t>(*major);
  device.minor = static_cast<uint32_t>(*minor);
  device.named = true;
  return true;
}

// "rbytes=4096". False: a known key without a number.
bool ParseIoPair(std::string_view word, IoDevice& device) {
  const size_t equals = word.find('=');
  const std::string_view key = word.substr(0, equals);
  std::optional<uint64_t>* field = key == "rbytes"   ? &device.rbytes
                                   : key == "wbytes" ? &device.wbytes
                                   : key == "rios"   ? &device.rios
                                   : key == "wios"   ? &device.wios
                                                     : nullptr;
  if (field == nullptr) return true;  // dbytes, cost.usage, use_delay, …
  *field = ParseUint(word.substr(equals + 1));
  return field->has_value();
}

bool HasValues(const IoDevice& device) {
  return device.rbytes || device.wbytes || device.rios || device.wios;
}

// One line; `device` gets the last device's number and the values.
bool ParseIoLine(std::string_view line, IoDevice& device) {
  bool good = true;
  bool has_device = false;
  std::string_view word;
  while (NextWord(line, word)) {
    if (word.find('=') != std::string_view::npos) {
      good = ParseIoPair(word, device) && good;
    } else if (word == "(unknown)") {
      device.major = device.minor = 0;
      device.named = false;
      has_device = true;
    } else if (!HasValues(device)) {
      // A word that is no device number and has no '=' is a torn one when it ends the line.
      if (ParseDeviceNumber(word, device)) {
        has_device = true;
      } else if (!line.empty()) {
        good = false;
      }
    }
  }
  if (has_device) return good;
  good = good && !HasValues(device);
  device = {};
  return good;
}

// "some avg10=0.00 avg60=0.00 avg300=0.00 total=0": the total.
std::optional<uint64_t> TotalOf(std::string_view line) {
  constexpr std::string_view kTotal = "total=";
  const size_t at = line.find(kTotal);
  if (at == std::string_view::npos || (at > 0 && line[at - 1] != ' ')) return std::nullopt;
  line.remove_prefix(at + kTotal.size());
  return ParseUint(line.substr(0, line.find(' ')));
}

}  // namespace

// usage_usec 201294
// user_usec 64414
// system_usec 136880
// nr_periods 0
CpuStat ParseCpuStat(std::string_view text) {
  CpuStat stat;
  const std::array<Wanted, 6> wanted = {{{"usage_usec", &stat.usage_usec},
                                         {"user_usec", &stat.user_usec},
                                         {"system_usec", &stat.system_usec},
                                         {"nr_periods", &stat.nr_periods},
                                         {"nr_throttled", &stat.nr_throttled},
                                         {"throttled_usec", &stat.throttled_usec}}};
  stat.malformed = !ReadKeys(text, wanted);
  return stat;
}

// anon 45056
// file 16384
// kernel 151552
MemoryStat ParseMemoryStat(std::string_view text) {
  MemoryStat stat;
  const std::array<Wanted, 7> wanted = {{{"anon", &stat.anon},
                                         {"file", &stat.file},
                                         {"kernel", &stat.kernel},
                                         {"shmem", &stat.shmem},
                                         {"inactive_file", &stat.inactive_file},
                                         {"active_file", &stat.active_file},
                                         {"slab_reclaimable", &stat.slab_reclaimable}}};
  stat.malformed = !ReadKeys(text, wanted);
  if (stat.kernel || stat.malformed) return stat;
  std::array<std::optional<uint64_t>, 6> parts;
  const std::array<Wanted, 6> wanted_parts = {{{"slab", &parts[0]},
                                               {"kernel_stack", &parts[1]},
                                               {"pagetables", &parts[2]},
                                               {"sec_pagetables", &parts[3]},
                                               {"percpu", &parts[4]},
                                               {"vmalloc", &parts[5]}}};
  stat.malformed = !ReadKeys(text, wanted_parts);
  for (const std::optional<uint64_t>& part : parts) {
    if (part) stat.kernel = stat.kernel.value_or(0) + *part;
  }
  return stat;
}

// oom 0
// oom_kill 3
MemoryEvents ParseMemoryEvents(std::string_view text) {
  MemoryEvents events;
  const std::array<Wanted, 2> wanted = {{{"oom", &events.oom}, {"oom_kill", &events.oom_kill}}};
  events.malformed = !ReadKeys(text, wanted);
  return events;
}

// some avg10=0.03 avg60=0.13 avg300=0.04 total=174080
// full avg10=0.02 avg60=0.10 avg300=0.03 total=132889
CgroupPressure ParseCgroupPressure(std::string_view text) {
  CgroupPressure pressure;
  std::string_view line;
  while (NextLine(text, line)) {
    const bool some = line.starts_with("some ");
    if (!some && !line.starts_with("full ")) continue;
    const std::optional<uint64_t> total = TotalOf(line.substr(5));
    if (!total) pressure.malformed = true;
    (some ? pressure.some_usec : pressure.full_usec) = total;
  }
  return pressure;
}

// 7:0
// 254:16 rbytes=2048 wbytes=264241152 rios=2 wios=349 dbytes=0 dios=0
bool ParseIoStat(std::string_view text, std::vector<IoDevice>& devices) {
  devices.clear();
  bool good = true;
  std::string_view line;
  while (NextLine(text, line)) {
    IoDevice device;
    good = ParseIoLine(line, device) && good;
    if (HasValues(device)) devices.push_back(device);
  }
  return good;
}

// 50000 100000
std::optional<Limit> ParseCpuMax(std::string_view text) {
  std::string_view rest = Trim(text);
  std::string_view quota_word;
  std::string_view period_word;
  if (!NextWord(rest, quota_word) || !NextWord(rest, period_word)) return std::nullopt;
  const std::optional<uint64_t> period = ParseUint(period_word);
  if (!period || *period == 0) return std::nullopt;
  if (quota_word == "max") return Limit::Unlimited();
  const std::optional<uint64_t> quota = ParseUint(quota_word);
  if (!quota || *quota > std::numeric_limits<uint64_t>::max() / 1000) return std::nullopt;
  return Limit::Of(*quota * 1000 / *period);
}

std::optional<Limit> ParseLimit(std::string_view text) {
  const std::string_view word = Trim(text);
  if (word == "max") return Limit::Unlimited();
  const std::optional<uint64_t> value = ParseUint(word);
  if (!value) return std::nullopt;
  return Limit::Of(*value);
}

std::optional<uint64_t> ParseNumber(std::string_view text) { return ParseUint(Trim(text)); }

// populated 1
// frozen 0
std::optional<bool> ParsePopulated(std::string_view text) {
  std::optional<uint64_t> populated;
  const std::array<Wanted, 1> wanted = {{{"populated", &populated}}};
  ReadKeys(text, wanted);
  if (!populated || *populated > 1) return std::nullopt;
  return *populated == 1;
}

void ParseProcs(std::string_view text, size_t limit, std::vector<uint32_t>& pids) {
  std::string_view line;
  while (pids.size() < limit && NextLine(text, line)) {
    const std::optional<uint64_t> pid = ParseNumber(line);
    if (pid && *pid > 0 && *pid <= std::numeric_limits<uint32_t>::max()) {
      pids.push_back(static_cast<uint32_t>(*pid));
    }
  }
}

}  // namespace kubemonitor

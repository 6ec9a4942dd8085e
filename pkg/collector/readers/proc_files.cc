#include "collector/readers/proc_files.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <iterator>
#include <string>

#include "collector/readers/text.h"

namespace kubemonitor {
namespace {

constexpr uint64_t kSectorBytes = 512;
constexpr size_t kMaxInterfaces = 8192;
constexpr size_t kMaxDeviceName = 64;

std::optional<uint32_t> ParseUint32(std::string_view text) {
  const std::optional<uint64_t> value = ParseUint(text);
  if (!value || *value > UINT32_MAX) return std::nullopt;
  return static_cast<uint32_t>(*value);
}

std::optional<uint64_t> ParseHex(std::string_view text) {
  uint64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value, 16);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

bool AllZeros(std::string_view text) {
  return !text.empty() && text.find_first_not_of('0') == std::string_view::npos;
}

// "1.63" → 1630; digits behind the third are cut off.
std::optional<uint64_t> ParseThousandths(std::string_view text) {
  const size_t point = text.find('.');
  std::optional<uint64_t> value = MultiplyChecked(ParseUint(text.substr(0, point)), 1000);
  if (!value || point == std::string_view::npos) return value;
  const std::string_view fraction = text.substr(point + 1);
  if (fraction.find_first_not_of("0123456789") != std::string_view::npos) return std::nullopt;
  uint64_t weight = 100;
  for (const char digit : fraction.substr(0, 3)) {
    value = AddChecked(value, static_cast<uint64_t>(digit - '0') * weight);
    weight /= 10;
  }
  return value;
}

bool IsCpuNumberLine(std::string_view line) {
  return line.size() > 3 && line.starts_with("cpu") && line[3] >= '0' && line[3] <= '9';
}

struct MemInfoKey {
  std::string_view name;
  std::optional<uint64_t> MemInfo::* field;
};
constexpr MemInfoKey kMemInfoKeys[] = {
    {"MemTotal", &MemInfo::total},
    {"MemAvailable", &MemInfo::available},
    {"Buffers", &MemInfo::buffers},
    {"Cached", &MemInfo::cached},
    {"AnonPages", &MemInfo::anon_pages},
    {"SwapTotal", &MemInfo::swap_total},
    {"SwapFree", &MemInfo::swap_free},
    {"SReclaimable", &MemInfo::slab_reclaimable},
    {"SUnreclaim", &MemInfo::slab_unreclaimable},
    {"KernelStack", &MemInfo::kernel_stack},
    {"PageTables", &MemInfo::page_tables},
    {"SecPageTables", &MemInfo::secondary_page_tables},
    {"Percpu", &MemInfo::percpu},
    {"VmallocUsed", &MemInfo::vmalloc_used},
};

}  // namespace

// cpu  3830 0 3325 3193 35 0 230 0 0 0
// cpu0 1742 0 1634 1727 19 0 134 0 0 0
std::optional<CpuTimes> ParseCpuTimes(std::string_view text) {
  std::string_view line;
  std::string_view word;
  if (!NextLine(text, line) || !NextWord(line, word) || word != "cpu") return std::nullopt;
  CpuTimes times;
  std::optional<uint64_t>* const fields[] = {
      &times.user_usec,   &times.nice_usec, &times.system_usec,  &times.idle_usec,
      &times.iowait_usec, &times.irq_usec,  &times.softirq_usec, &times.steal_usec};
  for (std::optional<uint64_t>* field : fields) {
    if (!NextWord(line, word)) break;
    *field = MultiplyChecked(ParseUint(word), kUsecPerTick);
    if (!*field) return std::nullopt;
  }
  // Fewer than the four columns of the oldest kernels: cut off.
  if (!times.idle_usec) return std::nullopt;
  return times;
}

std::optional<uint64_t> BusyUsec(const CpuTimes& times) {
  std::optional<uint64_t> busy =
      AddChecked(AddChecked(times.user_usec, times.nice_usec), times.system_usec);
  if (times.irq_usec) busy = AddChecked(busy, times.irq_usec);
  if (times.softirq_usec) busy = AddChecked(busy, times.softirq_usec);
  return busy;
}

std::optional<uint64_t> CountCpuLines(std::string_view text) {
  uint64_t count = 0;
  std::string_view line;
  while (NextLine(text, line) && line.starts_with("cpu")) {
    if (IsCpuNumberLine(line)) ++count;
  }
  if (count == 0) return std::nullopt;
  return count;
}

std::optional<uint64_t> CountCpuList(std::string_view text) {
  text = Trim(text);
  if (text.empty()) return std::nullopt;
  uint64_t count = 0;
  while (true) {
    const size_t comma = text.find(',');
    const std::string_view range = text.substr(0, comma);
    const size_t dash = range.find('-');
    const std::optional<uint32_t> first = ParseUint32(range.substr(0, dash));
    const std::optional<uint32_t> last =
        dash == std::string_view::npos ? first : ParseUint32(range.substr(dash + 1));
    if (!first || !last || *last < *first) return std::nullopt;
    count += uint64_t{*last} - *first + 1;
    if (comma == std::string_view::npos) return count;
    text.remove_prefix(comma + 1);
  }
}

// MemTotal:         996344 kB
// HugePages_Total:       0
std::optional<MemInfo> ParseMemInfo(std::string_view text) {
  MemInfo info;
  bool any = false;
  std::string_view line;
  while (NextLine(text, line)) {
    const size_t colon = line.find(':');
    if (colon == std::string_view::npos) continue;
    const std::string_view name = line.substr(0, colon);
    const auto* const key = std::find_if(std::begin(kMemInfoKeys), std::end(kMemInfoKeys),
                                         [&](const MemInfoKey& k) { return k.name == name; });
    if (key == std::end(kMemInfoKeys)) continue;
    std::string_view rest = line.substr(colon + 1);
    std::string_view number;
    std::string_view unit;
    std::optional<uint64_t> value;
    if (NextWord(rest, number) && NextWord(rest, unit) && unit == "kB") {
      value = MultiplyChecked(ParseUint(number), 1024);
    }
    if (value) {
      info.*(key->field) = value;
      any = true;
    } else {
      ++info.odd_lines;
    }
  }
  if (!any) return std::nullopt;
  return info;
}

std::optional<uint64_t> UnreclaimableKernelBytes(const MemInfo& info) {
  std::optional<uint64_t> sum = info.slab_unreclaimable;
  for (const std::optional<uint64_t>& part :
       {info.page_tables, info.secondary_page_tables, info.percpu}) {
    if (part) sum = AddChecked(sum, part);
  }
  if (info.kernel_stack || info.vmalloc_used) {
    sum = AddChecked(sum, std::max(info.kernel_stack.value_or(0), info.vmalloc_used.value_or(0)));
  }
  return sum;
}

// 1.63 0.48 0.17 4/186 1109
std::optional<LoadAverages> ParseLoadAverages(std::string_view text) {
  std::array<uint64_t, 3> values{};
  for (uint64_t& value : values) {
    std::string_view word;
    if (!NextWord(text, word)) return std::nullopt;
    const std::optional<uint64_t> thousandths = ParseThousandths(Trim(word));
    if (!thousandths) return std::nullopt;
    value = *thousandths;
  }
  return LoadAverages{values[0], values[1], values[2]};
}

// 58.15 31.93
std::optional<uint64_t> ParseUptimeSeconds(std::string_view text) {
  std::string_view word;
  if (!NextWord(text, word)) return std::nullopt;
  const std::optional<uint64_t> thousandths = ParseThousandths(Trim(word));
  if (!thousandths) return std::nullopt;
  return *thousandths / 1000;
}

// pswpout 0
// oom_kill 11
std::optional<uint64_t> ParseKeyedValue(std::string_view text, std::string_view key) {
  std::string_view line;
  while (NextLine(text, line)) {
    if (line.size() > key.size() && line.starts_with(key) && line[key.size()] == ' ') {
      return ParseUint(Trim(line.substr(key.size())));
    }
  }
  return std::nullopt;
}

//  254       0 vda 1557 273 217290 984 701 221 9672 1255 0 1736 2253 0 0 0 0 31 13
std::optional<DiskCounters> ParseDiskLine(std::string_view line) {
  std::array<std::string_view, 14> columns;
  for (std::string_view& column : columns) {
    if (!NextWord(line, column)) return std::nullopt;
  }
  const std::optional<uint32_t> major = ParseUint32(columns[0]);
  const std::optional<uint32_t> minor = ParseUint32(columns[1]);
  if (!major || !minor || columns[2].size() > kMaxDeviceName) return std::nullopt;
  DiskCounters disk;
  disk.major = *major;
  disk.minor = *minor;
  disk.name = columns[2];
  disk.read_operations = ParseUint(columns[3]);
  disk.read_bytes = MultiplyChecked(ParseUint(columns[5]), kSectorBytes);
  disk.write_operations = ParseUint(columns[7]);
  disk.write_bytes = MultiplyChecked(ParseUint(columns[9]), kSectorBytes);
  if (!disk.read_operations || !disk.read_bytes || !disk.write_operations || !disk.write_bytes) {
    return std::nullopt;
  }
  return disk;
}

// Inter-|   Receive                                                |  Transmit
//  face |bytes    packets errs drop fifo frame compressed multicast|bytes    packets errs drop …
//   eth0:    1263      19    0    0    0     0          0         0     1645      21    0    0 …
NetworkDevices ParseNetworkDevices(std::string_view text) {
  NetworkDevices devices;
  bool any = false;
  std::string_view line;
  while (NextLine(text, line) && devices.interfaces.size() < kMaxInterfaces) {
    const size_t colon = line.rfind(':');
    if (colon == std::string_view::npos) {
      if (line.find('|') == std::string_view::npos && !Trim(line).empty()) ++devices.odd_lines;
      continue;
    }
    any = true;
    const std::string_view name = Trim(line.substr(0, colon));
    if (name == "lo") continue;
    std::string_view rest = line.substr(colon + 1);
    std::array<std::optional<uint64_t>, 12> columns;
    bool good = !name.empty() && name.size() <= kMaxDeviceName && name != "." && name != ".." &&
                name.find_first_of("/ \t") == std::string_view::npos;
    for (std::optional<uint64_t>& column : columns) {
      std::string_view word;
      if (NextWord(rest, word)) column = ParseUint(Trim(word));
      good = good && column.has_value();
    }
    if (!good) {
      ++devices.odd_lines;
      continue;
    }
    InterfaceUsage& usage = devices.interfaces.emplace_back();
    usage.name = std::string(name);
    usage.rx_bytes = columns[0];
    usage.rx_packets = columns[1];
    usage.rx_errors = columns[2];
    usage.rx_dropped = columns[3];
    usage.tx_bytes = columns[8];
    usage.tx_packets = columns[9];
    usage.tx_errors = columns[10];
    usage.tx_dropped = columns[11];
  }
  if (!any && devices.odd_lines == 0) devices.odd_lines = 1;
  return devices;
}

// Iface  Destination  Gateway   Flags  RefCnt  Use  Metric  Mask      MTU  Window  IRTT
// eth0   00000000     0202000A  0003   0       0    0       00000000  0    0       0
std::string_view DefaultRouteInterface(std::string_view route) {
  constexpr uint64_t kUp = 1;
  constexpr uint64_t kReject = 0x200;
  std::string_view best;
  uint64_t best_metric = UINT64_MAX;
  std::string_view line;
  while (NextLine(route, line)) {
    std::array<std::string_view, 8> columns;
    for (std::string_view& column : columns) NextWord(line, column);
    const std::optional<uint64_t> flags = ParseHex(columns[3]);
    const std::optional<uint64_t> metric = ParseUint(columns[6]);
    if (!AllZeros(columns[1]) || !AllZeros(columns[7]) || !flags || !metric) continue;
    if ((*flags & kUp) == 0 || (*flags & kReject) != 0 || *metric >= best_metric) continue;
    best = columns[0];
    best_metric = *metric;
  }
  return best;
}

// 00000000000000000000000000000000 00 000… 00 fe800000000000000000000000000002 00000400 00000001
// 00000000 00000003     eth0
std::string_view DefaultRouteInterfaceV6(std::string_view ipv6_route) {
  constexpr uint64_t kUp = 1;
  constexpr uint64_t kReject = 0x200;
  std::string_view best;
  uint64_t best_metric = UINT64_MAX;
  std::string_view line;
  while (NextLine(ipv6_route, line)) {
    std::array<std::string_view, 10> columns;
    for (std::string_view& column : columns) NextWord(line, column);
    const std::optional<uint64_t> metric = ParseHex(columns[5]);
    const std::optional<uint64_t> flags = ParseHex(columns[8]);
    if (!AllZeros(columns[0]) || !AllZeros(columns[1]) || !flags || !metric) continue;
    if ((*flags & kUp) == 0 || (*flags & kReject) != 0 || *metric >= best_metric) continue;
    if (columns[9].empty() || columns[9] == "lo") continue;
    best = columns[9];
    best_metric = *metric;
  }
  return best;
}

// some avg10=0.04 avg60=0.26 avg300=0.09 total=499300
// full avg10=0.00 avg60=0.09 avg300=0.03 total=214927
std::optional<Pressure> ParsePressure(std::string_view text) {
  constexpr std::string_view kTotal = "total=";
  Pressure pressure;
  std::string_view line;
  while (NextLine(text, line)) {
    std::string_view kind;
    std::string_view word;
    if (!NextWord(line, kind)) continue;
    while (NextWord(line, word)) {
      if (!word.starts_with(kTotal)) continue;
      const std::optional<uint64_t> total = ParseUint(word.substr(kTotal.size()));
      if (kind == "some") pressure.some_usec = total;
      if (kind == "full") pressure.full_usec = total;
    }
  }
  if (!pressure.some_usec && !pressure.full_usec) return std::nullopt;
  return pressure;
}

}  // namespace kubemonitor

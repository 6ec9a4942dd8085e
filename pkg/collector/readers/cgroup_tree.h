#ifndef KUBEMONITOR_COLLECTOR_READERS_CGROUP_TREE_H_
#define KUBEMONITOR_COLLECTOR_READERS_CGROUP_TREE_H_

// The cgroups of a node: found, held and read.
//
// On a cgroup2 mount every directory that groups others and every file read each tick is held open.
// A directory is listed again when its link count changed (a child came or went), when a read below
// it said "gone" (a child was replaced by another, which leaves the count), and every kRescanUsec
// as a safety net. In the steady state a tick makes one fstat a directory and one pread a file, and
// allocates nothing. On plain directories (recorded or made files, which may be replaced under us)
// nothing is held: everything is listed, opened, read and closed each tick.

#include <absl/status/status.h>
#include <absl/status/statusor.h>

#include <array>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "collector/readers/cgroup_files.h"
#include "collector/readers/cgroup_path.h"
#include "collector/readers/kernel_file.h"
#include "common/log.h"

namespace kubemonitor {

// The files read each tick.
enum class CgroupFile : uint8_t {
  kCpuStat,
  kMemoryCurrent,
  kMemoryStat,
  kMemorySwapCurrent,
  kMemoryEvents,
  kIoStat,
  kCpuPressure,
  kMemoryPressure,
  kIoPressure,
  kPidsCurrent,
  kEvents,
};
inline constexpr size_t kCgroupFileCount = 11;

// A set of files: bit N is CgroupFile N.
using CgroupFileSet = uint16_t;
constexpr CgroupFileSet FileBit(CgroupFile file) {
  return static_cast<CgroupFileSet>(1U << static_cast<unsigned>(file));
}
// All that pods and containers are measured by.
inline constexpr CgroupFileSet kUsageFiles =
    static_cast<CgroupFileSet>((1U << static_cast<unsigned>(CgroupFile::kEvents)) - 1);
// What the ledger takes of a cgroup.
inline constexpr CgroupFileSet kLedgerFiles = FileBit(CgroupFile::kCpuStat) |
                                              FileBit(CgroupFile::kMemoryCurrent) |
                                              FileBit(CgroupFile::kMemoryStat);
inline constexpr CgroupFileSet kUnitFiles = FileBit(CgroupFile::kCpuStat) |
                                            FileBit(CgroupFile::kMemoryCurrent) |
                                            FileBit(CgroupFile::kPidsCurrent);

// What one tick saw of a cgroup. What was not asked for, is not there or cannot be read is absent.
struct CgroupReading {
  CpuStat cpu;
  MemoryStat memory;
  MemoryEvents memory_events;
  std::optional<uint64_t> memory_current, memory_swap_current, pids_current;
  CgroupPressure cpu_pressure, memory_pressure, io_pressure;
  std::optional<bool> populated;
  bool has_io = false;  // io.stat was read; `devices` may be empty all the same
  std::vector<IoDevice> devices;
};

struct CgroupLimits {  // absent: not there, or not understood
  std::optional<Limit> cpu_millicores, memory_bytes, pids;
};

// One cgroup. Owned by the tree; pointers live until the next Refresh.
struct Cgroup {
  std::string name;
  std::string path;  // relative to the root, without a slash in front; empty: the root
  CgroupPlace place;
  Cgroup* parent = nullptr;
  std::map<std::string, std::unique_ptr<Cgroup>, std::less<>> children;  // by name

  CgroupReading reading;
  CgroupLimits limits;
  uint64_t serial = 0;      // of this cgroup alone, never used again
  uint64_t found_tick = 0;  // the tree's tick in which it was found
  uint64_t read_tick = 0;   // the tree's tick of `reading`; 0: never read
  bool gone = false;        // a read said that it ended

  // How it is held.
  uint64_t inode = 0;
  std::optional<Directory> directory;
  std::array<UniqueFd, kCgroupFileCount> files;
  CgroupFileSet missing = 0;  // not there: not tried again before the next rescan
  bool list_again = true;
  bool seen = false;  // by the listing under way
  bool limits_read = false;
  std::optional<uint64_t> listed_count;  // sub-directories when it was listed last
};

struct CgroupTreeOptions {
  std::string root = "/sys/fs/cgroup";
  // Whether to hold descriptors. Absent: on a cgroup2 mount alone. For tests.
  std::optional<bool> hold;
  // For tests: called before each read with the path of the file relative to the root; a value that
  // is not 0 is the errno the read fails with.
  std::function<int(const std::string& path)> fail_read;
  // Descriptors held at most. Absent: what OwnDescriptorBudget gives.
  std::optional<size_t> max_held;
  // More cgroups than these are not looked at (said once).
  size_t max_cgroups = 16384;
  // Of pids looked at when a process of a cgroup is searched.
  size_t max_pids = 64;
};

// Not thread-safe: one thread uses it.
class CgroupTree {
 public:
  static constexpr uint64_t kRescanUsec = 60'000'000;
  static constexpr uint64_t kLimitsEvery = 6;  // ticks between two reads of a cgroup's limits

  // NotFound or another error when the root cannot be opened.
  static absl::StatusOr<std::unique_ptr<CgroupTree>> Create(CgroupTreeOptions options);
  ~CgroupTree();
  CgroupTree(const CgroupTree&) = delete;

  // Starts a tick: finds what came and what went. Never fails: a root that is gone leaves an empty
  // tree.
  void BeginTick(uint64_t boot_usec);
  // Within a tick, after reads said "gone": lists the directories concerned again. True: there are
  // new cgroups (their `read_tick` is not this tick's); pointers to removed ones are invalid.
  // False: nothing new; gone ones stay until the next tick, marked.
  bool RefreshGone();

  // Parents before children, the root first: in this order a parent's flush of the kernel's
  // statistics serves its children.
  const std::vector<Cgroup*>& all() const { return all_; }
  Cgroup& root() { return *root_; }
  uint64_t tick() const { return tick_; }

  // Reads `files` of `cgroup` into its reading, which is emptied first. False: the cgroup is gone.
  // A cgroup of which nothing is wanted is still asked whether it is there (on a cgroup2 mount).
  bool Read(Cgroup& cgroup, CgroupFileSet files);
  // Reads the limits when it is this cgroup's turn; else they stay.
  void ReadLimits(Cgroup& cgroup);
  // Processes of the cgroup and, if it has none itself, of the cgroups below (crun puts a
  // container's into a child): at most max_pids. False: not there, or not readable. Opens, reads,
  // closes.
  bool ReadPids(const Cgroup& cgroup, std::vector<uint32_t>& pids);

  // Reads and files that failed or were not understood since Create.
  uint64_t read_errors() const { return read_errors_; }
  bool holds() const { return hold_; }

 private:
  explicit CgroupTree(CgroupTreeOptions options);
  bool OpenRoot();

  // Finding: cgroup_tree.cc.
  void ListChanged();
  void Visit(Cgroup& cgroup);
  bool NeedsListing(Cgroup& cgroup);
  void List(Cgroup& cgroup);
  void AdoptOrKeep(Cgroup& parent, std::string_view name, uint64_t inode);
  void Forget(Cgroup& cgroup);
  void ForgetMissing(Cgroup& cgroup);
  void Append(Cgroup& cgroup);
  void MarkGone(Cgroup& cgroup);

  // Reading: cgroup_tree_read.cc.
  const Directory* DirectoryOf(Cgroup& cgroup, std::optional<Directory>& opened);
  std::string_view ReadFile(Cgroup& cgroup, const Directory& directory, CgroupFile file,
                            int* error);
  UniqueFd OpenFile(const Directory& directory, const char* name, int* error);
  void Store(Cgroup& cgroup, CgroupFile file, std::string_view text);
  bool HandleError(Cgroup& cgroup, const Directory& directory, CgroupFile file, int error);
  void CountError(const Cgroup& cgroup, std::string_view file, std::string_view what);
  std::optional<Limit> ReadLimit(Cgroup& cgroup, const Directory& directory, const char* name);
  bool PidsBelow(const Directory& directory, int depth, size_t* visited,
                 std::vector<uint32_t>& pids);
  bool MayHold();
  void ReleaseSome();
  // Lets go of at least `most` files of the cgroup and those below, or all; returns how many.
  static size_t ReleaseBelow(Cgroup& cgroup, size_t most);

  CgroupTreeOptions options_;
  bool hold_ = false;
  std::unique_ptr<Cgroup> root_;
  std::vector<Cgroup*> all_;
  size_t count_ = 1;      // cgroups, the root included
  size_t held_ = 0;       // descriptors
  size_t may_hold_ = 0;   // at most so many
  bool held_all_ = true;  // false once descriptors ran out, until the next rescan
  bool said_descriptors_ = false;
  bool said_too_many_ = false;
  bool list_more_ = false;  // some directory is to be listed again
  bool found_new_ = false;
  uint64_t tick_ = 0;
  uint64_t boot_usec_ = 0;
  uint64_t last_rescan_usec_ = 0;
  uint64_t next_serial_ = 1;
  uint64_t read_errors_ = 0;
  LogLimiter log_limiter_;
  ReadBuffer buffer_;
};

}  // namespace kubemonitor

#endif  // KUBEMONITOR_COLLECTOR_READERS_CGROUP_TREE_H_

#include "collector/sampling/sampler.h"

#include <fmt/format.h>

#include <unordered_map>
#include <utility>

#include "collector/readers/cgroup_mode.h"
#include "collector/readers/cgroup_path.h"
#include "collector/readers/cgroup_tree.h"
#include "collector/readers/checked_math.h"
#include "collector/readers/node_reader.h"
#include "collector/readers/process_table.h"
#include "collector/readers/read_errors.h"
#include "collector/sampling/ledger.h"
#include "collector/sampling/object_pass.h"
#include "collector/sampling/object_registry.h"
#include "collector/sampling/pod_network.h"
#include "collector/sampling/storable.h"
#include "collector/sampling/unit_table.h"
#include "collector/sampling/usage_series.h"
#include "common/log.h"

namespace kubemonitor {
namespace {

// What of a unit's cgroup is pods.
void AddPods(UnitReading& unit, const Cgroup& pods, std::optional<uint64_t> cpu_delta_usec) {
  unit.has_pods = true;
  unit.pods_cpu_usage_usec += pods.reading.cpu.usage_usec.value_or(0);
  unit.pods_cpu_delta_usec += cpu_delta_usec.value_or(0);
  unit.pods_memory_bytes += pods.reading.memory_current.value_or(0);
  unit.pods_tasks += pods.reading.pids_current.value_or(0);
}

// CPU time of the whole machine. The root's usage_usec has stolen time in it before Linux 6.14
// (commit db5fd3cf8bf4), which nobody on this machine used; user and system never have.
std::optional<uint64_t> RootUsage(const CpuStat& cpu) {
  if (!cpu.user_usec || !cpu.system_usec) return cpu.usage_usec;
  return AddChecked(cpu.user_usec, cpu.system_usec);
}

class NodeSampler final : public Sampler {
 public:
  NodeSampler(const SamplerOptions& options, NameSource& names, const Clock& clock,
              CgroupRoot cgroup_root, std::unique_ptr<CgroupTree> tree)
      : names_(names),
        clock_(clock),
        cgroup_root_(cgroup_root),
        tree_(std::move(tree)),
        proc_(options.proc_root),
        node_reader_(options.proc_root, options.sys_root),
        devices_(options.sys_root),
        processes_(ProcessTableOptions{.proc_root = options.proc_root,
                                       .command_lines = options.process_arguments}) {
    if (tree_ != nullptr) pass_.emplace(*tree_, registry_, proc_, devices_);
    boot_id_ = node_reader_.BootId();
  }

  Sample Read(int64_t tick_ms) override;
  std::string boot_id() const override { return boot_id_; }
  std::string cgroup_mode() const override { return std::string(NameOf(cgroup_root_.mode)); }

 private:
  // The cgroups' part of a tick.
  void ReadObjects(Sample& sample);
  void AddNode(Tick& tick);
  void AddLedger(Tick& tick, std::optional<uint64_t> kernel_memory_bytes, NodeDetails& details);
  void AddProcesses(Tick& tick, NodeDetails& details);
  void BeginErrors();
  uint64_t CountErrors() const;

  NameSource& names_;
  const Clock& clock_;
  const CgroupRoot cgroup_root_;
  const std::unique_ptr<CgroupTree> tree_;  // null: no cgroup v2
  ProcNetwork proc_;
  NodeReader node_reader_;
  BlockDevices devices_;
  ProcessTable processes_;
  ObjectRegistry registry_;
  std::optional<ObjectPass> pass_;
  CounterDeltas deltas_;
  Ledger ledger_;
  UnitTable units_;
  std::string boot_id_;
  // Tree and network count their own.
  ReadErrors node_errors_, process_errors_, value_errors_;
  uint64_t last_boot_usec_ = 0;  // of the tick before; 0: none
};

Sample NodeSampler::Read(int64_t tick_ms) {
  Sample sample;
  Tick& tick = sample.tick;
  tick.tick_ms = tick_ms;
  BeginErrors();
  registry_.BeginTick(names_.Names());
  devices_.RefreshTopology();
  if (tree_ != nullptr) tree_->BeginTick(clock_.BootUsec());
  // Finding may take its time; the counters are read from here on.
  tick.boot_usec = clock_.BootUsec();
  if (tree_ != nullptr) ReadObjects(sample);
  AddNode(tick);
  const size_t dropped = DropUnstorable(tick);
  value_errors_.AddMany(dropped, "{} values above 2^63 are no measurements and left out", dropped);
  tick.node_details->read_errors = CountErrors();
  registry_.EndTick();
  last_boot_usec_ = tick.boot_usec;
  return sample;
}

void NodeSampler::BeginErrors() {
  for (ReadErrors* errors : {&node_errors_, &process_errors_, &value_errors_, &proc_.errors()}) {
    errors->BeginTick(clock_.BootUsec());
  }
}

uint64_t NodeSampler::CountErrors() const {
  return node_errors_.count() + process_errors_.count() + value_errors_.count() +
         proc_.errors().count() + (tree_ == nullptr ? 0 : tree_->read_errors());
}

void NodeSampler::ReadObjects(Sample& sample) {
  pass_->ReadCgroups();
  pass_->Emit(sample);
  names_.SetWanted(pass_->TakeContainerIds(), pass_->TakePodUids());
}

void NodeSampler::AddNode(Tick& tick) {
  NodeReading node = node_reader_.Read(&node_errors_);
  tick.node = node.values;
  NodeDetails& details = tick.node_details.emplace(std::move(node.details));
  details.cgroup_mode = cgroup_mode();
  details.nested = cgroup_root_.nested;
  details.runtime = registry_.names().runtime;
  if (tree_ != nullptr) {
    tick.node.SetIf(Series::kMemoryWorkingSetBytes,
                    NodeWorkingSet(tree_->root().reading, cgroup_root_.nested));
    AddLedger(tick, node.kernel_memory_bytes, details);
  }
  AddProcesses(tick, details);
}

void NodeSampler::AddLedger(Tick& tick, std::optional<uint64_t> kernel_memory_bytes,
                            NodeDetails& details) {
  deltas_.BeginTick();
  Cgroup& root = tree_->root();
  const std::optional<uint64_t> root_usage = RootUsage(root.reading.cpu);
  const std::optional<uint64_t> root_delta = deltas_.Take(root.serial, root_usage, std::nullopt);
  std::vector<LedgerEntry> entries;
  std::vector<UnitReading> units;
  std::unordered_map<const Cgroup*, size_t> unit_of;
  for (const Cgroup* cgroup : tree_->all()) {
    const bool top_level = cgroup->parent == &root;
    const bool pods = cgroup->place.pods_top;
    const bool unit = cgroup->place.role == CgroupRole::kUnit;
    if (cgroup->gone || (!top_level && !pods && !unit)) continue;
    const CgroupReading& reading = cgroup->reading;
    const bool born = last_boot_usec_ != 0 && cgroup->found_tick == tree_->tick();
    const std::optional<uint64_t> delta =
        deltas_.Take(cgroup->serial, reading.cpu.usage_usec, born ? root_delta : std::nullopt);
    if (top_level || pods) {
      entries.push_back({top_level, pods, reading.cpu.usage_usec.has_value(), delta,
                         LedgerMemory(reading.memory_current, reading.memory),
                         LedgerKernelMemory(reading.memory)});
    }
    if (unit) {
      unit_of[cgroup] = units.size();
      units.push_back({.key = cgroup->serial,
                       .name = std::string(ReportedUnitName(cgroup->name)),
                       .cpu_usage_usec = reading.cpu.usage_usec,
                       .cpu_delta_usec = delta,
                       .memory_bytes = reading.memory_current,
                       .tasks = reading.pids_current});
    }
    // The unit above was met before: parents come first.
    for (const Cgroup* above = pods ? cgroup->parent : nullptr; above != nullptr;
         above = above->parent) {
      const auto it = unit_of.find(above);
      if (it != unit_of.end()) AddPods(units[it->second], *cgroup, delta);
    }
  }
  deltas_.EndTick();
  ledger_.Update(entries, root_usage, root_delta, kernel_memory_bytes, tick.node);
  details.units = units_.Update(units, last_boot_usec_ == 0 ? 0 : tick.boot_usec - last_boot_usec_);
}

void NodeSampler::AddProcesses(Tick& tick, NodeDetails& details) {
  details.processes = processes_.Read(
      clock_.BootUsec(), [](std::string_view path) { return PlaceOfPath(path).place.in_pods; },
      &process_errors_);
  if (!tick.node.Has(Series::kPids) && processes_.process_count() > 0) {
    tick.node.Set(Series::kPids, processes_.process_count());
  }
}

}  // namespace

absl::StatusOr<std::unique_ptr<Sampler>> Sampler::Create(SamplerOptions options, NameSource& names,
                                                         const Clock& clock) {
  const CgroupRoot root = DetectCgroupRoot(options.cgroup_root);
  std::unique_ptr<CgroupTree> tree;
  if (root.mode == CgroupMode::kV2) {
    CgroupTreeOptions tree_options;
    tree_options.root = options.cgroup_root;
    absl::StatusOr<std::unique_ptr<CgroupTree>> created =
        CgroupTree::Create(std::move(tree_options));
    if (!created.ok()) return created.status();
    tree = *std::move(created);
  } else {
    const absl::StatusOr<Directory> proc = Directory::Open(options.proc_root);
    if (!proc.ok()) {
      return absl::NotFoundError(fmt::format("neither cgroup v2 at {} nor {} can be read",
                                             options.cgroup_root, options.proc_root));
    }
    LogWarning(
        "no cgroup v2 at {} (found: {}): pods, containers and units are not measured, the node and "
        "its processes are",
        options.cgroup_root, NameOf(root.mode));
  }
  return std::make_unique<NodeSampler>(options, names, clock, root, std::move(tree));
}

}  // namespace kubemonitor

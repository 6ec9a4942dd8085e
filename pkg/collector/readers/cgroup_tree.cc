#include "collector/readers/cgroup_tree.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "collector/readers/cgroup_mode.h"
#include "collector/readers/descriptor_budget.h"

namespace kubemonitor {

CgroupTree::CgroupTree(CgroupTreeOptions options)
    : options_(std::move(options)), root_(std::make_unique<Cgroup>()) {
  root_->serial = next_serial_++;
}

CgroupTree::~CgroupTree() = default;

absl::StatusOr<std::unique_ptr<CgroupTree>> CgroupTree::Create(CgroupTreeOptions options) {
  std::unique_ptr<CgroupTree> tree(new CgroupTree(std::move(options)));
  absl::StatusOr<Directory> root = Directory::Open(tree->options_.root);
  if (!root.ok()) return root.status();
  tree->hold_ = tree->options_.hold.value_or(DetectCgroupRoot(tree->options_.root).kernel_mount);
  tree->root_->directory = *std::move(root);
  tree->may_hold_ = tree->options_.max_held.value_or(OwnDescriptorBudget().cgroup_files);
  return tree;
}

// A plain root may be replaced as a whole.
bool CgroupTree::OpenRoot() {
  if (hold_) return true;
  root_->directory.reset();
  absl::StatusOr<Directory> root = Directory::Open(options_.root);
  if (root.ok()) {
    root_->directory = *std::move(root);
    root_->gone = false;
    return true;
  }
  CountError(*root_, "", MessageOf(root.status()));
  return false;
}

void CgroupTree::BeginTick(uint64_t boot_usec) {
  ++tick_;
  boot_usec_ = boot_usec;
  const bool rescan = tick_ == 1 || boot_usec - last_rescan_usec_ >= kRescanUsec;
  if (rescan) {
    last_rescan_usec_ = boot_usec;
    held_all_ = true;
    for (Cgroup* cgroup : all_) {
      cgroup->list_again = true;
      cgroup->missing = 0;
    }
  }
  if (OpenRoot()) {
    if (!hold_) {
      for (Cgroup* cgroup : all_) cgroup->list_again = true;
    }
    ListChanged();
  } else {
    while (!root_->children.empty()) {
      Forget(*root_->children.begin()->second);
      root_->children.erase(root_->children.begin());
    }
    all_.assign(1, root_.get());
  }
}

bool CgroupTree::RefreshGone() {
  if (!list_more_) return false;
  found_new_ = false;
  ListChanged();
  return found_new_;
}

// What is removed leaves its directory's link count; when a whole branch went, only the branch's
// parent can tell, so that a removal has the level above listed too.
void CgroupTree::ListChanged() {
  for (int round = 0; round <= kMaxCgroupDepth; ++round) {
    list_more_ = false;
    Visit(*root_);
    if (!list_more_) break;
  }
  all_.clear();
  Append(*root_);
}

void CgroupTree::Visit(Cgroup& cgroup) {
  if (!cgroup.place.has_children()) return;
  if (NeedsListing(cgroup)) List(cgroup);
  for (auto& [name, child] : cgroup.children) Visit(*child);
}

bool CgroupTree::NeedsListing(Cgroup& cgroup) {
  if (cgroup.list_again) return true;
  if (!hold_) return false;  // listed already in this tick
  if (!cgroup.directory || !cgroup.listed_count) return true;
  const absl::StatusOr<std::optional<uint64_t>> count = cgroup.directory->SubdirectoryCount();
  return !count.ok() || *count != cgroup.listed_count;
}

void CgroupTree::List(Cgroup& cgroup) {
  cgroup.list_again = false;
  std::optional<Directory> opened;
  const Directory* directory = DirectoryOf(cgroup, opened);
  if (directory == nullptr) return;
  // The count of before the listing: what comes meanwhile is seen by the next one.
  const absl::StatusOr<std::optional<uint64_t>> count = directory->SubdirectoryCount();
  cgroup.listed_count = count.ok() ? *count : std::nullopt;
  for (auto& [name, child] : cgroup.children) child->seen = false;
  const auto list = [&] {
    return directory->ForEachSubdirectory(
        [&](std::string_view name, uint64_t inode) { AdoptOrKeep(cgroup, name, inode); });
  };
  absl::Status status = list();
  if (absl::IsResourceExhausted(status)) {
    ReleaseSome();
    status = list();
  }
  if (!status.ok() && !IsGone(status)) {
    cgroup.listed_count.reset();  // the next tick lists it again
    CountError(cgroup, "", MessageOf(status));
    return;
  }
  ForgetMissing(cgroup);
}

void CgroupTree::AdoptOrKeep(Cgroup& parent, std::string_view name, uint64_t inode) {
  const auto known = parent.children.find(name);
  if (known != parent.children.end()) {
    Cgroup& child = *known->second;
    // Held descriptors do not follow to another cgroup of the same name. Plain directories may be
    // replaced: there the name is what counts.
    const bool same = hold_ ? child.inode == inode && !child.gone : true;
    if (same) {
      child.seen = true;
      child.gone = false;
      return;
    }
    Forget(child);
    parent.children.erase(known);
  }
  if (count_ >= options_.max_cgroups) {
    if (!std::exchange(said_too_many_, true)) {
      LogWarning("more than {} cgroups: the rest is not measured", options_.max_cgroups);
      ++read_errors_;
    }
    return;
  }
  auto child = std::make_unique<Cgroup>();
  child->name = std::string(name);
  child->path = parent.path.empty() ? child->name : fmt::format("{}/{}", parent.path, name);
  child->place = PlaceOf(parent.place, parent.name, name);
  child->parent = &parent;
  child->inode = inode;
  child->serial = next_serial_++;
  child->found_tick = tick_;
  child->seen = true;
  parent.children.emplace(child->name, std::move(child));
  ++count_;
  found_new_ = true;
}

void CgroupTree::ForgetMissing(Cgroup& cgroup) {
  bool removed = false;
  for (auto it = cgroup.children.begin(); it != cgroup.children.end();) {
    if (it->second->seen) {
      ++it;
      continue;
    }
    Forget(*it->second);
    it = cgroup.children.erase(it);
    removed = true;
  }
  if (removed && hold_ && cgroup.parent != nullptr) {
    cgroup.parent->list_again = true;
    list_more_ = true;
  }
}

// Takes the branch out of the counts.
void CgroupTree::Forget(Cgroup& cgroup) {
  for (auto& [name, child] : cgroup.children) Forget(*child);
  --count_;
  if (cgroup.directory) --held_;
  for (const UniqueFd& file : cgroup.files) {
    if (file.valid()) --held_;
  }
}

void CgroupTree::Append(Cgroup& cgroup) {
  all_.push_back(&cgroup);
  for (auto& [name, child] : cgroup.children) Append(*child);
}

void CgroupTree::MarkGone(Cgroup& cgroup) {
  cgroup.gone = true;
  if (cgroup.parent == nullptr) return;
  cgroup.parent->list_again = true;
  list_more_ = true;
}

}  // namespace kubemonitor

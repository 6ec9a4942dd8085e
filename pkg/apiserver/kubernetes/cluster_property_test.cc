// Random changes to the cache, held against a plain map of what was told.

#include <gtest/gtest.h>

#include <algorithm>
#include <deque>
#include <map>
#include <memory>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "apiserver/kubernetes/cluster_cache.h"
#include "apiserver/kubernetes/cluster_testing.h"

namespace kubemonitor {
namespace {

using testing::Describe;
using testing::HexId;
using testing::MakePod;
using testing::Text;

constexpr int64_t kKeepMs = 500;

// What was told, in the plainest way.
class Model {
 public:
  void Put(const PodObject& object, int64_t now_ms) {
    for (auto& [uid, known] : pods_) {
      const bool same_name = known.pod.namespace_name == object.pod.namespace_name &&
                             known.pod.name == object.pod.name;
      if (uid != object.pod.uid && same_name && !known.pod.deleted_at_ms) {
        known.pod.deleted_at_ms = now_ms;
      }
    }
    pods_[object.pod.uid] = object;
  }
  void Remove(const std::string& uid, int64_t now_ms) {
    const auto found = pods_.find(uid);
    if (found == pods_.end() || found->second.pod.deleted_at_ms) return;
    found->second.pod.deleted_at_ms = now_ms;
  }
  void Expire(int64_t now_ms) {
    std::erase_if(pods_, [now_ms](const auto& entry) {
      const auto& deleted = entry.second.pod.deleted_at_ms;
      return deleted && *deleted < now_ms - kKeepMs;
    });
  }
  std::map<std::string, PodObject>& pods() { return pods_; }

  // Everything a snapshot can be asked, as text.
  std::vector<std::string> Answers() const {
    std::vector<std::string> out;
    std::map<std::string, std::pair<Cluster::PodTotals, std::vector<std::string>>> groups;
    std::map<std::string, std::vector<ResourceAmounts>> limits;
    for (const auto& [uid, object] : pods_) {
      KubePod pod = object.pod;
      if (object.controller) {
        pod.controller = KubeOwner{object.controller->kind, object.controller->name, false};
        pod.owner = pod.controller;  // no ReplicaSets here
      }
      out.push_back("uid " + uid + ": " + Describe(pod));
      if (pod.deleted_at_ms) continue;
      for (const std::string& group : {"node " + pod.node_name, "ns " + pod.namespace_name}) {
        auto& [totals, names] = groups[group];
        names.push_back(pod.uid);
        if (pod.ended()) continue;
        ++totals.pods;
        totals.requests.cpu_millicores =
            totals.requests.cpu_millicores.value_or(0) + *pod.requests.cpu_millicores;
        totals.requests.memory_bytes =
            totals.requests.memory_bytes.value_or(0) + *pod.requests.memory_bytes;
        limits[group].push_back(pod.limits);
      }
    }
    for (auto& [group, found] : groups) {
      AddLimits(limits[group], &found.first);
      out.push_back(Line(group, found.first, found.second));
    }
    return out;
  }

  static void AddLimits(const std::vector<ResourceAmounts>& limits, Cluster::PodTotals* totals) {
    for (const auto amount : {&ResourceAmounts::cpu_millicores, &ResourceAmounts::memory_bytes}) {
      size_t limited = 0;
      for (const ResourceAmounts& pod : limits) {
        if (!(pod.*amount)) continue;
        ++limited;
        totals->limits.*amount = (totals->limits.*amount).value_or(0) + *(pod.*amount);
      }
      if (limited == limits.size()) totals->limits_of_all.*amount = totals->limits.*amount;
    }
  }

  static std::string Line(const std::string& group, const Cluster::PodTotals& totals,
                          std::vector<std::string> names) {
    std::sort(names.begin(), names.end());
    std::string line = group + ": " + std::to_string(totals.pods) + " " + Text(totals.requests) +
                       " " + Text(totals.limits) + " " + Text(totals.limits_of_all);
    for (const std::string& name : names) line += " " + name;
    return line;
  }

 private:
  std::map<std::string, PodObject> pods_;  // by uid
};

std::vector<std::string> Answers(const Cluster& cluster, const std::vector<std::string>& uids) {
  std::vector<std::string> out;
  std::map<std::string, std::vector<std::string>> groups;
  for (const std::string& uid : uids) {
    if (const auto pod = cluster.FindPod(uid, {}, "", "")) {
      out.push_back("uid " + uid + ": " + Describe(*pod));
    }
  }
  cluster.ForEachPod(std::nullopt, std::nullopt, [&groups](const KubePod& pod) {
    groups["node " + pod.node_name].push_back(pod.uid);
    groups["ns " + pod.namespace_name].push_back(pod.uid);
  });
  for (const auto& [group, names] : groups) {
    const bool node = group.starts_with("node ");
    const std::string name = group.substr(node ? 5 : 3);
    out.push_back(
        Model::Line(group, node ? cluster.NodeTotals(name) : cluster.NamespaceTotals(name), names));
    std::vector<std::string> listed;
    const auto collect = [&listed](const KubePod& pod) { listed.push_back(pod.uid); };
    if (node) {
      cluster.ForEachPod(std::nullopt, name, collect);
    } else {
      cluster.ForEachPod(name, std::nullopt, collect);
    }
    std::vector<std::string> sorted = names;
    std::sort(sorted.begin(), sorted.end());
    std::sort(listed.begin(), listed.end());
    EXPECT_EQ(listed, sorted) << group;
  }
  return out;
}

class Scenario {
 public:
  explicit Scenario(unsigned seed)
      : random_(seed), cache_({.keep_ms = kKeepMs, .hash = SeededHash{seed, 0xff}}) {}

  void Run() {
    for (int round = 0; round < 40; ++round) {
      for (int step = 0; step < 20; ++step) Step();
      Check();
    }
  }

 private:
  unsigned Below(unsigned limit) { return static_cast<unsigned>(random_() % limit); }

  void Step() {
    now_ms_ += Below(20);
    const unsigned what = Below(100);
    if (what < 55) {
      PutRandom();
    } else if (what < 85) {
      const std::string uid = std::to_string(Below(120));
      cache_.Remove(KubeKind::kPod, MakePod("x/x", uid), now_ms_);
      model_.Remove(uid, now_ms_);
    } else if (what < 97) {
      cache_.Expire(now_ms_);
      model_.Expire(now_ms_);
    } else {
      Relist();
    }
  }

  PodObject RandomPod(const std::string& uid) {
    PodObject object =
        MakePod("ns-" + std::to_string(Below(4)) + "/pod-" + std::to_string(Below(30)), uid);
    // A pod keeps its name.
    if (const auto known = model_.pods().find(uid); known != model_.pods().end()) {
      object.pod.namespace_name = known->second.pod.namespace_name;
      object.pod.name = known->second.pod.name;
    }
    KubePod& pod = object.pod;
    if (Below(3) > 0) pod.node_name = "node-" + std::to_string(Below(6));
    pod.phase = std::vector<std::string>{"Pending", "Running", "Failed"}[Below(3)];
    pod.requests = {Below(1000), Below(1000)};
    if (Below(4) > 0) pod.limits.cpu_millicores = Below(1000);
    if (Below(8) > 0) pod.limits.memory_bytes = Below(1000);
    pod.labels["app"] = std::to_string(Below(3));
    if (Below(2) > 0) pod.containers[0].container_id = HexId(Below(1000));
    if (Below(2) > 0)
      object.controller = ControllerReference{"Set", "set", std::to_string(Below(9))};
    if (object.controller) object.controller->name += object.controller->uid;
    return object;
  }

  void PutRandom() {
    const PodObject object = RandomPod(std::to_string(Below(120)));
    ASSERT_TRUE(cache_.Put(KubeKind::kPod, object, now_ms_));
    model_.Put(object, now_ms_);
  }

  // Some have changed, some are new, some have gone.
  void Relist() {
    cache_.BeginList(KubeKind::kPod);
    std::vector<std::string> kept;
    for (int uid = 0; uid < 120; ++uid) {
      if (Below(3) == 0) continue;
      const PodObject object = RandomPod(std::to_string(uid));
      kept.push_back(object.pod.uid);
      cache_.Put(KubeKind::kPod, object, now_ms_);
      model_.Put(object, now_ms_);
    }
    cache_.EndList(KubeKind::kPod, now_ms_);
    for (auto& [uid, object] : model_.pods()) {
      const bool listed = std::find(kept.begin(), kept.end(), uid) != kept.end();
      if (!listed && !object.pod.deleted_at_ms) object.pod.deleted_at_ms = now_ms_;
    }
  }

  void Check() {
    std::vector<std::string> uids;
    for (int uid = 0; uid < 120; ++uid) uids.push_back(std::to_string(uid));
    std::sort(uids.begin(), uids.end());
    published_.emplace_back(cache_.Publish(), model_.Answers());
    if (published_.size() > 3) published_.pop_front();
    for (const auto& [cluster, expected] : published_) {
      ASSERT_EQ(Answers(*cluster, uids), expected);
    }
    CheckOtherKeys(*published_.back().first);
  }

  // By name and by container: one that lives, else the one that went last.
  void CheckOtherKeys(const Cluster& cluster) {
    for (const auto& [uid, object] : model_.pods()) {
      const auto by_name = cluster.FindPod("", {}, object.pod.namespace_name, object.pod.name);
      ASSERT_TRUE(by_name);
      ASSERT_EQ(by_name->name, object.pod.name);
      const auto& deleted = object.pod.deleted_at_ms;
      ASSERT_TRUE(!by_name->deleted_at_ms || (deleted && *deleted <= *by_name->deleted_at_ms));
      const std::string& id = object.pod.containers[0].container_id;
      if (id.empty()) continue;
      const auto by_id = cluster.FindPod("", {id}, "", "");
      ASSERT_TRUE(by_id);
      ASSERT_EQ(by_id->containers[0].container_id, id);
      ASSERT_TRUE(!by_id->deleted_at_ms || deleted);
    }
    uint64_t living = 0;
    for (const auto& [uid, object] : model_.pods()) living += object.pod.deleted_at_ms ? 0 : 1;
    ASSERT_EQ(cache_.Count(KubeKind::kPod), living);
  }

  std::mt19937 random_;
  ClusterCache cache_;
  Model model_;
  int64_t now_ms_ = 1'000'000;
  std::deque<std::pair<std::shared_ptr<const Cluster>, std::vector<std::string>>> published_;
};

TEST(ClusterPropertyTest, TheCacheSaysWhatItWasTold) {
  for (unsigned seed = 1; seed <= 3; ++seed) {
    SCOPED_TRACE(seed);
    Scenario(seed).Run();
    if (HasFatalFailure()) return;
  }
}

}  // namespace
}  // namespace kubemonitor

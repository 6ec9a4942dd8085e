#include "simulator/kubernetes/changes.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <string>

namespace kubemonitor {
namespace {

constexpr int64_t kNowMs = 1'790'000'000'000;

ModelOptions Options(uint32_t churn) {
  ModelOptions out;
  out.nodes = 3;
  out.pods_per_node = 12;
  out.namespaces = 2;
  out.deployments = 5;
  out.churn_per_minute = churn;
  return out;
}

// What a client that lists and watches holds: the object's JSON.
using Held = std::map<ObjectRef, std::string>;

std::string Render(const ClusterObjects& objects, const ObjectState& state) {
  JsonWriter json;
  std::string out;
  objects.Write(state, objects.of(state.ref.resource).MetaOf(state), true, true, &json);
  json.Take(&out);
  return out;
}

Held ListAll(const ClusterObjects& objects, Revision at) {
  Held out;
  for (size_t resource = 0; resource < kResources; ++resource) {
    const ObjectSource& source = objects.of(static_cast<Resource>(resource));
    std::vector<ObjectState> states;
    for (uint32_t place = 0; place < source.Places(); ++place) source.AtPlace(place, at, &states);
    for (const ObjectState& state : states) {
      EXPECT_LE(state.revision, at);
      EXPECT_TRUE(out.emplace(state.ref, Render(objects, state)).second);
    }
  }
  return out;
}

std::string NameOf(const ClusterObjects& objects, const ObjectRef& ref) {
  const ObjectMeta meta = objects.of(ref.resource).MetaOf({ref, RevisionAt(kNowMs)});
  return std::string(InfoOf(ref.resource).name) + " " + meta.namespace_name + "/" + meta.name;
}

// Whoever lists once and then takes every change has what a later list says, at any time.
TEST(Changes, ListAndChangesAreTheLaterList) {
  for (const uint32_t churn : {0U, 3U, 30U, 54U}) {
    const Model model(Options(churn));
    const ClusterObjects objects(model);
    Revision at = RevisionAt(kNowMs) + 77;
    Held held = ListAll(objects, at);
    std::map<ChangeType, int> seen;
    for (int step = 0; step < 24; ++step) {
      const Revision next = at + RevisionAt(kRevisionEpochMs + 4'321 + step) + 99'991;
      const std::vector<Change> changes = ChangesBetween(objects.context(), at, next);
      std::map<Resource, Revision> before;
      for (const Change& change : changes) {
        const ObjectRef& ref = change.state.ref;
        ++seen[change.type];
        ASSERT_GT(change.state.revision, std::max(at, before[ref.resource]))
            << NameOf(objects, ref);
        before[ref.resource] = change.state.revision;
        const bool known = held.contains(ref);
        ASSERT_EQ(known, change.type != ChangeType::kAdded) << NameOf(objects, ref);
        if (change.type == ChangeType::kDeleted) {
          held.erase(ref);
        } else {
          held[ref] = Render(objects, change.state);
        }
      }
      at = next;
      const Held listed = ListAll(objects, at);
      ASSERT_EQ(held.size(), listed.size());
      for (const auto& [ref, json] : listed) {
        ASSERT_TRUE(held.contains(ref)) << NameOf(objects, ref);
        ASSERT_EQ(held[ref], json) << NameOf(objects, ref);
      }
    }
    if (churn == 0) continue;
    EXPECT_GT(seen[ChangeType::kAdded], 0);
    EXPECT_GT(seen[ChangeType::kDeleted], 0);
    EXPECT_GT(seen[ChangeType::kModified], 0);
  }
}

// Cut anywhere, also within a millisecond.
TEST(Changes, AreTheSameInPieces) {
  const Model model(Options(30));
  const ClusterObjects objects(model);
  const Revision from = RevisionAt(kNowMs);
  const Revision to = RevisionAt(kNowMs + 60'000);
  const std::vector<Change> all = ChangesBetween(objects.context(), from, to);
  ASSERT_GT(all.size(), 100U);
  for (size_t i = 0; i < all.size(); i += 7) {
    const Revision cut = all[i].state.revision;
    const auto before = ChangesBetween(objects.context(), from, cut);
    const auto after = ChangesBetween(objects.context(), cut, to);
    ASSERT_EQ(before.size(), i + 1);
    ASSERT_EQ(after.size(), all.size() - i - 1);
    EXPECT_EQ(before.back().state.ref, all[i].state.ref);
  }
}

TEST(Changes, EveryNodeIsHeardOfEveryFiveMinutes) {
  const Model model(Options(0));
  const ClusterObjects objects(model);
  std::map<uint32_t, int> beats;
  for (const Change& change : ChangesBetween(objects.context(), RevisionAt(kNowMs),
                                             RevisionAt(kNowMs + 10 * kHeartbeatMs))) {
    ASSERT_EQ(change.state.ref.resource, Resource::kNodes);
    ++beats[change.state.ref.place];
  }
  EXPECT_EQ(beats, (std::map<uint32_t, int>{{0, 10}, {1, 10}, {2, 10}, {4, 10}}))
      << "but the one that is not ready";
}

}  // namespace
}  // namespace kubemonitor

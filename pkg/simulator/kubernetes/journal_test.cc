#include "simulator/kubernetes/journal.h"

#include <gtest/gtest.h>

namespace kubemonitor {
namespace {

constexpr int64_t kNowMs = 1'790'000'000'000;

class JournalTest : public ::testing::Test {
 protected:
  static ModelOptions Options() {
    ModelOptions out;
    out.churn_per_minute = 60;
    return out;
  }
  static Revision At(int64_t seconds) { return RevisionAt(kNowMs + seconds * 1000); }

  const Model model_{Options()};
  const ClusterObjects objects_{model_};
  Journal journal_{objects_.context(), At(0)};
};

TEST_F(JournalTest, TellsEveryChangeOnce) {
  std::vector<Change> expected;
  for (const Change& change : ChangesBetween(objects_.context(), At(0), At(120))) {
    if (change.state.ref.resource == Resource::kPods) expected.push_back(change);
  }
  ASSERT_GT(expected.size(), 300U);
  Revision after = At(0);
  size_t next = 0;
  for (int64_t seconds = 1; seconds <= 120; ++seconds) {
    for (;;) {
      const auto changes = journal_.After(Resource::kPods, after, At(seconds), 3);
      ASSERT_TRUE(changes.has_value());
      ASSERT_LE(changes->size(), 3U);
      for (const Change& change : *changes) {
        ASSERT_LT(next, expected.size());
        EXPECT_EQ(change.state.revision, expected[next].state.revision);
        EXPECT_LE(change.state.revision, At(seconds)) << "nothing of the future";
        ++next;
      }
      if (changes->empty()) break;
      after = changes->back().state.revision;
    }
  }
  EXPECT_EQ(next, expected.size());
}

TEST_F(JournalTest, ForgetsWhatIsTooOld) {
  EXPECT_FALSE(journal_.After(Resource::kPods, At(0) - 1, At(1), 9).has_value())
      << "it begins with its start";
  EXPECT_TRUE(journal_.After(Resource::kPods, At(0), At(299), 9).has_value());
  EXPECT_FALSE(journal_.After(Resource::kPods, At(0), At(301), 9).has_value());
  EXPECT_TRUE(journal_.After(Resource::kPods, At(2), At(301), 9).has_value());
  journal_.Compact(At(302));
  EXPECT_FALSE(journal_.After(Resource::kPods, At(301), At(303), 9).has_value());
  EXPECT_TRUE(journal_.After(Resource::kPods, At(302), At(303), 9).has_value());
  EXPECT_EQ(journal_.compacted(At(303)), At(302));
}

}  // namespace
}  // namespace kubemonitor

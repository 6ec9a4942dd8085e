#include <gtest/gtest.h>

#include "oracle/differential.h"

namespace kubemonitor {
namespace {

TEST(StorePropertyTest, AnswersAsTheOracleOverRandomHistories) {
  for (uint64_t seed = 1; seed <= 15; ++seed) {
    Choices choices(seed);
    ASSERT_EQ(CompareStores(&choices, 300), "") << "seed " << seed;
  }
}

}  // namespace
}  // namespace kubemonitor

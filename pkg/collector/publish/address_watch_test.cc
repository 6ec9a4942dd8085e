#include "collector/publish/address_watch.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <utility>

namespace kubemonitor {
namespace {

constexpr std::chrono::hours kNever{1};
constexpr std::chrono::milliseconds kAtOnce{0};

// Answers look-ups from any thread, until it is told to hang. Outlives the watch in shared
// ownership: a look-up that hangs outlives everything else.
class FakeDns {
 public:
  AddressWatch::Found Resolve() {
    const MutexLock lock(mutex_);
    ++calls_;
    changed_.notify_all();
    while (hangs_) changed_.wait(mutex_);
    return answer_;
  }
  void Set(AddressWatch::Found answer, bool hangs = false) {
    const MutexLock lock(mutex_);
    answer_ = std::move(answer);
    hangs_ = hangs;
    changed_.notify_all();
  }
  // False: it was not called so often within 20 s.
  bool AwaitCalls(int calls) {
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(20);
    const MutexLock lock(mutex_);
    while (calls_ < calls) {
      if (changed_.wait_until(mutex_, deadline) == std::cv_status::timeout) return calls_ >= calls;
    }
    return true;
  }

 private:
  Mutex mutex_;
  Condition changed_;
  int calls_ GUARDED_BY(mutex_) = 0;
  bool hangs_ GUARDED_BY(mutex_) = false;
  AddressWatch::Found answer_ GUARDED_BY(mutex_) = std::vector<std::string>{"192.0.2.1:1"};
};

class AddressWatchTest : public ::testing::Test {
 protected:
  std::unique_ptr<AddressWatch> Watch(ResolvePace pace) {
    auto watch = std::make_unique<AddressWatch>(
        "name:1", [dns = dns_](const std::string&) { return dns->Resolve(); },
        [](const std::string&, const AddressWatch::Found&) {}, pace);
    watch->Start();
    return watch;
  }
  std::shared_ptr<FakeDns> dns_ = std::make_shared<FakeDns>();
};

TEST_F(AddressWatchTest, AsksAgainOnSchedule) {
  const auto watch = Watch({.every = kAtOnce, .after_failure = kNever});
  EXPECT_TRUE(dns_->AwaitCalls(3));
}

TEST_F(AddressWatchTest, AsksAgainSoonAfterAFailedRequest) {
  const auto watch = Watch({.every = kNever, .after_failure = kAtOnce});
  ASSERT_TRUE(dns_->AwaitCalls(1));
  watch->ResolveSoon();
  EXPECT_TRUE(dns_->AwaitCalls(2));
  watch->ResolveSoon();
  EXPECT_TRUE(dns_->AwaitCalls(3));
}

TEST_F(AddressWatchTest, AsksAgainSoonAfterAFailedLookUp) {
  dns_->Set(absl::UnavailableError("DNS is away"));
  const auto watch = Watch({.every = kNever, .after_failure = kAtOnce});
  EXPECT_TRUE(dns_->AwaitCalls(3));
}

TEST_F(AddressWatchTest, EndsWhileItRestsAndWhileALookUpHangs) {
  const auto start = std::chrono::steady_clock::now();
  {
    const auto watch = Watch({.every = kNever, .after_failure = kNever});
    ASSERT_TRUE(dns_->AwaitCalls(1));
  }
  dns_->Set(absl::UnavailableError("too late"), true);
  {
    const auto watch = Watch({.every = kNever, .after_failure = kNever});
    ASSERT_TRUE(dns_->AwaitCalls(2));
  }
  EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(10));
  dns_->Set(absl::UnavailableError("too late"), false);
}

TEST_F(AddressWatchTest, OneThatWasNeverStartedEnds) {
  AddressWatch watch(
      "name:1", [](const std::string&) { return std::vector<std::string>(); },
      [](const std::string&, const AddressWatch::Found&) {}, ResolvePace());
  watch.ResolveSoon();
  watch.RequestStop();
}

}  // namespace
}  // namespace kubemonitor

// The resolver's thread against a runtime that does not answer.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "collector/names/fake_runtime.h"
#include "collector/names/name_resolver.h"
#include "collector/names/names_testing.h"

namespace kubemonitor {
namespace {

using ::testing::IsEmpty;

// A runtime that answers when the test lets it, or when it is cancelled.
class StuckRuntime final : public CriRuntime {
 public:
  struct Gate {
    Mutex mutex;
    Condition changed;
    int waiting GUARDED_BY(mutex) = 0;
    bool open GUARDED_BY(mutex) = false;
  };
  explicit StuckRuntime(Gate& gate) : gate_(gate) {}
  absl::StatusOr<CriVersion> Version(std::stop_token stop) override {
    const MutexLock lock(gate_.mutex);
    ++gate_.waiting;
    gate_.changed.notify_all();
    gate_.changed.wait(gate_.mutex, stop, [this]() REQUIRES(gate_.mutex) { return gate_.open; });
    if (stop.stop_requested()) return absl::CancelledError("");
    return CriVersion{"slow", "1"};
  }
  absl::StatusOr<CriList<CriSandbox>> ListSandboxes(std::stop_token) override {
    FakeState state;
    state.AddPod("u1", "c1");
    return state.sandboxes;
  }
  absl::StatusOr<CriList<CriContainer>> ListContainers(std::stop_token) override {
    FakeState state;
    state.AddPod("u1", "c1");
    return state.containers;
  }
  absl::StatusOr<std::optional<bool>> UsesHostNetwork(const std::string&,
                                                      std::stop_token) override {
    const MutexLock lock(gate_.mutex);
    ++gate_.waiting;
    gate_.changed.notify_all();
    return std::optional<bool>(true);
  }

 private:
  Gate& gate_;
};

class ThreadTest : public ::testing::Test {
 protected:
  void Start() {
    auto made = NameResolver::Create(
        {"unix:///run/slow.sock", node_.Path("/pods"), ""},
        [this](const std::string&) { return std::make_unique<StuckRuntime>(gate_); });
    ASSERT_TRUE(made.ok());
    resolver_ = std::move(*made);
    resolver_->Start();
  }
  void WaitForCall(int count) {
    const MutexLock lock(gate_.mutex);
    gate_.changed.wait(gate_.mutex, [&]() REQUIRES(gate_.mutex) { return gate_.waiting >= count; });
  }
  const TemporaryFolder node_;
  StuckRuntime::Gate gate_;
  std::unique_ptr<NameResolver> resolver_;
};

// The calls below would hang the test if they waited for the runtime.
TEST_F(ThreadTest, SlowRuntimeDelaysNobody) {
  Start();
  WaitForCall(1);
  for (int i = 0; i < 1000; ++i) {
    resolver_->SetWanted({"c" + std::to_string(i % 3)}, {"u1"});
    EXPECT_THAT(resolver_->Names()->pods, IsEmpty());
  }
  resolver_.reset();  // ends the running call
}

TEST_F(ThreadTest, NamesArriveInTheThread) {
  Start();
  WaitForCall(1);
  resolver_->SetWanted({"c1"}, {"u1"});
  {
    const MutexLock lock(gate_.mutex);
    gate_.open = true;
    gate_.changed.notify_all();
  }
  WaitForCall(2);  // the question for the host network comes after the names are published
  const auto names = resolver_->Names();
  EXPECT_EQ(names->runtime, "slow v1");
  EXPECT_EQ(names->pods.at("u1").pod_name, "pod-u1");
  EXPECT_EQ(names->containers.at("c1").container_name, "main");
}

TEST_F(ThreadTest, EndsAtOnceWithoutStart) {
  auto made = NameResolver::Create({"none", node_.Path("/pods"), ""}, nullptr);
  ASSERT_TRUE(made.ok());
  (*made)->SetWanted({"c1"}, {});
  made->reset();
}

}  // namespace
}  // namespace kubemonitor

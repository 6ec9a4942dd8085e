#include "collector/publish/server_set.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <functional>
#include <map>
#include <thread>

#include "collector/publish/publish_testing.h"
#include "collector/publish/publisher.h"
#include "common/mutex.h"

namespace kubemonitor {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::UnorderedElementsAre;

// Servers by address; one may hang until it is cancelled, whatever the time-out.
class FakeNetwork {
 public:
  struct Site {
    FakeServer server{"s"};
    bool hangs = false;
    bool away = false;
    uint64_t calls = 0;
  };

  void AddServer(const std::string& address, bool hangs, uint32_t interval_ms = 10'000) {
    const MutexLock lock(mutex_);
    Site& site = sites_[address];
    site.hangs = hangs;
    site.server.interval_ms = interval_ms;
  }

  void AddServerThatIsAway(const std::string& address) {
    const MutexLock lock(mutex_);
    sites_[address].away = true;
  }

  TransportFactory Factory() {
    return [this](const std::string& address) { return std::make_unique<Link>(*this, address); };
  }

  // Waits, within a bound, until `done` holds for the sites.
  bool Await(const std::function<bool(std::map<std::string, Site>&)>& done) {
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(20);
    const MutexLock lock(mutex_);
    while (!done(sites_)) {
      if (changed_.wait_until(mutex_, deadline) == std::cv_status::timeout) return done(sites_);
    }
    return true;
  }

 private:
  class Link final : public Transport {
   public:
    Link(FakeNetwork& network, std::string address)
        : network_(network), address_(std::move(address)) {}
    absl::StatusOr<std::string> Send(const std::string& request,
                                     std::chrono::milliseconds) override {
      const MutexLock lock(network_.mutex_);
      Site& site = network_.sites_[address_];
      ++site.calls;
      network_.changed_.notify_all();
      if (site.away) return absl::UnavailableError("away");
      if (!site.hangs) return site.server.Handle(request);
      while (!cancelled_) network_.changed_.wait(network_.mutex_);
      return absl::CancelledError("cancelled");
    }
    void Cancel() override {
      const MutexLock lock(network_.mutex_);
      cancelled_ = true;
      network_.changed_.notify_all();
    }

   private:
    FakeNetwork& network_;
    const std::string address_;
    bool cancelled_ = false;
  };

  Mutex mutex_;
  Condition changed_;
  std::map<std::string, Site> sites_;
};

class ServerSetTest : public ::testing::Test {
 protected:
  FakeClock clock;
  TickLog log{{}};
  std::atomic<uint32_t> interval_ms{10'000};
  FakeNetwork network;
  SenderOptions options{"", "node-1", "i1", "boot", "0.1.0"};
};

TEST_F(ServerSetTest, AHangingServerDoesNotDelayAnother) {
  network.AddServer("192.0.2.1:1", true);
  network.AddServer("192.0.2.2:1", false);
  log.Add(MakeSample(clock.wall_ms), clock.boot_usec);
  ServerSet servers(log, clock, options, network.Factory(), interval_ms, [] {});
  servers.Update("name:1", std::vector<std::string>{"192.0.2.1:1", "192.0.2.2:1"});
  EXPECT_TRUE(network.Await([](auto& sites) {
    return sites["192.0.2.1:1"].calls == 1 && sites["192.0.2.2:1"].server.ticks.size() == 1;
  }));
}

TEST_F(ServerSetTest, AddressesComeAndGo) {
  for (const char* address : {"192.0.2.1:1", "192.0.2.2:1", "192.0.2.3:1"}) {
    network.AddServer(address, false);
  }
  ServerSet servers(log, clock, options, network.Factory(), interval_ms, [] {});
  servers.Update("a:1", std::vector<std::string>{"192.0.2.1:1", "192.0.2.2:1"});
  servers.Update("b:1", std::vector<std::string>{"192.0.2.2:1"});
  EXPECT_THAT(servers.addresses(), UnorderedElementsAre("192.0.2.1:1", "192.0.2.2:1"));
  servers.Update("a:1", absl::UnavailableError("DNS is away"));
  EXPECT_THAT(servers.addresses(), UnorderedElementsAre("192.0.2.1:1", "192.0.2.2:1"));
  servers.Update("a:1", std::vector<std::string>{"192.0.2.3:1"});
  EXPECT_THAT(servers.addresses(), UnorderedElementsAre("192.0.2.2:1", "192.0.2.3:1"));
  servers.Update("a:1", std::vector<std::string>{});
  servers.Update("b:1", std::vector<std::string>{});
  EXPECT_THAT(servers.addresses(), IsEmpty());
}

TEST_F(ServerSetTest, ANameThatDoesNotResolveIsSaidSeldom) {
  ServerSet servers(log, clock, options, network.Factory(), interval_ms, [] {});
  ::testing::internal::CaptureStderr();
  for (int i = 0; i < 100; ++i) servers.Update("a:1", absl::UnavailableError("no such name"));
  clock.Advance(60'000);
  servers.Update("a:1", absl::UnavailableError("no such name"));
  const std::string text = ::testing::internal::GetCapturedStderr();
  EXPECT_EQ(std::count(text.begin(), text.end(), '\n'), 2) << text;
  EXPECT_THAT(text, HasSubstr("99 failures not logged"));
}

TEST_F(ServerSetTest, TheSmallestIntervalWins) {
  network.AddServer("192.0.2.1:1", false, 20'000);
  network.AddServer("192.0.2.2:1", false, 5'000);
  log.Add(MakeSample(clock.wall_ms), clock.boot_usec);
  ServerSet servers(log, clock, options, network.Factory(), interval_ms, [] {});
  EXPECT_EQ(servers.server_interval_ms(), 0U);
  servers.Update("name:1", std::vector<std::string>{"192.0.2.1:1", "192.0.2.2:1"});
  ASSERT_TRUE(network.Await([](auto& sites) {
    return sites["192.0.2.1:1"].calls >= 1 && sites["192.0.2.2:1"].calls >= 1;
  }));
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(20);
  while (servers.server_interval_ms() != 5'000 && std::chrono::steady_clock::now() < deadline) {
    std::this_thread::yield();
  }
  EXPECT_EQ(servers.server_interval_ms(), 5'000U);
  EXPECT_EQ(servers.server_intervals().at("192.0.2.2:1"), 5'000U);
}

TEST_F(ServerSetTest, PublisherSendsWhatIsPublished) {
  network.AddServer("192.0.2.1:1", false);
  PublisherOptions publishing;
  publishing.servers = {"name:1"};
  publishing.node_name = "node-1";
  publishing.instance_id = "i1";
  const auto publisher = NewPublisher(publishing, clock, network.Factory(), [](const std::string&) {
    return std::vector<std::string>{"192.0.2.1:1"};
  });
  publisher->Publish(MakeSample(clock.wall_ms, {MakeIdentity(1, "a")}));
  EXPECT_TRUE(
      network.Await([](auto& sites) { return sites["192.0.2.1:1"].server.ticks.size() == 1; }));
}

// The name "slow:1" is not resolved before this is opened.
struct Gate {
  Mutex mutex;
  Condition condition;
  bool open = false;

  void Open() {
    const MutexLock lock(mutex);
    open = true;
    condition.notify_all();
  }
};

Resolver SlowResolver(const std::shared_ptr<Gate>& gate) {
  return [gate](const std::string& name) -> absl::StatusOr<std::vector<std::string>> {
    if (name != "slow:1") return std::vector<std::string>{"192.0.2.1:1"};
    const MutexLock lock(gate->mutex);
    while (!gate->open) gate->condition.wait(gate->mutex);
    return absl::UnavailableError("too late");
  };
}

TEST_F(ServerSetTest, ASlowNameDelaysNoOther) {
  network.AddServer("192.0.2.1:1", false);
  PublisherOptions publishing;
  publishing.servers = {"slow:1", "good:1"};
  publishing.node_name = "node-1";
  publishing.instance_id = "i1";
  const auto gate = std::make_shared<Gate>();
  const auto publisher = NewPublisher(publishing, clock, network.Factory(), SlowResolver(gate));
  publisher->Publish(MakeSample(clock.wall_ms));
  EXPECT_TRUE(
      network.Await([](auto& sites) { return sites["192.0.2.1:1"].server.ticks.size() == 1; }));
  gate->Open();
}

TEST_F(ServerSetTest, AServerThatMovedIsFoundSoon) {
  network.AddServerThatIsAway("192.0.2.1:1");
  network.AddServer("192.0.2.2:1", false);
  PublisherOptions publishing;
  publishing.servers = {"name:1"};
  publishing.node_name = "node-1";
  publishing.instance_id = "i1";
  publishing.resolve = {.every = std::chrono::hours(1),
                        .after_failure = std::chrono::milliseconds(0)};
  const auto calls = std::make_shared<std::atomic<int>>(0);
  const auto publisher =
      NewPublisher(publishing, clock, network.Factory(), [calls](const std::string&) {
        return std::vector<std::string>{(*calls)++ == 0 ? "192.0.2.1:1" : "192.0.2.2:1"};
      });
  publisher->Publish(MakeSample(clock.wall_ms));
  EXPECT_TRUE(
      network.Await([](auto& sites) { return sites["192.0.2.2:1"].server.ticks.size() == 1; }));
}

TEST_F(ServerSetTest, PublisherEndsAtOnceWhileEverythingHangs) {
  network.AddServer("192.0.2.1:1", true);
  PublisherOptions publishing;
  publishing.servers = {"good:1", "slow:1"};
  publishing.node_name = "node-1";
  publishing.instance_id = "i1";
  const auto gate = std::make_shared<Gate>();
  const auto start = std::chrono::steady_clock::now();
  {
    const auto publisher = NewPublisher(publishing, clock, network.Factory(), SlowResolver(gate));
    publisher->Publish(MakeSample(clock.wall_ms));
    ASSERT_TRUE(network.Await([](auto& sites) { return sites["192.0.2.1:1"].calls == 1; }));
  }
  EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(10));
  gate->Open();
}

}  // namespace
}  // namespace kubemonitor

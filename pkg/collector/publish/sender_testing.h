#ifndef KUBEMONITOR_COLLECTOR_PUBLISH_SENDER_TESTING_H_
#define KUBEMONITOR_COLLECTOR_PUBLISH_SENDER_TESTING_H_

// For tests: one sender, its log, a clock and a server.

#include <gtest/gtest.h>

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "collector/publish/publish_testing.h"
#include "collector/publish/sender.h"

namespace kubemonitor {

inline constexpr uint32_t kInterval = 10'000;

class SenderTest : public ::testing::Test {
 protected:
  std::unique_ptr<Sender> NewSender(const std::string& instance = "i1",
                                    size_t batch_bytes = size_t{1} << 20) const {
    return std::make_unique<Sender>(
        log, clock, SenderOptions{"server", "node-1", instance, "boot", "0.1.0", batch_bytes});
  }

  // Goes on to the next multiple of the interval and takes a tick.
  void AddTick(const std::vector<std::shared_ptr<const Identity>>& identities = {}) {
    clock.Advance(kInterval - clock.wall_ms % kInterval);
    log.Add(MakeSample(clock.wall_ms, identities), clock.boot_usec);
  }

  // Sends all there is to send now; the requests' ticks.
  std::vector<std::vector<int64_t>> Drain(FakeServer* to) {
    std::vector<std::vector<int64_t>> out;
    uint64_t wake = 0;
    while (out.size() < 1000) {
      const auto request = sender->Next(kInterval, &wake);
      if (!request) break;
      if (to == nullptr) {
        out.emplace_back();
        sender->OnAnswer(absl::UnavailableError("nobody there"));
        continue;
      }
      sender->OnAnswer(to->Handle(*request));
      out.push_back(to->RequestTicks());
    }
    EXPECT_LT(out.size(), 1000U) << "a loop without end";
    last_wake = wake;
    return out;
  }
  // Lets the jitter of a live tick pass.
  void PassJitter() { clock.Advance(2'000); }

  int64_t Tick(int64_t intervals_ago = 0) const {
    return log.Newest()->tick.tick_ms - intervals_ago * kInterval;
  }

  FakeClock clock;
  TickLog log{{.boot_id = "boot"}};
  std::unique_ptr<Sender> sender = NewSender();
  FakeServer server{"s1"};
  uint64_t last_wake = 0;
};

}  // namespace kubemonitor

#endif  // KUBEMONITOR_COLLECTOR_PUBLISH_SENDER_TESTING_H_

#include "collector/publish/publisher.h"

#include <atomic>
#include <utility>

#include "collector/publish/server_set.h"
#include "collector/publish/tick_log.h"

namespace kubemonitor {
namespace {

class ThreadedPublisher final : public Publisher {
 public:
  ThreadedPublisher(PublisherOptions options, const Clock& clock, TransportFactory make_transport,
                    const Resolver& resolve)
      : clock_(clock),
        interval_ms_(options.interval_ms),
        log_({options.history_ms, options.history_bytes, options.boot_id}),
        servers_(log_, clock,
                 SenderOptions{"", options.node_name, options.instance_id, options.boot_id,
                               options.version},
                 std::move(make_transport), interval_ms_, [this] { ResolveSoon(); }) {
    for (const std::string& server : options.servers) {
      watches_.push_back(std::make_unique<AddressWatch>(
          server, resolve,
          [this](const std::string& name, const AddressWatch::Found& found) {
            servers_.Update(name, found);
          },
          options.resolve));
    }
    // Not before all are there: the first server may fail at once.
    for (const auto& watch : watches_) watch->Start();
  }

  // The watches' threads end first, as they use the servers; the servers' may speak to the watches
  // until they have ended, too.
  ~ThreadedPublisher() override {
    for (const auto& watch : watches_) watch->RequestStop();
    for (const auto& watch : watches_) watch->Join();
  }

  void Publish(const Sample& sample) override {
    log_.Add(sample, clock_.BootUsec());
    servers_.Notify();
  }
  uint32_t server_interval_ms() const override { return servers_.server_interval_ms(); }
  std::map<std::string, uint32_t> server_intervals() const override {
    return servers_.server_intervals();
  }
  void SetInterval(uint32_t interval_ms) override { interval_ms_.store(interval_ms); }

 private:
  void ResolveSoon() {
    for (const auto& watch : watches_) watch->ResolveSoon();
  }

  const Clock& clock_;
  std::atomic<uint32_t> interval_ms_;
  TickLog log_;
  std::vector<std::unique_ptr<AddressWatch>> watches_;  // one a name; not changed once they start
  ServerSet servers_;
};

}  // namespace

std::unique_ptr<Publisher> NewPublisher(PublisherOptions options, const Clock& clock,
                                        TransportFactory make_transport, Resolver resolve) {
  return std::make_unique<ThreadedPublisher>(std::move(options), clock, std::move(make_transport),
                                             resolve);
}

}  // namespace kubemonitor

#ifndef KUBEMONITOR_COLLECTOR_PUBLISH_PUBLISHER_H_
#define KUBEMONITOR_COLLECTOR_PUBLISH_PUBLISHER_H_

// From samples to servers: one bounded log of ticks, and for every server a sender of its own.

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "collector/publish/address_watch.h"
#include "collector/publish/transport.h"
#include "collector/sampling/sampler.h"
#include "common/clock.h"
#include "wire/resolver.h"

namespace kubemonitor {

struct PublisherOptions {
  std::vector<std::string> servers;  // host:port; every address of a name is a server of its own
  std::string node_name;
  std::string instance_id;
  std::string boot_id;
  std::string version;
  uint32_t interval_ms = 10'000;
  int64_t history_ms = 3'600'000;          // ticks kept to replay; 0: only the newest
  size_t history_bytes = size_t{8} << 20;  // and their bytes at most, compressed
  ResolvePace resolve;                     // of the names
};

// Thread-safe. The destructor ends all threads within a second or so.
class Publisher {
 public:
  virtual ~Publisher() = default;
  // Never blocks on the network.
  virtual void Publish(const Sample& sample) = 0;
  // The interval the servers want (the smallest, where they differ); 0 until one answered.
  virtual uint32_t server_interval_ms() const = 0;
  // The interval of every server that answered, by its address.
  virtual std::map<std::string, uint32_t> server_intervals() const = 0;
  virtual void SetInterval(uint32_t interval_ms) = 0;
};

// The clock outlives the publisher. Every name is resolved anew on a schedule and soon after a
// failure, independently of the others.
std::unique_ptr<Publisher> NewPublisher(PublisherOptions options, const Clock& clock,
                                        TransportFactory make_transport,
                                        Resolver resolve = ResolveServer);

}  // namespace kubemonitor

#endif  // KUBEMONITOR_COLLECTOR_PUBLISH_PUBLISHER_H_

#ifndef KUBEMONITOR_SIMULATOR_WORKER_H_
#define KUBEMONITOR_SIMULATOR_WORKER_H_

// Sends for a part of the simulated nodes, in one thread: asks each node's sender what it wants to
// send and when, makes the bytes, and hands back the answers. Newest ticks go at once; history
// waits for one of a few places, node after node in turns.

#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <queue>
#include <stop_token>
#include <vector>

#include "common/log.h"
#include "simulator/calls.h"
#include "simulator/node_sender.h"
#include "simulator/request_maker.h"

namespace kubemonitor {

// What was sent. `samples` are the values of the ticks that the server said it holds.
struct SendCounters {
  uint64_t requests = 0;
  uint64_t bytes = 0;
  uint64_t ticks = 0;
  uint64_t samples = 0;
  uint64_t errors = 0;   // requests that failed, or of which something was refused
  uint64_t refused = 0;  // items, as the server counts

  void Add(const SendCounters& other);
};

struct WorkerOptions {
  uint32_t first_node = 0;  // this one and every `node_step`th
  uint32_t node_step = 1;
  size_t history_calls = 8;  // requests without hurry under way at a time
  uint64_t instance = 0;     // of this process
  std::string version;
  // Called in the worker's thread, once a node.
  std::function<void()> on_backfilled;
};

class Worker {
 public:
  // What the context points to outlives this.
  Worker(const SenderContext& context, WorkerOptions options, std::unique_ptr<Calls> calls);

  // Until stopped; requests under way may still end, for some seconds.
  void Run(const std::stop_token& stop);
  // Of the thread of Run, or after it.
  const SendCounters& counters() const { return counters_; }

 private:
  struct Node {
    Node(const SenderContext& context, uint32_t node) : sender(context, node), number(node) {}
    NodeSender sender;
    uint32_t number;
    bool busy = false;     // a request is under way
    bool history = false;  // which takes one of the places
    bool queued = false;   // waits for a place
    bool counted = false;  // on_backfilled was called
    uint64_t wake_usec = 0;
  };
  struct Wake {
    uint64_t usec;
    uint32_t index;
    bool operator>(const Wake& other) const { return usec > other.usec; }
  };

  void Consider(uint32_t index, bool has_turn);
  void Send(Node& node, const NextSend& next);
  void Take(const Calls::Done& done, bool count_errors);
  uint32_t IndexOf(const Calls::Done& done) const {
    return (done.node - options_.first_node) / options_.node_step;
  }
  void GivePlaces();
  void WakeAt(uint32_t index, uint64_t usec);
  void RunWakes();
  uint64_t TimeoutUsec() const;
  void Drain();
  void Report(const Calls::Done& done, const SendOutcome& outcome);

  const SenderContext context_;
  const WorkerOptions options_;
  const std::unique_ptr<Calls> calls_;
  RequestMaker maker_;
  std::vector<Node> nodes_;
  std::priority_queue<Wake, std::vector<Wake>, std::greater<>> wakes_;
  std::deque<uint32_t> queue_;  // of those that wait for a place
  size_t history_calls_ = 0;
  size_t calls_under_way_ = 0;
  SendCounters counters_;
  LogLimiter failure_log_{10'000'000};
  LogLimiter refusal_log_{10'000'000};
};

}  // namespace kubemonitor

#endif  // KUBEMONITOR_SIMULATOR_WORKER_H_

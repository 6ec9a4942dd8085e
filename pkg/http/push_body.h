// Bodies that are written as things happen (Server-Sent Events, watches): the handler answers at
// once, and whoever holds the Pusher writes to the client later, for as long as both like.
//
//   auto [pusher, body] = MakePushedBody({.max_pending_bytes = 64 * 1024});
//   watchers.Add(pusher);            // Push, Push, …, Close, from any thread
//   HttpResponse response;
//   response.push = body;            // the server's end
//   return response;
//
// A client that waits costs no worker and no time; one that does not read costs its bounded buffer
// and is then ended.

#ifndef KUBEMONITOR_HTTP_PUSH_BODY_H_
#define KUBEMONITOR_HTTP_PUSH_BODY_H_

#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

namespace kubemonitor {

struct PushOptions {
  // What may wait for the client, what is just being written to it included. A piece that does not
  // fit ends the answer: a stream with a hole in it would be worse than one to be asked for again.
  size_t max_pending_bytes = 64 * 1024;
  // Called once when nobody reads any longer: the client went away or was ended, the server stops,
  // or the answer was never sent (HEAD, too many streams, an exception). On any thread, not under a
  // lock of this class; quick.
  std::function<void()> on_gone = {};
};

class PushChannel;

// The writing end. Thread-safe. Pieces arrive whole and in the order of the calls.
class Pusher {
 public:
  explicit Pusher(std::shared_ptr<PushChannel> channel);
  ~Pusher();  // Close
  Pusher(const Pusher&) = delete;
  Pusher& operator=(const Pusher&) = delete;

  // Never waits. False if the client will not get the piece, nor any later one: it is gone, it did
  // not read and has just been ended for it, or the body is closed.
  bool Push(std::string_view piece);
  // Ends the answer properly, after what is pending.
  void Close();
  // Whether a Push would have a reader.
  bool open() const;

 private:
  const std::shared_ptr<PushChannel> channel_;
};

// The server's end. Destroying it tells the pusher that nobody reads. One thread at a time.
class PushBody {
 public:
  enum class State { kOpen, kClosed, kOverflowed };

  explicit PushBody(std::shared_ptr<PushChannel> channel);
  ~PushBody();
  PushBody(const PushBody&) = delete;
  PushBody& operator=(const PushBody&) = delete;

  // `wake` is called once after each Take that gave nothing of an open body, when there is more to
  // take, and when the body overflows. On the pusher's thread and under the channel's lock: it must
  // do no more than queue.
  void SetWake(std::function<void()> wake);
  // Replaces *pieces by all that was pushed since the last call, whose pieces thereby count as
  // written. Not kOpen: nothing comes after these.
  State Take(std::string* pieces);
  bool overflowed() const;

 private:
  const std::shared_ptr<PushChannel> channel_;
};

struct PushedBody {
  std::shared_ptr<Pusher> pusher;
  std::shared_ptr<PushBody> body;
};

PushedBody MakePushedBody(PushOptions options = {});

}  // namespace kubemonitor

#endif  // KUBEMONITOR_HTTP_PUSH_BODY_H_

#include "http/push_body.h"

#include <utility>

#include "common/mutex.h"

namespace kubemonitor {

// What the two ends share.
class PushChannel {
 public:
  explicit PushChannel(PushOptions options)
      : max_pending_bytes_(options.max_pending_bytes), on_gone_(std::move(options.on_gone)) {}

  bool Push(std::string_view piece) EXCLUDES(mutex_) {
    MutexLock lock(mutex_);
    if (gone_ || state_ != PushBody::State::kOpen) return false;
    if (piece.size() > max_pending_bytes_ - unwritten_) {
      state_ = PushBody::State::kOverflowed;
      std::string().swap(pending_);
      waiting_ = true;  // also a reader that is busy writing must know
      Wake();
      return false;
    }
    if (piece.empty()) return true;
    pending_ += piece;
    unwritten_ += piece.size();
    Wake();
    return true;
  }

  void Close() EXCLUDES(mutex_) {
    MutexLock lock(mutex_);
    if (state_ != PushBody::State::kOpen) return;
    state_ = PushBody::State::kClosed;
    Wake();
  }

  bool open() EXCLUDES(mutex_) {
    MutexLock lock(mutex_);
    return !gone_ && state_ == PushBody::State::kOpen;
  }

  void SetWake(std::function<void()> wake) EXCLUDES(mutex_) {
    MutexLock lock(mutex_);
    wake_ = std::move(wake);
  }

  PushBody::State Take(std::string* pieces) EXCLUDES(mutex_) {
    pieces->clear();
    MutexLock lock(mutex_);
    pieces->swap(pending_);
    unwritten_ = pieces->size();
    waiting_ = pieces->empty() && state_ == PushBody::State::kOpen;
    return state_;
  }

  bool overflowed() EXCLUDES(mutex_) {
    MutexLock lock(mutex_);
    return state_ == PushBody::State::kOverflowed;
  }

  void ReaderGone() EXCLUDES(mutex_) {
    {
      MutexLock lock(mutex_);
      gone_ = true;
      wake_ = nullptr;
      std::string().swap(pending_);
    }
    if (on_gone_) on_gone_();
  }

 private:
  void Wake() REQUIRES(mutex_) {
    if (!std::exchange(waiting_, false) || !wake_) return;
    wake_();
  }

  const size_t max_pending_bytes_;
  const std::function<void()> on_gone_;

  Mutex mutex_;
  PushBody::State state_ GUARDED_BY(mutex_) = PushBody::State::kOpen;
  bool gone_ GUARDED_BY(mutex_) = false;
  bool waiting_ GUARDED_BY(mutex_) = false;  // the reader found nothing
  std::string pending_ GUARDED_BY(mutex_);
  size_t unwritten_ GUARDED_BY(mutex_) = 0;  // pending_ and what was taken last
  std::function<void()> wake_ GUARDED_BY(mutex_);
};

Pusher::Pusher(std::shared_ptr<PushChannel> channel) : channel_(std::move(channel)) {}
Pusher::~Pusher() { channel_->Close(); }
bool Pusher::Push(std::string_view piece) { return channel_->Push(piece); }
void Pusher::Close() { channel_->Close(); }
bool Pusher::open() const { return channel_->open(); }

PushBody::PushBody(std::shared_ptr<PushChannel> channel) : channel_(std::move(channel)) {}
PushBody::~PushBody() { channel_->ReaderGone(); }
void PushBody::SetWake(std::function<void()> wake) { channel_->SetWake(std::move(wake)); }
PushBody::State PushBody::Take(std::string* pieces) { return channel_->Take(pieces); }
bool PushBody::overflowed() const { return channel_->overflowed(); }

PushedBody MakePushedBody(PushOptions options) {
  auto channel = std::make_shared<PushChannel>(std::move(options));
  return {.pusher = std::make_shared<Pusher>(channel), .body = std::make_shared<PushBody>(channel)};
}

}  // namespace kubemonitor

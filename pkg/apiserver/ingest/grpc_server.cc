#include "apiserver/ingest/grpc_server.h"

#include <google/protobuf/stubs/logging.h>
#include <grpcpp/resource_quota.h>
#include <grpcpp/security/server_credentials.h>
#include <grpcpp/server.h>
#include <grpcpp/server_builder.h>

#include <algorithm>
#include <atomic>
#include <thread>
#include <utility>
#include <vector>

#include "apiserver/ingest/grpc_listener.h"
#include "common/mutex.h"
#include "metrics.grpc.pb.h"
#include "metrics_nopackage.grpc.pb.h"
#include "wire/limits.h"

namespace kubemonitor {
namespace {

using PackageService = v1::MetricsService::WithRawMethod_SendMetrics<v1::MetricsService::Service>;
using PlainService = ::MetricsService::WithRawMethod_SendMetrics<::MetricsService::Service>;

class Handler {
 public:
  Handler(Ingest& ingest, size_t max_bytes) : ingest_(ingest), max_bytes_(max_bytes) {}

  // Thread-safe; it waits for nothing but the node's lock.
  grpc::Status Handle(const std::string& peer, const grpc::ByteBuffer& request,
                      grpc::ByteBuffer* response) {
    const size_t size = request.Length();
    if (size > kMaxRequestBytes) {
      return {grpc::StatusCode::RESOURCE_EXHAUSTED, "the request is too long"};
    }
    if (bytes_.fetch_add(size) + size > max_bytes_) {
      bytes_.fetch_sub(size);
      return {grpc::StatusCode::RESOURCE_EXHAUSTED,
              "the server is handling as many requests as it can: try again"};
    }
    const grpc::Status status = HandleCounted(peer, request, response);
    bytes_.fetch_sub(size);
    return status;
  }

 private:
  grpc::Status HandleCounted(const std::string& peer, const grpc::ByteBuffer& request,
                             grpc::ByteBuffer* response) {
    grpc::Slice joined;
    if (!request.DumpToSingleSlice(&joined).ok()) {
      return {grpc::StatusCode::INVALID_ARGUMENT, "the request cannot be read: is it compressed?"};
    }
    std::string answer;
    const absl::Status status = ingest_.HandleBytes(
        {reinterpret_cast<const char*>(joined.begin()), joined.size()}, peer, &answer);
    if (!status.ok()) {
      return {grpc::StatusCode::INVALID_ARGUMENT, std::string(status.message())};
    }
    const grpc::Slice slice(answer);
    *response = grpc::ByteBuffer(&slice, 1);
    return grpc::Status::OK;
  }

  Ingest& ingest_;
  const size_t max_bytes_;
  std::atomic<size_t> bytes_{0};
};

// Requests and answers as they come and go: an event for each, and a thread that waits for them.
//
// Requests are handled in the threads that also read and write the connections: that is right for
// work that waits for nothing but a lock held by such work, and is short: some 7 ms for the 1 MiB
// that a collector sends at a time, 0.3 s for the most that the limits let through
// (kMaxRequestBytes and the samples of a request, see IngestCall), both measured into an empty
// store. While all threads work nothing more is read, so that TCP slows senders down; a pool of our
// own would have to hold or refuse what it cannot take yet. gRPC's callbacks do the same with two
// threads at least, which wake each other for every request.
class Queue {
 public:
  class Call {
   public:
    virtual ~Call() = default;
    virtual void OnEvent(bool ok) = 0;
  };

  explicit Queue(std::unique_ptr<grpc::ServerCompletionQueue> queue) : queue_(std::move(queue)) {}
  ~Queue() { Close(); }
  Queue(const Queue&) = delete;

  void Run() {
    thread_ = std::jthread([this] {
      void* tag = nullptr;
      for (bool ok = false; queue_->Next(&tag, &ok);) static_cast<Call*>(tag)->OnEvent(ok);
    });
  }
  // Calls await(queue) unless the queue is closed: gRPC does not take it then.
  template <typename Await>
  void IfOpen(Await await) EXCLUDES(mutex_) {
    const MutexLock lock(mutex_);
    if (!closed_) await(queue_.get());
  }
  // After the server is shut down; what is left to do is done before it returns.
  void Close() EXCLUDES(mutex_) {
    {
      const MutexLock lock(mutex_);
      if (closed_) return;
      closed_ = true;
    }
    queue_->Shutdown();
    if (thread_.joinable()) thread_.join();
  }

 private:
  const std::unique_ptr<grpc::ServerCompletionQueue> queue_;
  Mutex mutex_;
  bool closed_ GUARDED_BY(mutex_) = false;
  std::jthread thread_;
};

// A call of one of the two services, from when it is awaited. Deletes itself when it is over.
template <typename Service>
class UnaryCall final : public Queue::Call {
 public:
  static void Await(Service& service, Handler& handler, Queue& queue) {
    queue.IfOpen([&](grpc::ServerCompletionQueue* events) {
      auto* call = new UnaryCall(service, handler, queue);
      service.RequestSendMetrics(&call->context_, &call->request_, &call->responder_, events,
                                 events, call);
    });
  }

  // Not `ok`: the server stops, or the client is gone.
  void OnEvent(bool ok) override {
    if (!ok || answered_) {
      delete this;
      return;
    }
    answered_ = true;
    Await(service_, handler_, queue_);
    const grpc::Status status = handler_.Handle(context_.peer(), request_, &response_);
    responder_.Finish(response_, status, this);
  }

 private:
  UnaryCall(Service& service, Handler& handler, Queue& queue)
      : service_(service), handler_(handler), queue_(queue) {}

  Service& service_;
  Handler& handler_;
  Queue& queue_;
  grpc::ServerContext context_;
  grpc::ByteBuffer request_, response_;
  grpc::ServerAsyncResponseWriter<grpc::ByteBuffer> responder_{&context_};
  bool answered_ = false;
};

// One thread takes about 5,000 reports of a tick a second; half of the processors are for queries.
size_t QueueCount() { return std::clamp<size_t>(std::thread::hardware_concurrency() / 2, 1, 4); }

void SetLimits(const GrpcServerOptions& options, grpc::ServerBuilder& builder) {
  builder.SetMaxReceiveMessageSize(static_cast<int>(kMaxRequestBytes));
  builder.AddChannelArgument(GRPC_ARG_MAX_CONCURRENT_STREAMS, 16);
  builder.AddChannelArgument(GRPC_ARG_MAX_METADATA_SIZE, 16 << 10);
  // Collectors ping every 30 s; a peer that vanished is noticed by pings of our own.
  builder.AddChannelArgument(GRPC_ARG_HTTP2_MIN_RECV_PING_INTERVAL_WITHOUT_DATA_MS, 10'000);
  builder.AddChannelArgument(GRPC_ARG_KEEPALIVE_PERMIT_WITHOUT_CALLS, 1);
  builder.AddChannelArgument(GRPC_ARG_KEEPALIVE_TIME_MS, 60'000);
  builder.AddChannelArgument(GRPC_ARG_KEEPALIVE_TIMEOUT_MS, 20'000);
  // Connections that never speak HTTP/2, never ask for anything, or never finish a request.
  builder.AddChannelArgument(GRPC_ARG_SERVER_HANDSHAKE_TIMEOUT_MS, 10'000);
  builder.AddChannelArgument(GRPC_ARG_MAX_CONNECTION_IDLE_MS, 300'000);
  // A connection that carried an hour of history keeps buffers as large as that took, some 400 KB,
  // for most of the next hour: it ends sooner, and the sender makes another one.
  builder.AddChannelArgument(GRPC_ARG_MAX_CONNECTION_AGE_MS, 600'000);
  builder.AddChannelArgument(GRPC_ARG_MAX_CONNECTION_AGE_GRACE_MS, 30'000);
  // A ping with every report, to measure how much a connection carries: the fixed window of 64 KiB
  // a round trip is enough.
  builder.AddChannelArgument(GRPC_ARG_HTTP2_BDP_PROBE, 0);
  // A compressed request could be a thousand times as long as what was received.
  builder.AddChannelArgument(GRPC_ARG_ENABLE_PER_MESSAGE_DECOMPRESSION, 0);
  builder.SetCompressionAlgorithmSupportStatus(GRPC_COMPRESS_DEFLATE, false);
  builder.SetCompressionAlgorithmSupportStatus(GRPC_COMPRESS_GZIP, false);
  grpc::ResourceQuota quota("ingest");
  quota.Resize(options.buffer_bytes);
  builder.SetResourceQuota(quota);
}

}  // namespace

class GrpcServer::Impl {
 public:
  Impl(Ingest& ingest, size_t handling_bytes) : handler_(ingest, handling_bytes) {}

  absl::Status Start(const GrpcServerOptions& options) {
    // It would write a line for each string that is not UTF-8.
    google::protobuf::SetLogHandler(nullptr);
    auto listener = GrpcListener::Create({options.listen, options.spare_descriptors});
    if (!listener.ok()) return listener.status();
    grpc::ServerBuilder builder;
    SetLimits(options, builder);
    acceptor_ = builder.experimental().AddExternalConnectionAcceptor(
        grpc::ServerBuilder::experimental_type::ExternalConnectionType::FROM_FD,
        grpc::InsecureServerCredentials());
    builder.RegisterService(&package_);
    builder.RegisterService(&plain_);
    for (size_t i = 0; i < QueueCount(); ++i) {
      queues_.push_back(std::make_unique<Queue>(builder.AddCompletionQueue()));
    }
    server_ = builder.BuildAndStart();
    if (server_ == nullptr) return absl::UnavailableError("cannot start the gRPC server");
    for (const std::unique_ptr<Queue>& queue : queues_) {
      UnaryCall<PackageService>::Await(package_, handler_, *queue);
      UnaryCall<PlainService>::Await(plain_, handler_, *queue);
      queue->Run();
    }
    listener_ = *std::move(listener);
    listener_->Start([this](int fd) {
      grpc::experimental::ExternalConnectionAcceptor::NewConnectionParameters connection;
      connection.fd = fd;
      acceptor_->HandleNewConnection(&connection);
    });
    return absl::OkStatus();
  }

  void Stop(std::chrono::milliseconds deadline) {
    if (listener_ == nullptr) return;
    listener_->Stop();
    if (server_ == nullptr) return;
    server_->Shutdown(std::chrono::system_clock::now() + deadline);
    server_->Wait();
    queues_.clear();
    server_.reset();
  }

  const std::string& address() const { return listener_->address(); }

 private:
  Handler handler_;
  PackageService package_;
  PlainService plain_;
  std::vector<std::unique_ptr<Queue>> queues_;
  std::unique_ptr<grpc::experimental::ExternalConnectionAcceptor> acceptor_;
  std::unique_ptr<grpc::Server> server_;
  std::unique_ptr<GrpcListener> listener_;
};

GrpcServer::GrpcServer(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}

GrpcServer::~GrpcServer() { Stop(std::chrono::seconds(2)); }

absl::StatusOr<std::unique_ptr<GrpcServer>> GrpcServer::Create(const GrpcServerOptions& options,
                                                               Ingest& ingest) {
  auto impl = std::make_unique<Impl>(ingest, options.handling_bytes);
  if (absl::Status status = impl->Start(options); !status.ok()) return status;
  return std::unique_ptr<GrpcServer>(new GrpcServer(std::move(impl)));
}

const std::string& GrpcServer::address() const { return impl_->address(); }

void GrpcServer::Stop(std::chrono::milliseconds deadline) { impl_->Stop(deadline); }

}  // namespace kubemonitor

#include "collector/names/name_resolver.h"

#include <algorithm>
#include <chrono>
#include <utility>

#include "collector/names/cri_sockets.h"
#include "collector/names/pod_log_names.h"

namespace kubemonitor {
namespace {

constexpr uint64_t kSecond = 1'000'000;
constexpr uint64_t kLookupGapUsec = 2 * kSecond;
constexpr uint64_t kMaxRetryUsec = 60 * kSecond;
constexpr size_t kMaxWanted = 20000;
// Host networks: calls in one go, and the time between two goes.
constexpr size_t kQuestionsAtOnce = 20;
constexpr uint64_t kQuestionsGapUsec = kSecond;
constexpr uint32_t kMaxQuestionTries = 5;
constexpr auto kLongestWait = std::chrono::seconds(60);
constexpr auto kShortestWait = std::chrono::milliseconds(100);

// 2 s, 4 s, … 60 s after the first, second, … try.
uint64_t RetryDelay(uint32_t tries) {
  return std::min(kMaxRetryUsec, kLookupGapUsec << std::min(tries - 1, 5U));
}

std::unordered_set<std::string> ToSet(std::vector<std::string> names, size_t* left_out) {
  if (names.size() > kMaxWanted) {
    *left_out += names.size() - kMaxWanted;
    names.resize(kMaxWanted);
  }
  return {std::make_move_iterator(names.begin()), std::make_move_iterator(names.end())};
}

std::string_view Text(const absl::Status& status) {
  return {status.message().data(), status.message().size()};
}

}  // namespace

absl::StatusOr<std::unique_ptr<NameResolver>> NameResolver::Create(NameResolverOptions options,
                                                                   CriRuntimeFactory factory,
                                                                   const Clock& clock) {
  absl::StatusOr<CriEndpoint> endpoint = ParseCriEndpoint(options.cri_endpoint);
  if (!endpoint.ok()) return endpoint.status();
  return std::unique_ptr<NameResolver>(
      new NameResolver(std::move(options), std::move(*endpoint), std::move(factory), clock));
}

NameResolver::NameResolver(NameResolverOptions options, CriEndpoint endpoint,
                           CriRuntimeFactory factory, const Clock& clock)
    : pod_log_root_(std::move(options.pod_log_root)),
      clock_(clock),
      link_(std::move(endpoint), std::move(options.socket_root), std::move(factory), clock),
      table_(std::make_shared<const NameTable>()) {}

NameResolver::~NameResolver() = default;

void NameResolver::Start() {
  thread_ = std::jthread([this](std::stop_token stop) { Run(std::move(stop)); });
}

std::shared_ptr<const NameTable> NameResolver::Names() const {
  const MutexLock lock(mutex_);
  return table_;
}

void NameResolver::SetWanted(std::vector<std::string> container_ids,
                             std::vector<std::string> pod_uids) {
  {
    const MutexLock lock(mutex_);
    if (container_ids == new_container_ids_ && pod_uids == new_pod_uids_) return;
    new_container_ids_.swap(container_ids);
    new_pod_uids_.swap(pod_uids);
    wanted_changed_ = true;
  }
  woken_.notify_one();
}

void NameResolver::Run(std::stop_token stop) {
  while (!stop.stop_requested()) {
    RefreshOnce(stop);
    const uint64_t now = clock_.BootUsec();
    const uint64_t next = NextRefreshUsec();
    std::chrono::microseconds wait = kLongestWait;
    if (next < now + static_cast<uint64_t>(wait.count())) {
      wait = std::chrono::microseconds(next > now ? next - now : 0);
    }
    const MutexLock lock(mutex_);
    woken_.wait_for(mutex_, stop, std::max<std::chrono::microseconds>(wait, kShortestWait),
                    [this]() REQUIRES(mutex_) { return wanted_changed_; });
  }
}

void NameResolver::RefreshOnce(std::stop_token stop) {
  TakeWanted();
  NoteMissing();
  const uint64_t started = clock_.BootUsec();
  const bool due = IsDue(started);
  const bool ask = link_.configured() && ((link_.healthy() && due) || started >= link_.due_usec());
  if (ask) AskRuntime(stop);
  if (due) {
    ReadLogs();
    CountTries(started);
  }
  changed_ = book_.Forget(wanted_) || changed_;
  NoteMissing();
  Publish();
  AskHostNetworks(stop);
  Publish();
}

uint64_t NameResolver::NextRefreshUsec() const {
  uint64_t next = link_.configured() ? link_.due_usec() : UINT64_MAX;
  if (link_.healthy()) next = std::min(next, questions_due_usec_);
  for (const Retries* missing : {&missing_containers_, &missing_pods_}) {
    for (const auto& [name, retry] : *missing) next = std::min(next, retry.next_usec);
  }
  return next;
}

void NameResolver::TakeWanted() {
  std::vector<std::string> container_ids;
  std::vector<std::string> pod_uids;
  {
    const MutexLock lock(mutex_);
    if (!wanted_changed_) return;
    wanted_changed_ = false;
    container_ids = new_container_ids_;
    pod_uids = new_pod_uids_;
  }
  size_t left_out = 0;
  wanted_.container_ids = ToSet(std::move(container_ids), &left_out);
  wanted_.pod_uids = ToSet(std::move(pod_uids), &left_out);
  uint64_t held_back = 0;
  if (left_out > 0 && too_many_log_.Allow(clock_.BootUsec(), &held_back)) {
    LogWarning("{} containers and pods beyond the first {} are not named", left_out, kMaxWanted);
  }
}

// A runtime that answers is expected to complete what the log folders said; without one their word
// is enough.
void NameResolver::NoteMissing() {
  const Knowledge enough = link_.healthy() ? Knowledge::kComplete : Knowledge::kPartial;
  const uint64_t first_try = std::max(clock_.BootUsec(), earliest_lookup_usec_);
  const auto note = [&](const std::unordered_set<std::string>& wanted, Retries* missing,
                        const auto& knowledge_of) {
    std::erase_if(*missing, [&](const auto& entry) {
      return !wanted.contains(entry.first) || knowledge_of(entry.first) >= enough;
    });
    for (const std::string& name : wanted) {
      if (knowledge_of(name) < enough) missing->try_emplace(name, Retry{0, first_try});
    }
  };
  note(wanted_.container_ids, &missing_containers_,
       [this](const std::string& id) { return book_.OfContainer(id); });
  note(wanted_.pod_uids, &missing_pods_,
       [this](const std::string& uid) { return book_.OfPod(uid); });
}

bool NameResolver::IsDue(uint64_t now_usec) const {
  const auto due = [&](const auto& entry) { return entry.second.next_usec <= now_usec; };
  return std::any_of(missing_containers_.begin(), missing_containers_.end(), due) ||
         std::any_of(missing_pods_.begin(), missing_pods_.end(), due);
}

void NameResolver::CountTries(uint64_t started_usec) {
  const uint64_t now = clock_.BootUsec();
  earliest_lookup_usec_ = now + kLookupGapUsec;
  for (Retries* missing : {&missing_containers_, &missing_pods_}) {
    for (auto& [name, retry] : *missing) {
      if (retry.next_usec > started_usec) continue;
      retry.tries = std::min(retry.tries + 1, 30U);
      retry.next_usec = now + RetryDelay(retry.tries);
    }
  }
}

void NameResolver::AskRuntime(std::stop_token stop) {
  const absl::StatusOr<RuntimeLists> lists = link_.FetchLists(std::move(stop));
  if (!lists.ok()) return;  // the link says so in the log
  book_.AddRuntimeLists(lists->sandboxes, lists->containers, wanted_);
  changed_ = true;
}

void NameResolver::ReadLogs() {
  std::unordered_set<std::string> container_ids;
  std::unordered_set<std::string> pod_uids;
  for (const auto& [id, retry] : missing_containers_) {
    if (book_.OfContainer(id) == Knowledge::kNothing) container_ids.insert(id);
  }
  for (const auto& [uid, retry] : missing_pods_) {
    if (book_.OfPod(uid) == Knowledge::kNothing) pod_uids.insert(uid);
  }
  if (container_ids.empty() && pod_uids.empty()) return;
  const absl::StatusOr<NameTable> names = ReadPodLogNames(pod_log_root_, container_ids, pod_uids);
  if (names.ok()) {
    said_no_logs_ = false;
    book_.AddLogNames(*names);
    changed_ = changed_ || !names->pods.empty() || !names->containers.empty();
    return;
  }
  uint64_t held_back = 0;
  if (absl::IsNotFound(names.status())) {
    if (!said_no_logs_) LogInfo("no log folders at {}", pod_log_root_);
    said_no_logs_ = true;
  } else if (log_folder_log_.Allow(clock_.BootUsec(), &held_back)) {
    LogWarning("log folders cannot be read: {}", Text(names.status()));
  }
}

void NameResolver::AskHostNetworks(std::stop_token stop) {
  if (!link_.healthy() || clock_.BootUsec() < questions_allowed_usec_) return;
  const std::vector<SandboxQuestion> questions = book_.HostNetworkQuestions(wanted_);
  std::unordered_set<std::string> open;
  for (const SandboxQuestion& question : questions) open.insert(question.sandbox_id);
  std::erase_if(asked_sandboxes_, [&](const auto& entry) { return !open.contains(entry.first); });

  questions_due_usec_ = UINT64_MAX;
  size_t calls = 0;
  for (const SandboxQuestion& question : questions) {
    const Retry& retry = asked_sandboxes_[question.sandbox_id];
    const uint64_t now = clock_.BootUsec();
    if (retry.tries >= kMaxQuestionTries) continue;
    if (retry.next_usec > now) {
      questions_due_usec_ = std::min(questions_due_usec_, retry.next_usec);
    } else if (calls == kQuestionsAtOnce) {
      questions_allowed_usec_ = questions_due_usec_ = now + kQuestionsGapUsec;
      return;
    } else {
      ++calls;
      if (!AskHostNetwork(question, stop)) return;
    }
  }
}

// False: the runtime is away.
bool NameResolver::AskHostNetwork(const SandboxQuestion& question, std::stop_token stop) {
  const auto answer = link_.UsesHostNetwork(question.sandbox_id, stop);
  if (stop.stop_requested()) return false;
  Retry& retry = asked_sandboxes_[question.sandbox_id];
  if (answer.ok() && answer->has_value()) {
    book_.SetHostNetwork(question.pod_uid, **answer);
    changed_ = true;
    asked_sandboxes_.erase(question.sandbox_id);
  } else if (answer.ok() || absl::IsNotFound(answer.status())) {
    retry.tries = kMaxQuestionTries;  // it does not say, or the sandbox is gone
  } else {
    ++retry.tries;
    retry.next_usec = clock_.BootUsec() + kMaxRetryUsec;
    questions_due_usec_ = std::min(questions_due_usec_, retry.next_usec);
  }
  return link_.healthy();
}

void NameResolver::Publish() {
  if (!changed_) return;
  changed_ = false;
  auto table = std::make_shared<const NameTable>(book_.MakeTable(link_.description()));
  if (*table == *Names()) return;
  std::shared_ptr<const NameTable> old = std::move(table);
  const MutexLock lock(mutex_);
  table_.swap(old);  // the old one goes after the lock: `old` was made before it
}

}  // namespace kubemonitor

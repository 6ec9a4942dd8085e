#include "apiserver/kubernetes/reflector.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "apiserver/kubernetes/objects_testing.h"

namespace kubemonitor {
namespace {

using testing::Quoted;
using State = KubeKindStatus::State;

class ManualClock final : public Clock {
 public:
  int64_t WallMs() const override { return 1'767'323'045'000 + static_cast<int64_t>(usec_ / 1000); }
  uint64_t BootUsec() const override { return usec_; }
  void AdvanceMs(int64_t ms) { usec_ += static_cast<uint64_t>(ms) * 1000; }

 private:
  uint64_t usec_ = 1'000'000'000;
};

// Plays the API server. Namespaces, as they have the least to them.
class ReflectorTest : public ::testing::Test {
 protected:
  // What is asked for now, after waiting as long as is wished.
  ApiRequest Ask() {
    Reflector::Step step = reflector_.Next();
    waited_ms_ = 0;
    if (!step.request) {
      waited_ms_ = static_cast<int64_t>((step.wait_usec + 999) / 1000);
      clock_.AdvanceMs(waited_ms_);
      step = reflector_.Next();
    }
    if (!step.request) {
      ADD_FAILURE() << "waits for more than it said";
      return {};
    }
    return *step.request;
  }
  void Reply(int code, const std::string& body, absl::Status end = absl::OkStatus(),
             std::optional<int64_t> retry_after = std::nullopt) {
    reflector_.OnHead({code, retry_after});
    // In pieces.
    const std::string text = Quoted(body);
    bool more = true;
    for (size_t at = 0; at < text.size() && more; at += 50) {
      more = reflector_.OnBody(std::string_view(text).substr(at, 50));
    }
    reflector_.OnEnd(more ? end : absl::CancelledError("enough"));
  }
  void Break(const std::string& why = "no connection") {
    reflector_.OnEnd(absl::UnavailableError(why));
  }
  // A list of one page, and the request for the watch behind it.
  ApiRequest ListOf(const std::vector<std::string>& names, const std::string& version = "10") {
    const ApiRequest request = Ask();
    EXPECT_TRUE(IsList(request)) << request.target;
    Reply(200, Page(names, version));
    return request;
  }
  // An open watch, of which some time has passed.
  void OpenWatch(const std::string& version, int64_t lasted_ms = 10'000) {
    const ApiRequest request = Ask();
    EXPECT_TRUE(request.target.find("watch=true") != std::string::npos) << request.target;
    EXPECT_NE(request.target.find("resourceVersion=" + version + "&"), std::string::npos)
        << request.target;
    reflector_.OnHead({200, std::nullopt});
    clock_.AdvanceMs(lasted_ms);
  }
  bool Send(const std::string& event) { return reflector_.OnBody(Quoted(event) + "\n"); }
  void Close() { reflector_.OnEnd(absl::OkStatus()); }

  static bool IsList(const ApiRequest& request) {
    return request.target.find("watch") == std::string::npos;
  }
  static std::string Page(const std::vector<std::string>& names, const std::string& version,
                          const std::string& token = "") {
    std::string items;
    for (const std::string& name : names) {
      items += fmt::format("{}{{'metadata':{{'name':'{}','uid':'u-{}'}}}}",
                           items.empty() ? "" : ",", name, name);
    }
    return fmt::format(
        "{{'kind':'NamespaceList','metadata':{{'resourceVersion':'{}','continue':'{}'}},"
        "'items':[{}]}}",
        version, token, items);
  }
  static std::string Event(const std::string& type, const std::string& name,
                           const std::string& version) {
    return fmt::format(
        "{{'type':'{}','object':{{'metadata':{{'name':'{}','uid':'u-{}','resourceVersion':'{}'}}}}}"
        "}",
        type, name, name, version);
  }
  static std::string Refusal(int code, const std::string& reason, const std::string& rest = "") {
    return fmt::format(
        "{{'kind':'Status','status':'Failure','code':{},'reason':'{}','message':'sorry'{}}}", code,
        reason, rest);
  }
  std::string Names() {
    std::string out;
    for (const auto& found : cache_.Publish()->namespaces()) {
      out += (out.empty() ? "" : " ") + found->name;
    }
    return out;
  }
  State Now() { return reflector_.status().state; }
  std::string Error() { return reflector_.status().error; }

  ManualClock clock_;
  ClusterCache cache_;
  Reflector reflector_{KubeKind::kNamespace, &cache_, &clock_, 1};
  int64_t waited_ms_ = 0;
};

TEST_F(ReflectorTest, ListsThenWatches) {
  EXPECT_EQ(Now(), State::kListing);
  const ApiRequest list = ListOf({"a", "b"});
  EXPECT_EQ(list.target, "/api/v1/namespaces?limit=500");
  EXPECT_EQ(list.accept, "application/json");
  EXPECT_TRUE(list.gzip);
  EXPECT_EQ(Now(), State::kSynced);
  EXPECT_TRUE(reflector_.status().listed);
  EXPECT_EQ(reflector_.status().objects, 2u);
  EXPECT_EQ(Names(), "a b");
  EXPECT_TRUE(cache_.Publish()->Knows("Namespace"));
  const ApiRequest watch = Ask();
  EXPECT_EQ(waited_ms_, 0);
  EXPECT_TRUE(watch.target.starts_with(
      "/api/v1/namespaces?watch=true&allowWatchBookmarks=true&resourceVersion=10&timeoutSeconds="))
      << watch.target;
  const int seconds = std::stoi(watch.target.substr(watch.target.rfind('=') + 1));
  EXPECT_GE(seconds, 300);
  EXPECT_LE(seconds, 600);
  EXPECT_FALSE(watch.gzip);
  EXPECT_EQ(watch.silence_ms, Reflector::kWatchSilenceMs);
}

TEST_F(ReflectorTest, FollowsChangesAndGoesOnWhereAWatchEnded) {
  ListOf({"a", "b"});
  OpenWatch("10");
  EXPECT_TRUE(Send(Event("ADDED", "c", "11")));
  EXPECT_TRUE(Send(Event("DELETED", "a", "12")));
  EXPECT_EQ(Names(), "b c");
  EXPECT_EQ(reflector_.status().last_event_ms, clock_.WallMs());
  Close();
  EXPECT_EQ(Now(), State::kSynced);
  OpenWatch("12");
  EXPECT_EQ(waited_ms_, 0);
  EXPECT_TRUE(Send("{'type':'BOOKMARK','object':{'metadata':{'resourceVersion':'40'}}}"));
  Close();
  OpenWatch("40");
  EXPECT_EQ(waited_ms_, 0);
}

TEST_F(ReflectorTest, PagesAreOneList) {
  ListOf({"old", "a"});
  OpenWatch("10");
  EXPECT_FALSE(Send("{'type':'ERROR','object':" + Refusal(410, "Expired") + "}"));
  Close();
  Ask();
  Reply(200, Page({"a", "b"}, "20", "t/1=="));
  EXPECT_EQ(Now(), State::kListing);
  EXPECT_EQ(Names(), "a b old");  // what is gone is known only at the end
  const ApiRequest second = Ask();
  EXPECT_EQ(second.target, "/api/v1/namespaces?limit=500&continue=t%2F1%3D%3D");
  EXPECT_EQ(waited_ms_, 0);
  Reply(200, Page({"c"}, "20"));
  EXPECT_EQ(Names(), "a b c");
  EXPECT_EQ(Now(), State::kSynced);
  OpenWatch("20");
}

TEST_F(ReflectorTest, APageIsAskedForAgain) {
  Ask();
  Reply(200, Page({"a"}, "20", "t1"));
  Ask();
  Break("the connection broke");
  EXPECT_EQ(Now(), State::kFailing);
  EXPECT_EQ(Error(), "the connection broke");
  EXPECT_EQ(Ask().target, "/api/v1/namespaces?limit=500&continue=t1");
  EXPECT_GE(waited_ms_, 800);
  // Ended in the middle, though its framing says that it is whole.
  Reply(200, "{'kind':'NamespaceList','items':[{'metadata':{'name':'b','uid':'u-b'}},");
  EXPECT_EQ(Now(), State::kFailing);
  EXPECT_EQ(Ask().target, "/api/v1/namespaces?limit=500&continue=t1");
  Reply(200, Page({"b"}, "20"));
  EXPECT_EQ(Names(), "a b");
}

TEST_F(ReflectorTest, ExpiredPagesAreListedFromTheStartThenAtOnce) {
  Ask();
  Reply(200, Page({"a"}, "20", "t1"));
  Ask();
  Reply(410, Refusal(410, "Expired"));
  EXPECT_EQ(Now(), State::kListing);
  EXPECT_EQ(Ask().target, "/api/v1/namespaces?limit=500");
  EXPECT_GE(waited_ms_, 800);
  Reply(200, Page({"a"}, "30", "t2"));
  Ask();
  Reply(410, Refusal(410, "Expired"));
  EXPECT_EQ(Ask().target, "/api/v1/namespaces");
  Reply(200, Page({"a", "b"}, "40"));
  EXPECT_EQ(Names(), "a b");
  OpenWatch("40");
}

TEST_F(ReflectorTest, GoneInBothFormsIsListedAgain) {
  ListOf({"a"});
  OpenWatch("10");
  EXPECT_FALSE(Send("{'type':'ERROR','object':" + Refusal(410, "Expired") + "}"));
  Close();
  EXPECT_EQ(Now(), State::kListing);
  EXPECT_TRUE(reflector_.status().listed);
  EXPECT_EQ(Names(), "a");
  ListOf({"b"}, "50");
  EXPECT_EQ(Names(), "b");
  Ask();
  Reply(410, Refusal(410, "Gone"));
  EXPECT_EQ(Now(), State::kListing);
  ListOf({"c"}, "60");
  OpenWatch("60");
}

TEST_F(ReflectorTest, AServerThatForgetsAtOnceIsNotListedAgainAndAgain) {
  int64_t waited = 0;
  for (int i = 0; i < 8; ++i) {
    ListOf({"a"});
    waited = waited_ms_;
    Ask();
    Reply(410, Refusal(410, "Expired"));
  }
  EXPECT_GE(waited, 15'000);
  // A watch that lasts makes it good again.
  ListOf({"a"});
  OpenWatch("10", 60'000);
  Close();
  Ask();
  Reply(410, Refusal(410, "Expired"));
  ListOf({"a"});
  EXPECT_LE(waited_ms_, 1'600);
}

TEST_F(ReflectorTest, AWatchThatEndsInTheMiddleOfAnEventGoesOnFromTheLastWholeOne) {
  ListOf({"a"});
  OpenWatch("10");
  EXPECT_TRUE(Send(Event("ADDED", "b", "11")));
  EXPECT_TRUE(reflector_.OnBody(Quoted(Event("ADDED", "c", "12")).substr(0, 30)));
  Close();
  EXPECT_EQ(Names(), "a b");
  OpenWatch("11");
  EXPECT_EQ(waited_ms_, 0);
  EXPECT_TRUE(Send(Event("ADDED", "c", "12")));
  EXPECT_EQ(Names(), "a b c");
}

TEST_F(ReflectorTest, ABrokenOrSilentWatchIsOpenedAgain) {
  ListOf({"a"});
  for (const auto& status :
       {absl::UnavailableError("reset"), absl::DeadlineExceededError("nothing came in time")}) {
    OpenWatch("10", Reflector::kWatchSilenceMs);
    reflector_.OnEnd(status);
    EXPECT_EQ(Now(), State::kSynced);
  }
  // Away altogether: what is known stays, the state says it.
  Ask();
  EXPECT_EQ(waited_ms_, 0);
  Break("connection refused");
  EXPECT_EQ(Now(), State::kFailing);
  EXPECT_EQ(Error(), "connection refused");
  EXPECT_EQ(Names(), "a");
  OpenWatch("10");
  EXPECT_EQ(Now(), State::kSynced);
  EXPECT_EQ(Error(), "");
}

TEST_F(ReflectorTest, TellsWhetherItIsInContact) {
  ListOf({"a"});
  EXPECT_FALSE(reflector_.status().watch_open);
  OpenWatch("10", 50'000);
  EXPECT_TRUE(reflector_.status().watch_open);
  EXPECT_EQ(reflector_.status().last_heard_ms, clock_.WallMs() - 50'000);
  Close();  // the server's own end of a watch in which nothing happened
  EXPECT_FALSE(reflector_.status().watch_open);
  EXPECT_EQ(reflector_.status().last_heard_ms, clock_.WallMs());
  const int64_t heard_ms = clock_.WallMs();
  OpenWatch("10", 50'000);
  reflector_.OnEnd(absl::UnavailableError("reset"));
  EXPECT_EQ(reflector_.status().last_heard_ms, heard_ms);
  EXPECT_EQ(reflector_.status().failing_since_ms, std::nullopt);  // it is opened again at once
  Ask();
  Break();
  const int64_t failing_ms = clock_.WallMs();
  Ask();
  Break();
  EXPECT_EQ(reflector_.status().failing_since_ms, failing_ms);
  OpenWatch("10");
  EXPECT_EQ(reflector_.status().failing_since_ms, std::nullopt);
}

TEST_F(ReflectorTest, BacksOffMoreEachTime) {
  Ask();
  for (const int64_t ms : {800, 1'600, 3'200, 6'400, 12'800, 15'000, 15'000}) {
    Break();
    Ask();
    EXPECT_GE(waited_ms_, ms);
    EXPECT_LE(waited_ms_, std::min<int64_t>(2 * ms, 30'000));
  }
  Reply(200, Page({"a"}, "10"));
  Ask();
  Break();
  Ask();
  EXPECT_LE(waited_ms_, 1'600);
}

TEST_F(ReflectorTest, WatchesThatEndAtOnceAreNotOpenedInALoop) {
  ListOf({"a"});
  int64_t waited = 0;
  for (int i = 0; i < 8; ++i) {
    OpenWatch("10", 10);
    waited = waited_ms_;
    Close();
    EXPECT_EQ(Now(), State::kFailing);
    EXPECT_EQ(Error(), "the watch ended at once");
  }
  EXPECT_GE(waited, 15'000);
}

TEST_F(ReflectorTest, AWatchThatLastedMakesFailuresGood) {
  ListOf({"a"});
  const std::string bad_ends[] = {"{'type':'ERROR','object':" + Refusal(500, "InternalError") + "}",
                                  "{garbage}"};
  for (const std::string& end : bad_ends) {
    for (int i = 0; i < 8; ++i) {
      Ask();
      Break();
    }
    OpenWatch("10", 60'000);
    EXPECT_GE(waited_ms_, 15'000);
    EXPECT_FALSE(Send(end));
    Close();
    Ask();
    EXPECT_LE(waited_ms_, 1'600) << end;
    Break();
  }
}

TEST_F(ReflectorTest, RetryAfterIsKept) {
  for (const int code : {429, 500, 503, 504}) {
    Ask();
    Reply(code, Refusal(code, "Busy"), absl::OkStatus(), 45);
    EXPECT_EQ(Now(), State::kFailing);
    EXPECT_EQ(Error(), fmt::format("{} Busy: sorry", code));
    Ask();
    EXPECT_GE(waited_ms_, 45'000);
    Break();
    clock_.AdvanceMs(100'000);
  }
  // In the body; and no longer than is sensible.
  Ask();
  Reply(429, Refusal(429, "TooManyRequests", ",'details':{'retryAfterSeconds':50}"));
  ListOf({"a"});
  EXPECT_GE(waited_ms_, 50'000);
  Ask();
  Reply(503, "upstream connect error", absl::OkStatus(), 99'999'999'999);
  EXPECT_EQ(Error(), "503: upstream connect error");
  OpenWatch("10");
  EXPECT_LE(waited_ms_, 120'000);
}

TEST_F(ReflectorTest, AVersionTooNewForTheServerIsWaitedFor) {
  ListOf({"a"});
  Ask();
  Reply(504, Refusal(504, "Timeout", ",'details':{'retryAfterSeconds':1}"));
  OpenWatch("10");
  EXPECT_FALSE(Send("{'type':'ERROR','object':" + Refusal(504, "Timeout") + "}"));
  Close();
  EXPECT_EQ(Now(), State::kFailing);
  OpenWatch("10");
  EXPECT_FALSE(Send("{'type':'ERROR','object':" + Refusal(500, "InternalError") + "}"));
  Close();
  OpenWatch("10");
}

TEST_F(ReflectorTest, AnyOtherErrorOfAWatchIsListedAgain) {
  ListOf({"a"});
  OpenWatch("10");
  EXPECT_FALSE(Send("{'type':'ERROR','object':" + Refusal(422, "Invalid") + "}"));
  Close();
  EXPECT_EQ(Error(), "422 Invalid: sorry");
  ListOf({"b"}, "20");
  EXPECT_GE(waited_ms_, 800);
  Ask();
  Reply(400, Refusal(400, "BadRequest"));
  ListOf({"c"}, "30");
  OpenWatch("30");
}

TEST_F(ReflectorTest, ARefusedTokenIsTriedOnceMoreAtOnce) {
  Ask();
  Reply(401, Refusal(401, "Unauthorized"));
  EXPECT_EQ(Now(), State::kListing);
  Ask();
  EXPECT_EQ(waited_ms_, 0);
  Reply(401, Refusal(401, "Unauthorized"));
  EXPECT_EQ(Now(), State::kFailing);
  ListOf({"a"});
  EXPECT_GE(waited_ms_, 800);
  Ask();
  Reply(401, Refusal(401, "Unauthorized"));
  OpenWatch("10");
  EXPECT_EQ(waited_ms_, 0);
}

TEST_F(ReflectorTest, ForbiddenIsAskedForSoonThenNowAndThen) {
  Ask();
  for (const int64_t at_least_ms : {800, 1'600, 3'200, 6'400, 60'000, 60'000}) {
    Reply(403, Refusal(403, "Forbidden"));
    EXPECT_EQ(Now(), State::kForbidden);
    EXPECT_EQ(Error(), "403 Forbidden: sorry");
    EXPECT_FALSE(cache_.Publish()->Knows("Namespace"));
    Ask();
    EXPECT_GE(waited_ms_, at_least_ms);
    EXPECT_LE(waited_ms_, std::min<int64_t>(2 * at_least_ms, 62'000));
  }
  Reply(403, Refusal(403, "Forbidden"));
  ListOf({"a"});
  EXPECT_GE(waited_ms_, 60'000);
  EXPECT_EQ(Now(), State::kSynced);
}

// An API server that has just started allows nobody anything until it has read the rights.
TEST_F(ReflectorTest, AfterAnAnswerForbiddenIsAskedForSoonAgain) {
  for (int i = 0; i < 6; ++i) {
    Ask();
    Reply(403, Refusal(403, "Forbidden"));
  }
  ListOf({"a"});
  Ask();
  Reply(403, Refusal(403, "Forbidden"));
  EXPECT_EQ(Now(), State::kForbidden);
  OpenWatch("10");
  EXPECT_GE(waited_ms_, 800);
  EXPECT_LE(waited_ms_, 1'600);
  EXPECT_EQ(Now(), State::kSynced);
}

TEST_F(ReflectorTest, AKindThatIsNotServedIsAskedForNowAndThen) {
  for (int i = 0; i <= Reflector::kForbiddenSoonTimes; ++i) {
    Ask();
    Reply(404, "404 page not found\n");
    EXPECT_EQ(Now(), State::kFailing);
    EXPECT_EQ(Error(), "404: 404 page not found ");
  }
  Ask();
  EXPECT_GE(waited_ms_, 60'000);
}

TEST_F(ReflectorTest, WhatCannotBeReadIsListedPast) {
  ListOf({"a"});
  for (int i = 0; i < 3; ++i) {
    OpenWatch("10");
    EXPECT_FALSE(reflector_.OnBody("{garbage}"));
    Close();
    EXPECT_EQ(Now(), State::kFailing);
  }
  ListOf({"b"}, "20");
  OpenWatch("20");
  EXPECT_EQ(Names(), "b");
}

TEST_F(ReflectorTest, ObjectsWithoutNameAreLeftOut) {
  ListOf({"a"});
  OpenWatch("10");
  EXPECT_TRUE(Send("{'type':'ADDED','object':{'metadata':{'resourceVersion':'11'}}}"));
  EXPECT_TRUE(Send("{'type':'STRANGE','object':{}}"));
  Close();
  OpenWatch("11");
  EXPECT_EQ(Names(), "a");
}

TEST_F(ReflectorTest, AnObjectThatIsTooLargeIsLeftOutAlone) {
  std::string large = "'resourceVersion':'12','ownerReferences':[{}";
  for (int i = 0; i < 20'000; ++i) large += ",{'name':'a','kind':'b','uid':'c'}";
  large += "]";
  Ask();
  Reply(200,
        "{'kind':'NamespaceList','metadata':{'resourceVersion':'10'},'items':["
        "{'metadata':{'name':'a','uid':'u-a'}},{'metadata':{'name':'b','uid':'u-b'," +
            large + "}},{'metadata':{'name':'c','uid':'u-c'}}]}");
  EXPECT_EQ(Now(), State::kSynced);
  EXPECT_EQ(Names(), "a c");
  EXPECT_TRUE(Error().starts_with("1 objects or changes of them are too large")) << Error();
  // One that grows: what was known of it is not so any more.
  OpenWatch("10");
  EXPECT_TRUE(
      Send("{'type':'MODIFIED','object':{'metadata':{'name':'c','uid':'u-c'," + large + "}}}"));
  EXPECT_EQ(Names(), "a");
  EXPECT_TRUE(Error().starts_with("2 objects")) << Error();
  EXPECT_TRUE(Send(Event("MODIFIED", "c", "13")));
  EXPECT_EQ(Names(), "a c");
  EXPECT_TRUE(
      Send("{'type':'DELETED','object':{'metadata':{'name':'c','uid':'u-c'," + large + "}}}"));
  EXPECT_EQ(Names(), "a");
  // A list counts anew.
  EXPECT_FALSE(Send("{'type':'ERROR','object':" + Refusal(410, "Expired") + "}"));
  Close();
  ListOf({"a"}, "20");
  EXPECT_EQ(Error(), "");
}

TEST_F(ReflectorTest, BeginsAnewWhereItWasLeftInTheMiddle) {
  ListOf({"a", "b"});
  OpenWatch("10");
  EXPECT_TRUE(Send(Event("ADDED", "c", "11")));
  reflector_.Restart();
  EXPECT_EQ(Now(), State::kFailing);
  EXPECT_EQ(Error(), "an internal error");
  EXPECT_EQ(Names(), "a b c");
  Ask();
  EXPECT_GE(waited_ms_, 800);
  reflector_.OnHead({200, std::nullopt});
  EXPECT_TRUE(reflector_.OnBody(Quoted("{'kind':'NamespaceList','items':[")));
  reflector_.Restart();
  Ask();
  Reply(503, Refusal(503, "Busy"));
  ListOf({"b"}, "20");
  EXPECT_EQ(Names(), "b");
  OpenWatch("20");
}

TEST_F(ReflectorTest, MetadataIsEnoughForReplicaSets) {
  Reflector sets(KubeKind::kReplicaSet, &cache_, &clock_, 1);
  const auto first = sets.Next().request;
  ASSERT_TRUE(first);
  EXPECT_EQ(first->target, "/apis/apps/v1/replicasets?limit=500");
  EXPECT_EQ(first->accept,
            "application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1,application/json");
  // A server that cannot do it.
  sets.OnHead({406, std::nullopt});
  sets.OnEnd(absl::OkStatus());
  const auto second = sets.Next().request;
  ASSERT_TRUE(second);
  EXPECT_EQ(second->accept, "application/json");
  sets.OnHead({200, std::nullopt});
  EXPECT_TRUE(
      sets.OnBody(Quoted("{'kind':'ReplicaSetList','metadata':{'resourceVersion':'1'},"
                         "'items':[{'metadata':{'name':'r','uid':'u'}}]}")));
  sets.OnEnd(absl::OkStatus());
  EXPECT_EQ(sets.status().objects, 1u);
  EXPECT_EQ(sets.Next().request->accept, "application/json");
}

}  // namespace
}  // namespace kubemonitor

#include "apiserver/kubernetes/api_readers.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "apiserver/kubernetes/objects_testing.h"

namespace kubemonitor {
namespace {

using testing::Quoted;

struct Page {
  absl::Status status;
  std::vector<std::string> names;
  std::string version, token;
  uint64_t skipped = 0;
};

Page ReadPage(const std::string& text, size_t piece) {
  Page page;
  ListReader reader(KubeKind::kNamespace, [&page](KubeObject object) {
    page.names.push_back(std::get<KubeNamespace>(object).name);
  });
  for (size_t at = 0; at < text.size() && page.status.ok(); at += piece) {
    page.status = reader.Write(std::string_view(text).substr(at, piece));
  }
  if (page.status.ok()) page.status = reader.Finish();
  page.version = reader.resource_version();
  page.token = reader.continue_token();
  page.skipped = reader.skipped();
  return page;
}

TEST(ListReaderTest, APage) {
  const std::string text = Quoted(
      "{'kind':'NamespaceList','apiVersion':'v1','metadata':{'resourceVersion':'91234',"
      "'continue':'abc','remainingItemCount':2},'items':[{'metadata':{'name':'a','uid':'1'}},"
      "{'metadata':{'name':'b'}},{'metadata':{'name':'c','uid':'3'}}]}\n");
  for (const size_t piece : {size_t{1}, size_t{10}, text.size()}) {
    const Page page = ReadPage(text, piece);
    EXPECT_TRUE(page.status.ok()) << page.status;
    EXPECT_EQ(page.names, (std::vector<std::string>{"a", "c"}));
    EXPECT_EQ(page.version, "91234");
    EXPECT_EQ(page.token, "abc");
    EXPECT_EQ(page.skipped, 1u);
  }
}

// An object that keeps too much.
std::string TooLarge(const std::string& metadata) {
  std::string out = "{'metadata':{" + metadata + ",'ownerReferences':[";
  for (int i = 0; i < 20'000; ++i) out += "{'name':'a','kind':'b','uid':'c'},";
  return out + "{}]}}";
}

TEST(ListReaderTest, OneObjectThatIsTooLargeIsLeftOutAlone) {
  const std::string text = Quoted(
      "{'kind':'NamespaceList','metadata':{'resourceVersion':'5'},'items':["
      "{'metadata':{'name':'a','uid':'1'}}," +
      TooLarge("'name':'b','uid':'2'") + ",{'metadata':{'name':'c','uid':'3'}}]}");
  const Page page = ReadPage(text, 10'000);
  EXPECT_TRUE(page.status.ok()) << page.status;
  EXPECT_EQ(page.names, (std::vector<std::string>{"a", "c"}));
  EXPECT_EQ(page.skipped, 1u);
  EXPECT_EQ(page.version, "5");
}

TEST(ListReaderTest, AListThatIsTooLargeBesideItsItemsIsNone) {
  const Page page = ReadPage(Quoted("{'kind':" + TooLarge("'name':'b'") + "}"), 10'000);
  EXPECT_NE(page.status.ToString().find("too large"), std::string::npos) << page.status;
}

TEST(ListReaderTest, LastAndEmptyPages) {
  const Page page = ReadPage(Quoted("{'items':[],'kind':'PartialObjectMetadataList',"
                                    "'metadata':{'resourceVersion':'5','continue':''}}"),
                             99);
  EXPECT_TRUE(page.status.ok()) << page.status;
  EXPECT_EQ(page.token, "");
  const Page null = ReadPage(
      Quoted("{'kind':'NamespaceList','metadata':{'resourceVersion':'5'},'items':null}"), 99);
  EXPECT_TRUE(null.status.ok()) << null.status;
}

TEST(ListReaderTest, Refusals) {
  const struct {
    std::string text, part;
  } kCases[] = {
      {"", "in the middle"},
      {"{'kind':'NamespaceList','metadata':{'resourceVersion':'5'},'items':[", "in the middle"},
      {"{'kind':'Status','code':500}", "its kind is 'Status'"},
      {"{}", "its kind is ''"},
      {"{'kind':'NamespaceList','items':[]}", "no resourceVersion"},
      {"{'kind':'NamespaceList','metadata':{'resourceVersion':'5'}} x", "something follows"},
      {"<html>", "is not what Kubernetes answers"},
  };
  for (const auto& [text, part] : kCases) {
    const Page page = ReadPage(Quoted(text), 7);
    EXPECT_FALSE(page.status.ok()) << text;
    EXPECT_NE(page.status.ToString().find(part), std::string::npos) << page.status;
  }
}

std::string Describe(const WatchEvent& event) {
  const char* kTypes[] = {"put", "deleted", "bookmark", "error", "unknown"};
  std::string out = kTypes[static_cast<size_t>(event.type)];
  if (!event.resource_version.empty()) out += "@" + event.resource_version;
  if (event.object) out += " " + std::get<KubeNamespace>(*event.object).name;
  if (event.cut) out += " cut";
  if (event.type == WatchEvent::Type::kError) {
    out += fmt::format(" {} {} {} {}", event.status.code, event.status.reason, event.status.message,
                       event.status.retry_after_seconds.value_or(-1));
  }
  return out;
}

TEST(WatchReaderTest, Events) {
  const std::string text = Quoted(
      "{'type':'ADDED','object':{'kind':'Namespace','metadata':{'name':'a','uid':'1',"
      "'resourceVersion':'11'}}}\n"
      "{'object':{'metadata':{'uid':'1','name':'a','resourceVersion':'12'}},'type':'MODIFIED'}\n"
      "{'type':'DELETED','object':{'metadata':{'name':'a','uid':'1','resourceVersion':'13'}}}\n"
      "{'type':'BOOKMARK','object':{'kind':'Namespace','metadata':{'resourceVersion':'14'}}}\r\n\n"
      "{'type':'ADDED','object':{'metadata':{'name':'nouid','resourceVersion':'15'}}}"
      "{'type':'NEW','object':{}}{'type':'ADDED'}{}\n"
      "{'type':'ERROR','object':{'kind':'Status','status':'Failure','reason':'Timeout','code':504,"
      "'message':'too\\nlarge','details':{'retryAfterSeconds':1}}}\n");
  const std::vector<std::string> expected = {
      "put@11 a",    "put@12 a", "deleted@13 a",
      "bookmark@14", "put@15",   "unknown",
      "put",         "unknown",  "error 504 Timeout too large 1"};
  for (const size_t piece : {size_t{1}, size_t{13}, text.size()}) {
    std::vector<std::string> events;
    WatchReader reader(KubeKind::kNamespace, [&events](const WatchEvent& event) {
      events.push_back(Describe(event));
      return true;
    });
    for (size_t at = 0; at < text.size(); at += piece) {
      ASSERT_TRUE(reader.Write(std::string_view(text).substr(at, piece)).ok());
    }
    EXPECT_EQ(events, expected);
    EXPECT_TRUE(reader.AtEventEnd());
    EXPECT_TRUE(reader.Write("{\"type\":\"ADD").ok());
    EXPECT_FALSE(reader.AtEventEnd());
  }
}

TEST(WatchReaderTest, AnObjectThatIsTooLargeIsCut) {
  const std::string metadata = "'name':'a','uid':'1','resourceVersion':'11'";
  const std::string text = Quoted("{'type':'ADDED','object':" + TooLarge(metadata) +
                                  "}\n{'type':'DELETED','object':" + TooLarge(metadata) +
                                  "}\n{'type':'ADDED','object':{'metadata':{" + metadata + "}}}\n");
  std::vector<std::string> events;
  WatchReader reader(KubeKind::kNamespace, [&events](const WatchEvent& event) {
    events.push_back(Describe(event));
    return true;
  });
  EXPECT_TRUE(reader.Write(text).ok());
  EXPECT_EQ(events, (std::vector<std::string>{"put@11 a cut", "deleted@11 a cut", "put@11 a"}));
}

TEST(WatchReaderTest, StopsWhenToldTo) {
  int events = 0;
  WatchReader reader(KubeKind::kNamespace, [&events](const WatchEvent&) { return ++events < 2; });
  EXPECT_TRUE(reader.Write("{}{}{}{}").ok());
  EXPECT_TRUE(reader.Write("{}").ok());
  EXPECT_EQ(events, 2);
}

TEST(WatchReaderTest, RefusesGarbageAndEndlessEvents) {
  WatchReader garbage(KubeKind::kPod, [](const WatchEvent&) { return true; });
  EXPECT_TRUE(garbage.Write("{}\n").ok());
  EXPECT_FALSE(garbage.Write("garbage").ok());
  WatchReader endless(KubeKind::kPod, [](const WatchEvent&) { return true; });
  EXPECT_TRUE(endless.Write("{\"x\":\"").ok());
  const std::string piece(size_t{1} << 20, 'x');
  bool failed = false;
  for (int i = 0; i < 17 && !failed; ++i) failed = !endless.Write(piece).ok();
  EXPECT_TRUE(failed);
  // Blanks are no event.
  WatchReader blanks(KubeKind::kPod, [](const WatchEvent&) { return true; });
  const std::string blank(size_t{1} << 20, '\n');
  for (int i = 0; i < 17; ++i) EXPECT_TRUE(blanks.Write(blank).ok());
}

TEST(ApiStatusTest, Bodies) {
  const ApiStatus status = ApiStatusFromBody(
      Quoted("{'kind':'Status','apiVersion':'v1','metadata':{},'status':'Failure',"
             "'message':'pods is forbidden','reason':'Forbidden','details':{'kind':'pods'},"
             "'code':403}\n"));
  EXPECT_EQ(status.code, 403);
  EXPECT_EQ(status.reason, "Forbidden");
  EXPECT_EQ(status.message, "pods is forbidden");
  EXPECT_EQ(status.retry_after_seconds, std::nullopt);
  EXPECT_EQ(ApiStatusFromBody("upstream\nconnect error").message, "upstream connect error");
  EXPECT_EQ(ApiStatusFromBody("").message, "");
  EXPECT_EQ(ApiStatusFromBody("{").message, "{");
  EXPECT_EQ(ApiStatusFromBody(std::string(10'000, 'x')).message.size(), 500u);
}

}  // namespace
}  // namespace kubemonitor

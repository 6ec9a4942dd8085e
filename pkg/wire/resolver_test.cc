#include "wire/resolver.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace kubemonitor {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

TEST(ParseHostPort, Table) {
  const struct {
    const char* text;
    const char* host;
    const char* port;
    const char* error;
  } cases[] = {
      {"127.0.0.1:50051", "127.0.0.1", "50051", nullptr},
      {"[::1]:1", "::1", "1", nullptr},
      {"monitor-apiserver:65535", "monitor-apiserver", "65535", nullptr},
      {"a.b.svc.cluster.local.:50051", "a.b.svc.cluster.local.", "50051", nullptr},
      {"", "", "", "has no host"},
      {"host", "", "", "has no port"},
      {"host:", "", "", "port that is not"},
      {":50051", "", "", "has no host"},
      {"host:0", "", "", "port that is not"},
      {"host:65536", "", "", "port that is not"},
      {"host:50051x", "", "", "port that is not"},
      {"host:-1", "", "", "port that is not"},
      {"http://host:1", "", "", "brackets"},
      {"::1:50051", "", "", "brackets"},
      {"[::1]", "", "", "has no port"},
      {"[::1", "", "", "no closing bracket"},
      {"[nonsense]:1", "", "", "no IPv6 address"},
      {"a b:1", "", "", "character"},
      {"dns/host:1", "", "", "character"},
  };
  for (const auto& c : cases) {
    const auto got = ParseHostPort(c.text);
    EXPECT_EQ(got.ok(), c.error == nullptr) << c.text << ": " << got.status();
    if (got.ok()) {
      EXPECT_EQ(got->host, c.host) << c.text;
      EXPECT_EQ(got->port, c.port) << c.text;
    } else if (c.error != nullptr) {
      EXPECT_THAT(std::string(got.status().message()), HasSubstr(c.error)) << c.text;
    }
  }
}

TEST(ResolveServer, LiteralsAreThemselves) {
  EXPECT_THAT(*ResolveServer("127.0.0.1:50051"), ElementsAre("127.0.0.1:50051"));
  EXPECT_THAT(*ResolveServer("[0:0:0:0:0:0:0:1]:7"), ElementsAre("[::1]:7"));
}

TEST(ResolveServer, BrokenNameIsInvalid) {
  EXPECT_TRUE(absl::IsInvalidArgument(ResolveServer("nohost").status()));
}

}  // namespace
}  // namespace kubemonitor

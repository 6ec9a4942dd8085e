#include "apiserver/kubernetes/access.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <map>
#include <string>

namespace kubemonitor {
namespace {

using Environment = std::map<std::string, std::string>;

class ManualClock final : public Clock {
 public:
  int64_t WallMs() const override { return 0; }
  uint64_t BootUsec() const override { return usec; }
  uint64_t usec = 1;
};

class AccessTest : public ::testing::Test {
 protected:
  AccessTest() {
    directory_ = ::testing::TempDir() + "access-" +
                 ::testing::UnitTest::GetInstance()->current_test_info()->name();
    std::filesystem::create_directories(directory_);
  }
  ~AccessTest() override { std::filesystem::remove_all(directory_); }
  void Write(const std::string& name, const std::string& text) {
    std::ofstream(directory_ + "/" + name) << text;
  }

  std::string directory_;
};

TEST_F(AccessTest, ServerUrls) {
  const struct {
    std::string url, expected;
  } kCases[] = {
      {"https://10.96.0.1:6443", "https://10.96.0.1:6443"},
      {"https://kube.example.com", "https://kube.example.com:443"},
      {"https://kube.example.com/", "https://kube.example.com:443"},
      {"https://host/k8s/clusters/c-1/", "https://host:443/k8s/clusters/c-1"},
      {"https://[::1]:8443", "https://[::1]:8443"},
      {"https://[fd00::1]", "https://[fd00::1]:443"},
      {"http://127.0.0.1:8001", "http://127.0.0.1:8001"},
      {"http://localhost", "http://localhost:80"},
      {"http://[::1]:8001", "http://[::1]:8001"},
      {"http://10.0.0.1:8001", ""},
      {"http://example.com", ""},
      {"ftp://host", ""},
      {"10.0.0.1:6443", ""},
      {"https://", ""},
      {"https://:443", ""},
      {"https://host:0", ""},
      {"https://host:65536", ""},
      {"https://host:", ""},
      {"https://host:12x", ""},
      {"https://[::1", ""},
      {"https://[host]:1", ""},
      {"https://[::1]x", ""},
      {"https://user@host", ""},
      {"https://ho st", ""},
      {"https://host/a b", ""},
      {"https://host/a\r\nX: y", ""},
      {"https://host/a?b=c", ""},
      {"", ""},
  };
  for (const auto& [url, expected] : kCases) {
    KubernetesAccess access;
    const absl::Status status = ParseServerUrl(url, &access);
    EXPECT_EQ(status.ok(), !expected.empty()) << url << status;
    if (status.ok()) {
      EXPECT_EQ(access.Url(), expected);
    }
  }
}

TEST_F(AccessTest, WhatMayBeSecretInAUrlIsNotRepeated) {
  for (const std::string url :
       {"https://jane:hunter2@host:6443", "https://hunter2@host:6443", "jane:hunter2@host:6443",
        "http://jane:hunter2@host:6443/path", "https://jane:hunter2/x@host:6443",
        "https://jane:x?hunter2@host:6443", "https://jane:x@hunter2@host:6443",
        "https://host:6443?token=hunter2", "https://host:6443/#hunter2", "host:6443?hunter2"}) {
    KubernetesAccess access;
    const std::string message(ParseServerUrl(url, &access).message());
    EXPECT_EQ(message.find("hunter2"), std::string::npos) << message;
    EXPECT_NE(message.find("host:6443"), std::string::npos) << message;
    const bool user = url.find('@') != std::string::npos;
    EXPECT_EQ(message.find("user information") != std::string::npos, user) << message;
  }
}

TEST_F(AccessTest, InClusterNeedsAddressTokenAndCa) {
  const Environment environment = {{"KUBERNETES_SERVICE_HOST", "10.96.0.1"},
                                   {"KUBERNETES_SERVICE_PORT", "6443"}};
  const absl::Status no_token = CheckInCluster(environment, directory_);
  EXPECT_TRUE(absl::IsFailedPrecondition(no_token)) << no_token;
  EXPECT_NE(no_token.ToString().find(directory_ + "/token (No such file"), std::string::npos);
  EXPECT_FALSE(InClusterAccess(environment, directory_).ok());
  Write("token", "t");
  EXPECT_TRUE(CheckInCluster(environment, directory_).ok());
  EXPECT_TRUE(absl::IsNotFound(CheckInCluster({}, directory_)));
  EXPECT_FALSE(InClusterAccess(environment, directory_).ok());  // no CA
  Write("ca.crt", "c");
  const auto access = InClusterAccess(environment, directory_);
  ASSERT_TRUE(access.ok()) << access.status();
  EXPECT_EQ(access->mode, "in-cluster");
  EXPECT_EQ(access->Url(), "https://10.96.0.1:6443");
  EXPECT_EQ(access->token.path, directory_ + "/token");
  EXPECT_EQ(access->ca.path, directory_ + "/ca.crt");
  EXPECT_FALSE(InClusterAccess({}, directory_).ok());
}

TEST_F(AccessTest, InClusterAddresses) {
  Write("token", "t");
  Write("ca.crt", "c");
  const struct {
    std::string host, port, url;
  } kCases[] = {
      {"fd00::1", "443", "https://[fd00::1]:443"},
      {"kubernetes.default.svc", "", "https://kubernetes.default.svc:443"},
      {"10.96.0.1", "x", ""},
      {"a/b", "443", ""},
      {"", "443", ""},
  };
  for (const auto& [host, port, url] : kCases) {
    const auto access = InClusterAccess(
        {{"KUBERNETES_SERVICE_HOST", host}, {"KUBERNETES_SERVICE_PORT", port}}, directory_);
    EXPECT_EQ(access.ok(), !url.empty()) << host;
    if (access.ok()) {
      EXPECT_EQ(access->Url(), url);
    }
  }
}

TEST_F(AccessTest, TokensAreReadAgain) {
  ManualClock clock;
  TokenSource token({"", directory_ + "/token"}, &clock);
  EXPECT_FALSE(token.Token().ok());
  Write("token", " first\n");
  EXPECT_EQ(*token.Token(), "first");
  Write("token", "second");
  EXPECT_EQ(*token.Token(), "first");
  clock.usec += TokenSource::kReadEveryUsec;
  EXPECT_EQ(*token.Token(), "second");
  Write("token", "third");
  token.Refused();
  EXPECT_EQ(*token.Token(), "third");
  // Gone for a moment: the last one may still do.
  std::filesystem::remove(directory_ + "/token");
  token.Refused();
  EXPECT_EQ(*token.Token(), "third");
  Write("token", "a\nb");
  token.Refused();
  EXPECT_FALSE(token.Token().ok());
  Write("token", std::string(300'000, 'x'));
  EXPECT_FALSE(TokenSource({"", directory_ + "/token"}, &clock).Token().ok());
}

TEST_F(AccessTest, TokensFromText) {
  ManualClock clock;
  EXPECT_EQ(*TokenSource({}, &clock).Token(), "");
  EXPECT_EQ(*TokenSource({"abc", ""}, &clock).Token(), "abc");
  EXPECT_FALSE(TokenSource({"a\r\nb", ""}, &clock).Token().ok());
}

}  // namespace
}  // namespace kubemonitor

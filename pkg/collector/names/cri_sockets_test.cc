#include "collector/names/cri_sockets.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "collector/names/names_testing.h"

namespace kubemonitor {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

TEST(CriSocketsTest, Endpoints) {
  EXPECT_EQ(ParseCriEndpoint("auto")->kind, CriEndpoint::Kind::kAuto);
  EXPECT_EQ(ParseCriEndpoint("none")->kind, CriEndpoint::Kind::kNone);
  const auto socket = ParseCriEndpoint("unix:///run/my containerd.sock");
  ASSERT_TRUE(socket.ok());
  EXPECT_EQ(socket->kind, CriEndpoint::Kind::kSocket);
  EXPECT_EQ(socket->path, "/run/my containerd.sock");
  EXPECT_TRUE(ParseCriEndpoint("unix:///" + std::string(106, 'a')).ok());
  for (const std::string& bad :
       {std::string(""), std::string("Auto"), std::string("/run/a.sock"), std::string("unix://"),
        std::string("unix:///"), std::string("unix://run/a.sock"), std::string("tcp://127.0.0.1:1"),
        "unix:///" + std::string(107, 'a'), std::string("unix:///a\0b", 11)}) {
    EXPECT_TRUE(absl::IsInvalidArgument(ParseCriEndpoint(bad).status())) << bad;
  }
}

TEST(CriSocketsTest, FindsSocketsOnly) {
  const TemporaryFolder root;
  EXPECT_THAT(ExistingCriSockets(root.Path()), IsEmpty());
  root.MakeFile("/run/containerd/containerd.sock");  // not a socket
  root.MakeSocket("/run/k3s/containerd/containerd.sock");
  root.MakeSocket("/run/crio/crio.sock");
  root.MakeLink("/var/run", "../run");
  EXPECT_THAT(ExistingCriSockets(root.Path()),
              ElementsAre(root.Path("/run/k3s/containerd/containerd.sock"),
                          root.Path("/run/crio/crio.sock")));
}

TEST(CriSocketsTest, VarRunCanBeAFolderOfItsOwn) {
  const TemporaryFolder root;
  root.MakeSocket("/var/run/crio/crio.sock");
  EXPECT_THAT(ExistingCriSockets(root.Path()), ElementsAre(root.Path("/var/run/crio/crio.sock")));
}

}  // namespace
}  // namespace kubemonitor

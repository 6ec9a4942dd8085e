#include "collector/names/cri_messages.h"

#include <gmock/gmock.h>
#include <google/protobuf/io/zero_copy_stream_impl_lite.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <iterator>
#include <string>

#include "cri.pb.h"

namespace kubemonitor {
namespace {

namespace cri = ::runtime::v1;
using ::testing::IsEmpty;
using ::testing::SizeIs;
using ::testing::UnorderedElementsAre;

template <typename Result>
Result Read(Result (*read)(google::protobuf::io::ZeroCopyInputStream*), const std::string& bytes) {
  // Small blocks, as a reply comes in slices.
  google::protobuf::io::ArrayInputStream stream(bytes.data(), static_cast<int>(bytes.size()), 7);
  return read(&stream);
}

// What a real containerd 1.6.20 answered (tests of the recorded node have the same pods).
std::string Recorded(const std::string& name) {
  std::ifstream file(std::string(KUBEMONITOR_NAMES_TESTDATA) + "/" + name, std::ios::binary);
  EXPECT_TRUE(file.is_open()) << name;
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

void AddLabel(cri::PodSandbox* sandbox, const std::string& key, const std::string& value) {
  cri::Entry* entry = sandbox->add_labels();
  entry->set_key(key);
  entry->set_value(value);
}

cri::PodSandbox* AddSandbox(cri::ListPodSandboxResponse* list, const std::string& id) {
  cri::PodSandbox* sandbox = list->add_items();
  sandbox->set_id(id);
  sandbox->mutable_metadata()->set_name("burner");
  sandbox->mutable_metadata()->set_namespace_("shop");
  sandbox->mutable_metadata()->set_uid("uid-1");
  return sandbox;
}

TEST(CriMessagesTest, RecordedVersion) {
  const auto version = Read(ReadVersion, Recorded("version.bin"));
  ASSERT_TRUE(version.ok());
  EXPECT_EQ(version->name, "containerd");
  EXPECT_EQ(version->version, "1.6.20~ds1");
}

TEST(CriMessagesTest, RecordedSandboxes) {
  const auto list = Read(ReadSandboxes, Recorded("list_pod_sandbox.bin"));
  ASSERT_TRUE(list.ok());
  EXPECT_THAT(list->items, SizeIs(7));
  EXPECT_EQ(list->refused, 0u);
  const auto found = std::find_if(list->items.begin(), list->items.end(),
                                  [](const CriSandbox& s) { return s.pod_name == "cpu-burner"; });
  ASSERT_NE(found, list->items.end());
  EXPECT_EQ(found->namespace_name, "shop");
  EXPECT_EQ(found->pod_uid, "1b2f0c5e-6a0d-4d0a-9a53-0c1d2e3f4a51");
  EXPECT_EQ(found->id.size(), 64u);
  EXPECT_TRUE(found->ready);
  EXPECT_TRUE(found->made_by_kubelet);
  EXPECT_EQ(found->attempt, 0u);
  EXPECT_GT(found->created_at_ms.value_or(0), 1'700'000'000'000);
  EXPECT_THAT(found->labels, UnorderedElementsAre(::testing::Pair("app", "cpu-burner")));
}

TEST(CriMessagesTest, RecordedContainers) {
  const auto list = Read(ReadContainers, Recorded("list_containers.bin"));
  ASSERT_TRUE(list.ok());
  EXPECT_THAT(list->items, SizeIs(8));
  EXPECT_EQ(list->refused, 0u);
  const auto found = std::find_if(list->items.begin(), list->items.end(),
                                  [](const auto& c) { return c.container_name == "sidecar"; });
  ASSERT_NE(found, list->items.end());
  EXPECT_EQ(found->pod_uid, "1b2f0c5e-6a0d-4d0a-9a53-0c1d2e3f4a51");
  EXPECT_EQ(found->sandbox_id.size(), 64u);
  EXPECT_EQ(found->type, ContainerType::kApp);
  EXPECT_EQ(found->restart_count, 0u);
  EXPECT_FALSE(found->exited);
}

TEST(CriMessagesTest, EveryCutOfARecordedReplyIsRead) {
  const std::string whole = Recorded("list_containers.bin");
  for (size_t size = 0; size < whole.size(); ++size) {
    const auto list = Read(ReadContainers, whole.substr(0, size));
    if (list.ok()) {
      EXPECT_LT(list->items.size(), 8u);
    } else {
      EXPECT_TRUE(absl::IsDataLoss(list.status()));
    }
  }
}

TEST(CriMessagesTest, EveryFlippedByteIsRead) {
  const std::string whole = Recorded("list_pod_sandbox.bin");
  for (size_t i = 0; i < whole.size(); ++i) {
    std::string odd = whole;
    odd[i] = static_cast<char>(odd[i] ^ 0xff);
    const auto list = Read(ReadSandboxes, odd);
    if (list.ok()) {
      EXPECT_LE(list->items.size(), 7u);
    }
  }
}

TEST(CriMessagesTest, EmptyRepliesAreEmptyLists) {
  EXPECT_THAT(Read(ReadSandboxes, "")->items, IsEmpty());
  EXPECT_THAT(Read(ReadContainers, "")->items, IsEmpty());
  EXPECT_EQ(Read(ReadVersion, "")->name, "");
  EXPECT_EQ(*Read(ReadUsesHostNetwork, ""), std::nullopt);
}

TEST(CriMessagesTest, SandboxWithoutKubeletLabels) {
  cri::ListPodSandboxResponse message;
  AddSandbox(&message, "s1")->set_state(cri::SANDBOX_NOTREADY);
  const auto list = Read(ReadSandboxes, message.SerializeAsString());
  ASSERT_THAT(list->items, SizeIs(1));
  EXPECT_EQ(list->items[0].pod_name, "burner");
  EXPECT_EQ(list->items[0].pod_uid, "uid-1");
  EXPECT_FALSE(list->items[0].made_by_kubelet);
  EXPECT_FALSE(list->items[0].ready);
  EXPECT_FALSE(list->items[0].created_at_ms);
}

TEST(CriMessagesTest, OddItemsCostOnlyThemselves) {
  cri::ListPodSandboxResponse message;
  AddSandbox(&message, "good-1");
  AddSandbox(&message, "");
  AddSandbox(&message, "../etc");
  AddSandbox(&message, std::string(1000, 'a'));
  AddSandbox(&message, "long-name")->mutable_metadata()->set_name(std::string(10'000'000, 'a'));
  AddSandbox(&message, "odd-uid")->mutable_metadata()->set_uid("a/b");
  AddSandbox(&message, "long-uid")->mutable_metadata()->set_uid(std::string(129, 'a'));
  std::string bytes = message.SerializeAsString();
  bytes += std::string("\x0a\x03\xff\xff\xff", 5);  // an item that is no message
  bytes += std::string(
      "\x12\x03"
      "abc",
      5);  // a field of a later version
  cri::ListPodSandboxResponse more;
  AddSandbox(&more, "good-2")
      ->mutable_metadata()
      ->set_name(
          "od\xff"
          "d\n");
  bytes += more.SerializeAsString();

  const auto list = Read(ReadSandboxes, bytes);
  ASSERT_TRUE(list.ok()) << list.status();
  ASSERT_THAT(list->items, SizeIs(2));
  EXPECT_EQ(list->items[0].id, "good-1");
  EXPECT_EQ(list->items[1].id, "good-2");
  EXPECT_EQ(list->items[1].pod_name,
            "od\xef\xbf\xbd"
            "d\xef\xbf\xbd");
  EXPECT_EQ(list->refused, 7u);
}

TEST(CriMessagesTest, BoundedLabels) {
  cri::ListPodSandboxResponse message;
  cri::PodSandbox* sandbox = AddSandbox(&message, "s1");
  AddLabel(sandbox, "io.kubernetes.pod.uid", "uid-2");
  AddLabel(sandbox, "io.kubernetes.pod.name", "labelled");
  AddLabel(sandbox, "app.kubernetes.io/name", "kept");
  AddLabel(sandbox, "", "no key");
  AddLabel(sandbox, std::string(317, 'k'), std::string(63, 'v'));
  AddLabel(sandbox, std::string(318, 'k'), "v");
  AddLabel(sandbox, "long-value", std::string(64, 'v'));
  AddLabel(sandbox, "odd", "\xff");
  AddLabel(sandbox, "odd-and-long", std::string(63, '\xff'));
  auto list = Read(ReadSandboxes, message.SerializeAsString());
  ASSERT_THAT(list->items, SizeIs(1));
  EXPECT_TRUE(list->items[0].made_by_kubelet);
  EXPECT_EQ(list->items[0].pod_uid, "uid-2");
  EXPECT_EQ(list->items[0].pod_name, "labelled");
  EXPECT_THAT(list->items[0].labels,
              UnorderedElementsAre(::testing::Pair("app.kubernetes.io/name", "kept"),
                                   ::testing::Pair(std::string(317, 'k'), std::string(63, 'v')),
                                   ::testing::Pair("odd", "\xef\xbf\xbd")));
  for (int i = 0; i < 1000; ++i) AddLabel(sandbox, "l" + std::to_string(i), "v");
  list = Read(ReadSandboxes, message.SerializeAsString());
  EXPECT_THAT(list->items[0].labels, SizeIs(kMaxLabels));
}

TEST(CriMessagesTest, BoundedNumberOfItems) {
  cri::ListContainersResponse message;
  for (size_t i = 0; i < kMaxItems + 10; ++i) message.add_containers()->set_id("c");
  const auto list = Read(ReadContainers, message.SerializeAsString());
  EXPECT_THAT(list->items, SizeIs(kMaxItems));
  EXPECT_EQ(list->refused, 10u);
}

// Two bytes an item: as messages these would take a hundred times the reply.
TEST(CriMessagesTest, MillionsOfEmptyItems) {
  std::string bytes;
  for (int i = 0; i < 1'000'000; ++i) bytes.append("\x0a\x00", 2);
  const auto list = Read(ReadSandboxes, bytes);
  ASSERT_TRUE(list.ok());
  EXPECT_THAT(list->items, IsEmpty());
  EXPECT_EQ(list->refused, 1'000'000u);
}

TEST(CriMessagesTest, LengthsBeyondTheReply) {
  EXPECT_TRUE(
      absl::IsDataLoss(Read(ReadSandboxes, std::string("\x0a\xff\xff\xff\xff\x0f", 6)).status()));
  EXPECT_TRUE(absl::IsDataLoss(Read(ReadSandboxes, std::string("\x0a\x7f"
                                                               "abc",
                                                               5))
                                   .status()));
  EXPECT_TRUE(absl::IsDataLoss(Read(ReadVersion, std::string("\x12\x7f"
                                                             "abc",
                                                             5))
                                   .status()));
}

TEST(CriMessagesTest, ContainerTypesAndRestarts) {
  const struct {
    const char* annotation;
    const char* label;
    ContainerType type;
  } cases[] = {
      {"", "", ContainerType::kApp},
      {"container", "", ContainerType::kApp},
      {"init", "", ContainerType::kInit},
      {"", "INIT", ContainerType::kInit},
      {"", "REGULAR", ContainerType::kApp},
      {"ephemeral", "", ContainerType::kEphemeral},
      {"", "DEBUG", ContainerType::kEphemeral},
      {"nonsense", "", ContainerType::kUnknown},
  };
  for (const auto& test : cases) {
    cri::ListContainersResponse message;
    cri::Container* container = message.add_containers();
    container->set_id("c1");
    cri::Entry* annotation = container->add_annotations();
    annotation->set_key("io.kubernetes.container.type");
    annotation->set_value(test.annotation);
    cri::Entry* label = container->add_labels();
    label->set_key("io.kubernetes.container.type");
    label->set_value(test.label);
    const auto list = Read(ReadContainers, message.SerializeAsString());
    ASSERT_THAT(list->items, SizeIs(1));
    EXPECT_EQ(list->items[0].type, test.type) << test.annotation << test.label;
    EXPECT_FALSE(list->items[0].restart_count);

    annotation->set_key("io.kubernetes.container.restartCount");
    annotation->set_value("12");
    EXPECT_EQ(Read(ReadContainers, message.SerializeAsString())->items[0].restart_count, 12u);
    annotation->set_value("12x");
    EXPECT_FALSE(Read(ReadContainers, message.SerializeAsString())->items[0].restart_count);
    container->mutable_metadata()->set_attempt(3);
    EXPECT_EQ(Read(ReadContainers, message.SerializeAsString())->items[0].restart_count, 3u);
  }
}

TEST(CriMessagesTest, HostNetwork) {
  cri::PodSandboxStatusResponse message;
  message.mutable_status()->set_id("s1");
  EXPECT_EQ(*Read(ReadUsesHostNetwork, message.SerializeAsString()), std::nullopt);
  auto* options =
      message.mutable_status()->mutable_linux_status()->mutable_namespaces()->mutable_options();
  EXPECT_EQ(*Read(ReadUsesHostNetwork, message.SerializeAsString()), false);
  options->set_network(cri::NODE);
  EXPECT_EQ(*Read(ReadUsesHostNetwork, message.SerializeAsString()), true);
}

}  // namespace
}  // namespace kubemonitor

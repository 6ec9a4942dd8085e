#include "collector/sampling/object_registry.h"

#include <gtest/gtest.h>

#include <set>

namespace kubemonitor {
namespace {

std::shared_ptr<const NameTable> Names(const std::string& pod_name) {
  NameTable names;
  names.pods["uid"] = {"shop", pod_name, {{"app", "x"}}, std::nullopt};
  names.containers["id"] = {"uid", "main", ContainerType::kApp, 123, 4};
  return std::make_shared<const NameTable>(std::move(names));
}

TEST(ObjectRegistry, NumbersStayAndAreNeverGivenAgain) {
  ObjectRegistry registry;
  std::set<uint32_t> seen;
  registry.BeginTick(nullptr);
  const uint32_t pod = registry.Pod("uid").number;
  const uint32_t container = registry.Container("id").number;
  EXPECT_NE(pod, 0u);
  EXPECT_NE(container, 0u);
  EXPECT_NE(pod, container);
  seen = {pod, container};
  registry.EndTick();
  registry.BeginTick(nullptr);
  EXPECT_EQ(registry.Pod("uid").number, pod);
  registry.EndTick();
  // The container was away for a while, and is known still.
  registry.BeginTick(nullptr);
  EXPECT_EQ(registry.Container("id").number, container);
  registry.EndTick();
  for (uint64_t i = 0; i <= ObjectRegistry::kForgetAfterTicks + 1; ++i) {
    registry.BeginTick(nullptr);
    registry.EndTick();
  }
  registry.BeginTick(nullptr);
  EXPECT_EQ(registry.FindContainer("id"), nullptr);
  EXPECT_FALSE(seen.contains(registry.Pod("uid").number));
  EXPECT_FALSE(seen.contains(registry.Container("id").number));
}

TEST(ObjectRegistry, IdentitiesChangeWithTheNamesAlone) {
  ObjectRegistry registry;
  registry.BeginTick(nullptr);
  PodObject& pod = registry.Pod("uid");
  ContainerObject& container = registry.Container("id");
  container.path_pod_uid = "uid";
  container.pod_number = pod.number;
  const auto unnamed = registry.IdentityOf(pod);
  EXPECT_EQ(unnamed->pod_uid, "uid");
  EXPECT_EQ(unnamed->pod_name, "");
  EXPECT_EQ(unnamed->kind, ObjectKind::kPod);
  const auto unnamed_container = registry.IdentityOf(container);
  EXPECT_EQ(unnamed_container->container_id, "id");
  EXPECT_EQ(unnamed_container->pod_object, pod.number);

  registry.BeginTick(Names("web"));
  registry.Container("id");
  const auto named = registry.IdentityOf(pod);
  EXPECT_NE(named, unnamed);
  EXPECT_EQ(named->object, unnamed->object);
  EXPECT_EQ(named->pod_name, "web");
  EXPECT_EQ(named->namespace_name, "shop");
  EXPECT_EQ(named->labels.at("app"), "x");
  const auto named_container = registry.IdentityOf(container);
  EXPECT_EQ(named_container->container_name, "main");
  EXPECT_EQ(named_container->pod_name, "web");
  EXPECT_EQ(named_container->container_type, ContainerType::kApp);
  EXPECT_EQ(named_container->started_at_ms, 123);
  EXPECT_EQ(named_container->restart_count, 4u);

  registry.BeginTick(Names("web"));  // another table that says the same
  registry.Container("id");
  EXPECT_EQ(registry.IdentityOf(pod), named);
  EXPECT_EQ(registry.IdentityOf(container), named_container);

  pod.host_network = true;
  EXPECT_NE(registry.IdentityOf(pod), named);
  EXPECT_TRUE(registry.IdentityOf(pod)->host_network);
}

TEST(ObjectRegistry, KnowsWhosePodsHaveNames) {
  ObjectRegistry registry;
  registry.BeginTick(Names("web"));
  EXPECT_TRUE(registry.HasNamedContainers("uid"));
  EXPECT_FALSE(registry.HasNamedContainers("other"));
  EXPECT_EQ(registry.FindPodName("other"), nullptr);
}

}  // namespace
}  // namespace kubemonitor

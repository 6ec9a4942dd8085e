// Any bytes as a page of a list of Kubernetes' objects, of the kind that the first letter chooses:
// read alike in one piece and in many, bounded, and kept by the cache as they were read.

#include <string>
#include <variant>
#include <vector>

#include "apiserver/kubernetes/api_readers.h"
#include "apiserver/kubernetes/cluster_cache.h"
#include "apiserver/kubernetes/cluster_testing.h"
#include "common/text.h"
#include "fuzz/fuzzing.h"

namespace kubemonitor {
namespace {

struct Page {
  bool ok = false;
  std::vector<KubeObject> objects;
  std::string version, token;
};

Page ReadPage(KubeKind kind, std::string_view bytes, size_t piece) {
  Page page;
  ListReader reader(kind,
                    [&page](KubeObject object) { page.objects.push_back(std::move(object)); });
  page.ok = true;
  for (size_t at = 0; at < bytes.size() && page.ok; at += piece) {
    page.ok = reader.Write(bytes.substr(at, piece)).ok();
  }
  page.ok = page.ok && reader.Finish().ok();
  page.version = reader.resource_version();
  page.token = reader.continue_token();
  return page;
}

void CheckPod(const PodObject& object) {
  const KubePod& pod = object.pod;
  Require(!pod.name.empty() && !pod.uid.empty(), "a pod has a name and a uid");
  Require(pod.name.size() <= 253 && IsValidUtf8(pod.name), "names are bounded and UTF-8");
  Require(pod.containers.size() <= 3 * 512 && pod.labels.size() <= 256, "lists are bounded");
  Interner interner;
  const KubePod back = PackedPod(pod, &interner).Unpack();
  Require(testing::Describe(back) == testing::Describe(pod), "a packed pod comes back");
}

void Check(std::string_view bytes) {
  const KubeKind kind = kKubeKinds[CutChoice(bytes, kKubeKinds.size())];
  const Page whole = ReadPage(kind, bytes, bytes.size() + 1);
  const Page pieces = ReadPage(kind, bytes, 3);
  Require(whole.ok == pieces.ok && whole.objects.size() == pieces.objects.size(),
          "pieces are read as the whole is");
  Require(whole.version == pieces.version && whole.token == pieces.token, "and so is the rest");
  Require(!whole.ok || !whole.version.empty(), "a list has a version");
  ClusterCache cache;
  cache.BeginList(kind);
  for (const KubeObject& object : whole.objects) {
    if (const auto* pod = std::get_if<PodObject>(&object)) CheckPod(*pod);
    Require(cache.Put(kind, object, 1'000), "there is room");
  }
  cache.EndList(kind, 1'000);
  Require(cache.Count(kind) <= whole.objects.size(), "no more than was read");
  uint64_t pods = 0;
  const auto cluster = cache.Publish();
  cluster->ForEachPod(std::nullopt, std::nullopt, [&](const KubePod& pod) {
    ++pods;
    Require(cluster->FindPod(pod.uid, {}, "", "").has_value(), "a pod is found by its uid");
  });
  Require(kind != KubeKind::kPod || pods == cache.Count(kind), "all pods that exist are there");
  cache.BeginList(kind);
  cache.EndList(kind, 2'000);
  Require(cache.Count(kind) == 0, "an empty list leaves nothing");
}

}  // namespace
}  // namespace kubemonitor

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  kubemonitor::Check(kubemonitor::TextOf(data, size));
  return 0;
}

#include "simulator/kubernetes/list.h"

#include <utility>

namespace kubemonitor {
namespace {

constexpr size_t kChunkBytes = 64 * 1024;

void WriteHead(const ApiRequest& request, const ListPage& page, JsonWriter* json) {
  const Resource resource = request.resource;
  json->StartObject();
  json->TextField("kind", request.metadata_only ? "PartialObjectMetadataList"
                                                : std::string(InfoOf(resource).kind) + "List");
  json->TextField("apiVersion", request.metadata_only ? "meta.k8s.io/v1" : ApiVersionOf(resource));
  json->Key("metadata");
  json->StartObject();
  json->TextField("resourceVersion", std::to_string(page.revision));
  if (page.next) {
    json->TextField("continue", FormatToken(*page.next));
    json->UnsignedFieldIf("remainingItemCount", page.next->remaining);
  }
  json->EndObject();
  json->Key("items");
  json->StartArray();
}

struct ListWriter {
  ListWriter(const ClusterObjects& o, ListPage p, bool m)
      : objects(o), page(std::move(p)), metadata_only(m) {}

  const ClusterObjects& objects;
  const ListPage page;
  const bool metadata_only;
  JsonWriter json;
  size_t next = 0;
  bool ended = false;
};

uint64_t CountAll(const ObjectSource& source, Revision at) {
  std::vector<ObjectState> states;
  uint64_t count = 0;
  for (uint32_t place = 0; place < source.Places(); ++place) {
    states.clear();
    source.AtPlace(place, at, &states);
    count += states.size();
  }
  return count;
}

}  // namespace

ListPage EmptyPage(Revision at) {
  ListPage out;
  out.revision = at;
  return out;
}

ListPage MakePage(const ClusterObjects& objects, const ApiRequest& request, Revision at) {
  const ObjectSource& source = objects.of(request.resource);
  const ContinueToken from = request.token.value_or(ContinueToken{});
  // Any version will do: then it is told in one go.
  const uint64_t limit = request.version == Revision{0} ? 0 : request.limit;
  ListPage out = EmptyPage(at);
  std::vector<ObjectState> states;
  uint32_t place = from.place;
  for (uint32_t skip = from.skip; place < source.Places() && !out.next; ++place, skip = 0) {
    states.clear();
    source.AtPlace(place, at, &states);
    for (uint32_t i = skip; i < states.size(); ++i) {
      if (!request.selector.selects_all() &&
          !request.selector.Matches(source, states[i], source.MetaOf(states[i]))) {
        continue;
      }
      if (limit != 0 && out.states.size() == limit) {
        out.next = ContinueToken{at, place, i, std::nullopt};
        break;
      }
      out.states.push_back(states[i]);
    }
  }
  // Left out where it is not known without looking at all of them.
  if (!out.next || !request.selector.selects_all()) return out;
  const bool first = !request.token.has_value();
  const auto before = first ? CountAll(source, at) : from.remaining;
  if (before && *before >= out.states.size()) out.next->remaining = *before - out.states.size();
  return out;
}

HttpResponse ListResponse(const ClusterObjects& objects, const ApiRequest& request, ListPage page) {
  HttpResponse out;
  out.headers = {{"Content-Type", "application/json"}, {"Cache-Control", "no-cache, private"}};
  auto writer = std::make_shared<ListWriter>(objects, std::move(page), request.metadata_only);
  WriteHead(request, writer->page, &writer->json);
  out.source = [writer](std::string* chunk) {
    if (writer->ended) return false;
    const std::vector<ObjectState>& states = writer->page.states;
    for (; writer->next < states.size() && writer->json.size() < kChunkBytes; ++writer->next) {
      const ObjectState& state = states[writer->next];
      writer->objects.Write(state, writer->objects.of(state.ref.resource).MetaOf(state), false,
                            !writer->metadata_only, &writer->json);
    }
    if (writer->next == states.size()) {
      writer->json.EndArray();
      writer->json.EndObject();
      writer->ended = true;
    }
    writer->json.Take(chunk);
    return true;
  };
  return out;
}

std::string EventLine(const ClusterObjects& objects, std::string_view type,
                      const ObjectState& state, bool metadata_only) {
  JsonWriter json;
  json.StartObject();
  json.TextField("type", type);
  json.Key("object");
  objects.Write(state, objects.of(state.ref.resource).MetaOf(state), true, !metadata_only, &json);
  json.EndObject();
  std::string out;
  json.Take(&out);
  out.push_back('\n');
  return out;
}

BodySource AddedEvents(const ClusterObjects& objects, const ApiRequest& request, ListPage page) {
  return [&objects, metadata_only = request.metadata_only, next = size_t{0},
          states = std::move(page.states)](std::string* chunk) mutable {
    if (next == states.size()) return false;
    chunk->clear();
    for (; next < states.size() && chunk->size() < kChunkBytes; ++next) {
      *chunk += EventLine(objects, "ADDED", states[next], metadata_only);
    }
    return true;
  };
}

}  // namespace kubemonitor

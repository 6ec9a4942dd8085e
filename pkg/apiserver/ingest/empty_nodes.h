#ifndef KUBEMONITOR_APISERVER_INGEST_EMPTY_NODES_H_
#define KUBEMONITOR_APISERVER_INGEST_EMPTY_NODES_H_

// Nodes that are shown although nothing of them is stored: the clock is refused, say. Anybody can
// make up names of them, and each takes a place in the store for as long as the retention, so that
// they may have a part of the places only.

#include <cstddef>
#include <cstdint>
#include <string>
#include <unordered_map>

#include "common/mutex.h"

namespace kubemonitor {

// Thread-safe. Times are of the boot clock.
class EmptyNodes {
 public:
  EmptyNodes(size_t places, uint64_t retention_usec)
      : places_(places), retention_usec_(retention_usec) {}

  // True: the node may be shown; it keeps its place until the retention has passed since.
  bool Admit(const std::string& name, uint64_t now_usec);
  // Something of the node is stored: it is none of these any more.
  void Remove(const std::string& name);

 private:
  const size_t places_;
  const uint64_t retention_usec_;
  Mutex mutex_;
  std::unordered_map<std::string, uint64_t> shown_usec_ GUARDED_BY(mutex_);
};

}  // namespace kubemonitor

#endif  // KUBEMONITOR_APISERVER_INGEST_EMPTY_NODES_H_

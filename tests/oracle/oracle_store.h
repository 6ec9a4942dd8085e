#ifndef KUBEMONITOR_TESTS_ORACLE_ORACLE_STORE_H_
#define KUBEMONITOR_TESTS_ORACLE_ORACLE_STORE_H_

#include <memory>

#include "apiserver/store/store.h"

namespace kubemonitor {

// The store in its plainest form, ordered maps of whole rows under one lock: slow, large, and
// simple enough to be believed. Tests hold the real one against it.
std::unique_ptr<Store> NewOracleStore(StoreOptions options);

}  // namespace kubemonitor

#endif  // KUBEMONITOR_TESTS_ORACLE_ORACLE_STORE_H_

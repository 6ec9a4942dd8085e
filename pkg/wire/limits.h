#ifndef KUBEMONITOR_WIRE_LIMITS_H_
#define KUBEMONITOR_WIRE_LIMITS_H_

// What one request may hold. The same numbers bound what the collector sends and what the server
// reads.

#include <cstddef>

namespace kubemonitor {

inline constexpr size_t kMaxRequestBytes = size_t{16} << 20;
inline constexpr size_t kMaxTicksPerRequest = 4096;
inline constexpr size_t kMaxObjectsPerSet = 20'000;
inline constexpr size_t kMaxColumnsPerSet = 64;
inline constexpr size_t kMaxIdentitiesPerRequest = 2 * kMaxObjectsPerSet;
inline constexpr size_t kMaxMetricsPerRequest = 50'000;
inline constexpr size_t kMaxBlocksPerRequest = 64;
// Of one block; what is larger is sent as ticks.
inline constexpr size_t kMaxHistoryBlockBytes = size_t{8} << 20;
// All messages inside one request, at any depth: parsed they take some 100 bytes each, however
// short they are on the wire.
inline constexpr size_t kMaxMessagesPerRequest = 500'000;

// Details of the newest tick.
inline constexpr size_t kMaxDetailsPerTick = 2 * kMaxObjectsPerSet;
inline constexpr size_t kMaxDevices = 4096;  // disks or interfaces of one object
inline constexpr size_t kMaxUnits = 4096;
inline constexpr size_t kMaxProcesses = 1024;

// Lengths in bytes.
inline constexpr size_t kMaxObjectName = 253;  // names of nodes and pods
inline constexpr size_t kMaxLabelValue = 63;   // namespaces, container names, label values
inline constexpr size_t kMaxLabelKey = 317;    // prefix 253, slash, name 63
inline constexpr size_t kMaxLabels = 256;
inline constexpr size_t kMaxId = 128;  // uids, container ids, boot and instance ids, versions
inline constexpr size_t kMaxDeviceName =
    256;  // devices, interfaces, users, kernel and runtime versions
inline constexpr size_t kMaxUnitName = 512;
inline constexpr size_t kMaxProcessName = 64;    // comm has at most 15
inline constexpr size_t kMaxCommandLine = 4096;  // and executables

// Numbers above are no measurements: they are negative 64-bit integers of a confused sender.
inline constexpr unsigned long long kMaxValue = 0x7fff'ffff'ffff'ffffULL;

}  // namespace kubemonitor

#endif  // KUBEMONITOR_WIRE_LIMITS_H_

#ifndef KUBEMONITOR_BENCH_MICRO_MODEL_HOUR_H_
#define KUBEMONITOR_BENCH_MICRO_MODEL_HOUR_H_

// A simulated node's hour, made by the model that kubemonitor-simulator sends from, in the forms
// that the parts under measurement take.

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "common/node_report.h"
#include "common/open_block.h"
#include "simulator/model.h"

namespace kubemonitor::bench {

inline constexpr int64_t kIntervalMs = 10'000;
inline constexpr size_t kTicksPerBlock = kBlockSpanMs / kIntervalMs;
inline constexpr size_t kTicksPerHour = 360;
inline constexpr int64_t kHourStartMs = 1'790'000'100'000;  // a multiple of a block's span
static_assert(kHourStartMs % kBlockSpanMs == 0);

// 30 pods of two containers a node.
ModelOptions BenchModel();

// Object numbers as the store gives them out: pods and their containers in order, from 1.
std::vector<Identity> IdentitiesOf(const Model& model, uint32_t node);

// All ticks of an hour from kHourStartMs.
std::vector<Tick> HourOf(const Model& model, uint32_t node);

uint64_t SamplesOf(const Tick& tick);

// A report of the ticks [first, first + count); the first one of an hour has the identities.
NodeReport ReportOf(const Model& model, uint32_t node, const std::vector<Tick>& hour, size_t first,
                    size_t count);

// Appends the ticks [first, first + count), which are of one block.
OpenBlock OpenBlockOf(const std::vector<Tick>& hour, size_t first, size_t count);
void AppendTick(const Tick& tick, std::vector<ObjectRow>* rows, OpenBlock* block);

std::vector<uint8_t> SealBlock(const OpenBlock& block, const std::string& boot_id);

// Writes the columns of a block and of an hour to files in `directory`, for general compressors,
// and prints how many samples they have and the bytes of the same in blocks, as JSON. The exit
// code.
int DumpColumns(const std::string& directory);

}  // namespace kubemonitor::bench

#endif  // KUBEMONITOR_BENCH_MICRO_MODEL_HOUR_H_

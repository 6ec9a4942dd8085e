#include "apiserver/store/node_details.h"

#include <string>

namespace kubemonitor {
namespace {

size_t TextBytes(const std::string& text) {
  return text.capacity() < sizeof(std::string) / 2 ? 0 : text.capacity() + 1;
}

}  // namespace

size_t MemoryBytesOf(const NodeDetails& details) {
  size_t bytes = sizeof(details) + details.disks.capacity() * sizeof(DeviceUsage) +
                 details.interfaces.capacity() * sizeof(InterfaceUsage) +
                 details.units.capacity() * sizeof(UnitUsage) +
                 details.processes.capacity() * sizeof(ProcessUsage) +
                 TextBytes(details.kernel_version) + TextBytes(details.runtime);
  for (const UnitUsage& unit : details.units) bytes += TextBytes(unit.name);
  for (const ProcessUsage& process : details.processes) {
    bytes += TextBytes(process.name) + TextBytes(process.command_line) +
             TextBytes(process.executable) + TextBytes(process.user) + TextBytes(process.unit);
  }
  return bytes;
}

}  // namespace kubemonitor

#include "apiserver/store/packed_details.h"

#include <cstring>

#include "apiserver/store/byte_codec.h"

namespace kubemonitor {
namespace {

constexpr uint8_t kLimitsOnly = 0, kWithDevices = 1;

void Write(const DeviceUsage& disk, ByteWriter* out) {
  out->Text(disk.name);
  for (const auto* value :
       {&disk.read_bytes, &disk.write_bytes, &disk.read_operations, &disk.write_operations}) {
    out->Optional(*value);
  }
}

DeviceUsage ReadDisk(ByteReader* in) {
  DeviceUsage disk;
  disk.name = in->Text();
  for (auto* value :
       {&disk.read_bytes, &disk.write_bytes, &disk.read_operations, &disk.write_operations}) {
    *value = in->Optional();
  }
  return disk;
}

void Write(const InterfaceUsage& interface, ByteWriter* out) {
  out->Text(interface.name);
  out->Byte(interface.counted ? 1 : 0);
  for (const auto* value :
       {&interface.rx_bytes, &interface.tx_bytes, &interface.rx_packets, &interface.tx_packets,
        &interface.rx_errors, &interface.tx_errors, &interface.rx_dropped, &interface.tx_dropped}) {
    out->Optional(*value);
  }
}

InterfaceUsage ReadInterface(ByteReader* in) {
  InterfaceUsage interface;
  interface.name = in->Text();
  interface.counted = in->Byte() != 0;
  for (auto* value :
       {&interface.rx_bytes, &interface.tx_bytes, &interface.rx_packets, &interface.tx_packets,
        &interface.rx_errors, &interface.tx_errors, &interface.rx_dropped, &interface.tx_dropped}) {
    *value = in->Optional();
  }
  return interface;
}

}  // namespace

PackedDetails::PackedDetails(const ObjectDetails& details, Interner* interner) {
  const bool devices = !details.disks.empty() || !details.interfaces.empty();
  ByteWriter out;
  out.Byte(devices ? kWithDevices : kLimitsOnly);
  for (const auto* value : {&details.cpu_limit_millicores, &details.memory_limit_bytes,
                            &details.pids_limit, &details.oom_events}) {
    out.Optional(*value);
  }
  if (!devices) {
    bytes_ = interner->Intern(out.bytes());
    return;
  }
  out.Varint(details.disks.size());
  for (const DeviceUsage& disk : details.disks) Write(disk, &out);
  out.Varint(details.interfaces.size());
  for (const InterfaceUsage& interface : details.interfaces) Write(interface, &out);
  bytes_ = SharedBytes(out.bytes());
}

ObjectDetails PackedDetails::Unpack() const {
  ObjectDetails details;
  ByteReader in(bytes_.view());
  const uint8_t form = in.Byte();
  for (auto* value : {&details.cpu_limit_millicores, &details.memory_limit_bytes,
                      &details.pids_limit, &details.oom_events}) {
    *value = in.Optional();
  }
  if (form == kLimitsOnly) return details;
  details.disks.resize(in.Varint());
  for (DeviceUsage& disk : details.disks) disk = ReadDisk(&in);
  details.interfaces.resize(in.Varint());
  for (InterfaceUsage& interface : details.interfaces) interface = ReadInterface(&in);
  return details;
}

size_t PackedDetails::MemoryBytes() const {
  const bool interned = bytes_.empty() || ByteReader(bytes_.view()).Byte() == kLimitsOnly;
  return interned ? 0 : bytes_.MemoryBytes();
}

SharedBytes KeptObjectDetails::Pack(const ReadAt& at) {
  return SharedBytes({reinterpret_cast<const char*>(&at), sizeof(at)});
}

KeptObjectDetails::ReadAt KeptObjectDetails::Unpack(const SharedBytes& at) {
  ReadAt unpacked;
  if (!at.empty()) std::memcpy(&unpacked, at.view().data(), sizeof(unpacked));
  return unpacked;
}

void KeptObjectDetails::Offer(const ReadAt& at, const SharedBytes& packed_at,
                              const ObjectDetails& details, Interner* interner) {
  const bool known = newest_ != nullptr;
  const ReadAt newest_at = Unpack(newest_at_);
  if (known && at.tick_ms <= newest_at.tick_ms) return;
  const bool same_boot = known && at.epoch == newest_at.epoch;
  previous_ = same_boot ? std::move(newest_) : PackedDetails();
  previous_at_ = same_boot ? std::move(newest_at_) : SharedBytes();
  newest_ = PackedDetails(details, interner);
  newest_at_ = packed_at;
}

}  // namespace kubemonitor

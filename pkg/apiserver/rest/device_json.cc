#include "apiserver/rest/device_json.h"

namespace kubemonitor {

void WriteDisks(const std::vector<DeviceRate>& disks, JsonWriter* json) {
  json->Key("disks");
  json->StartArray();
  for (const DeviceRate& disk : disks) {
    json->StartObject();
    json->TextField("name", disk.total.name);
    json->UnsignedFieldIf("readBytes", disk.total.read_bytes);
    json->UnsignedFieldIf("writeBytes", disk.total.write_bytes);
    json->UnsignedFieldIf("readOperations", disk.total.read_operations);
    json->UnsignedFieldIf("writeOperations", disk.total.write_operations);
    json->NumberFieldIf("readBytesPerSecond", disk.read_bytes_per_second);
    json->NumberFieldIf("writeBytesPerSecond", disk.write_bytes_per_second);
    json->EndObject();
  }
  json->EndArray();
}

void WriteInterfaces(const std::vector<InterfaceRate>& interfaces, JsonWriter* json) {
  json->Key("interfaces");
  json->StartArray();
  for (const InterfaceRate& interface : interfaces) {
    json->StartObject();
    json->TextField("name", interface.total.name);
    json->UnsignedFieldIf("rxBytes", interface.total.rx_bytes);
    json->UnsignedFieldIf("txBytes", interface.total.tx_bytes);
    json->UnsignedFieldIf("rxPackets", interface.total.rx_packets);
    json->UnsignedFieldIf("txPackets", interface.total.tx_packets);
    json->UnsignedFieldIf("rxErrors", interface.total.rx_errors);
    json->UnsignedFieldIf("txErrors", interface.total.tx_errors);
    json->UnsignedFieldIf("rxDropped", interface.total.rx_dropped);
    json->UnsignedFieldIf("txDropped", interface.total.tx_dropped);
    json->NumberFieldIf("rxBytesPerSecond", interface.rx_bytes_per_second);
    json->NumberFieldIf("txBytesPerSecond", interface.tx_bytes_per_second);
    json->BoolField("counted", interface.total.counted);
    json->EndObject();
  }
  json->EndArray();
}

}  // namespace kubemonitor

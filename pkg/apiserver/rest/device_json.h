#ifndef KUBEMONITOR_APISERVER_REST_DEVICE_JSON_H_
#define KUBEMONITOR_APISERVER_REST_DEVICE_JSON_H_

#include <vector>

#include "apiserver/query/query.h"
#include "common/json_writer.h"

namespace kubemonitor {

// "disks": […] and "interfaces": […], as keys of the object being written.
void WriteDisks(const std::vector<DeviceRate>& disks, JsonWriter* json);
void WriteInterfaces(const std::vector<InterfaceRate>& interfaces, JsonWriter* json);

}  // namespace kubemonitor

#endif  // KUBEMONITOR_APISERVER_REST_DEVICE_JSON_H_

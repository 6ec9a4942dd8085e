#ifndef KUBEMONITOR_WIRE_REPORT_JSON_H_
#define KUBEMONITOR_WIRE_REPORT_JSON_H_

// A report as a person reads it: the shape of the request, with series by name. For --dry-run.

#include <string>

#include "common/node_report.h"

namespace kubemonitor {

// One JSON object, indented, valid UTF-8 whatever bytes names and command lines hold. What was not
// measured is not there.
std::string ReportToJson(const NodeReport& report);

}  // namespace kubemonitor

#endif  // KUBEMONITOR_WIRE_REPORT_JSON_H_

#ifndef KUBEMONITOR_APISERVER_KUBERNETES_CRON_JOB_NAME_H_
#define KUBEMONITOR_APISERVER_KUBERNETES_CRON_JOB_NAME_H_

#include <string_view>

namespace kubemonitor {

// The CronJob of a Job with such a name, <cronjob>-<minutes since 1970>: a part of it. Empty: it is
// of none.
std::string_view CronJobOf(std::string_view job);

}  // namespace kubemonitor

#endif  // KUBEMONITOR_APISERVER_KUBERNETES_CRON_JOB_NAME_H_

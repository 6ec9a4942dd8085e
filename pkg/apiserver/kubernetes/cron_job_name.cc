#include "apiserver/kubernetes/cron_job_name.h"

#include <algorithm>

namespace kubemonitor {
namespace {

constexpr size_t kMinStampDigits = 8;  // minutes since 1970
constexpr size_t kMaxStampDigits = 10;

}  // namespace

std::string_view CronJobOf(std::string_view job) {
  const size_t dash = job.rfind('-');
  if (dash == std::string_view::npos || dash == 0) return {};
  const std::string_view stamp = job.substr(dash + 1);
  const bool digits =
      std::all_of(stamp.begin(), stamp.end(), [](char c) { return c >= '0' && c <= '9'; });
  if (!digits || stamp.size() < kMinStampDigits || stamp.size() > kMaxStampDigits) return {};
  return job.substr(0, dash);
}

}  // namespace kubemonitor

#ifndef KUBEMONITOR_SIMULATOR_KUBERNETES_CONTROL_HELP_H_
#define KUBEMONITOR_SIMULATOR_KUBERNETES_CONTROL_HELP_H_

namespace kubemonitor {

// How to make the fake API misbehave (faults.h), for --help.
inline constexpr char kControlHelp[] =
    "GET /control?mode=MODE of the same address makes it misbehave until mode=ok: hang (no answer, "
    "watches fall silent), error&status=500 (any code), throttle&seconds=1 (429 with Retry-After), "
    "forbidden (403), these three with &kind=pods for one resource only; unauthorized (401 until a "
    "request comes with another token), slow&millis=1000, empty (nothing exists), gone (watches "
    "from versions that are too old get HTTP 410 instead of an ERROR event). At once and without a "
    "mode: drop, cut (in the middle of a line) or expire (ERROR event 410) all watches, and "
    "compact "
    "(all versions up to now are too old). Without mode it tells the present one, and counts.";

}  // namespace kubemonitor

#endif  // KUBEMONITOR_SIMULATOR_KUBERNETES_CONTROL_HELP_H_

#!/usr/bin/env bash
# Both programs for so many minutes (MINUTES, default 30) with churn, restarts and questions: nothing may grow. 144 minutes are a day of ticks.
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/lib/setup.sh"
require_debian scripts/soak.sh "$@"
need "${PACKAGES_BUILD[@]}"
build release kubemonitor-collector kubemonitor-apiserver kubemonitor-simulator
exec python3 tests/faults/soak.py out/bin/kubemonitor-collector out/bin/kubemonitor-apiserver out/bin/kubemonitor-simulator \
  --minutes "${MINUTES:-30}"

#!/usr/bin/env bash
# The real node in a virtual machine, once per cgroup driver (or the one named), against the release build.
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/lib/setup.sh"
require_debian scripts/e2e.sh "$@"
need "${PACKAGES_BUILD[@]}" "${PACKAGES_VM[@]}"
build release
status=0
for driver in "${@:-cgroupfs systemd}"; do
  for each in $driver; do python3 tests/e2e/e2e_test.py --driver "$each" --bin out/bin || status=1; done
done
exit $status

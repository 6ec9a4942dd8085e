#!/usr/bin/env bash
# A simulated cluster of 5,000 nodes: an hour back-filled, 15 minutes live, every answer compared with the simulator's own arithmetic.
# Smaller: scripts/verify-large.sh --nodes 100 --namespaces 50 --deployments 600 --minutes 1 (tests/large/verify.py --help).
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/lib/setup.sh"
require_debian scripts/verify-large.sh "$@"
need "${PACKAGES_BUILD[@]}" "${PACKAGES_BENCH[@]}"
build release kubemonitor-apiserver kubemonitor-simulator
build bench expected_values
exec python3 tests/large/verify.py --bin out/bin "$@"

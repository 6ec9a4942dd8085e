#!/usr/bin/env bash
# A simulated cluster of 5,000 nodes: an hour back-filled, 15 minutes live, every answer compared with the simulator's own arithmetic; its
# server killed and restarted; all Kubernetes objects beside them; then small clusters of 500 seeds (SEEDS) whose server is killed again and again.
# Smaller: SEEDS=8 scripts/verify-large.sh --nodes 100 --namespaces 50 --deployments 600 --minutes 1 (tests/large/verify.py --help).
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/lib/setup.sh"
require_debian scripts/verify-large.sh "$@"
need "${PACKAGES_BUILD[@]}" "${PACKAGES_BENCH[@]}"
build release kubemonitor-apiserver kubemonitor-simulator
build bench expected_values
python3 tests/large/verify.py --bin out/bin "$@"
python3 tests/large/restart.py --bin out/bin "$@"
python3 tests/large/kubernetes.py --bin out/bin "$@"
exec python3 tests/faults/restarts_test.py out/bin/kubemonitor-simulator out/bin/kubemonitor-apiserver --seeds "${SEEDS:-500}" --parallel 12

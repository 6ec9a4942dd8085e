#!/usr/bin/env bash
# The collector's cost on a real node with 220 containers, beside bare loops that read the same files. Prints a Markdown table.
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/lib/setup.sh"
require_debian scripts/bench-collector.sh "$@"
need "${PACKAGES_BUILD[@]}" "${PACKAGES_VM[@]}"
build release
exec python3 tests/e2e/bench_collector.py --bin out/bin "$@"

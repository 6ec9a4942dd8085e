#!/usr/bin/env bash
# What the codec, the store and the whole API server cost: Markdown tables. SIZE=small (10 and 100 nodes, two minutes; the default),
# medium (1,000 too) or large (5,000 too). Arguments go to bench/cluster.py (--help).
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/lib/setup.sh"
require_debian scripts/bench.sh "$@"
need "${PACKAGES_BUILD[@]}" "${PACKAGES_BENCH[@]}"
size=${SIZE:-small}
case $size in
  small | medium | large) ;;
  *) die "SIZE is '$size': small, medium or large" ;;
esac
build release kubemonitor-apiserver kubemonitor-simulator
build bench kubemonitor-micro
say "measuring in process"
python3 bench/micro.py | tee out/bench-micro.md
say "measuring whole processes, size $size"
exec python3 bench/cluster.py --bin out/bin --size "$size" "$@"

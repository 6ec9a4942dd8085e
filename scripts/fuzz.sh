#!/usr/bin/env bash
# Every fuzz target for so many minutes of one processor (MINUTES, default 20), as many at a time as there are processors; TARGETS chooses some.
# What is found stays in out/fuzz/TARGET: crash-* is an input that breaks a promise, corpus/ what was new.
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/lib/setup.sh"
require_debian scripts/fuzz.sh "$@"
need "${PACKAGES_BUILD[@]}" "${PACKAGES_TEST[@]}" "${PACKAGES_FUZZ[@]}"
build fuzz fuzz
read -r -a targets <<<"${TARGETS:-$(cd tests/fuzz/corpus && echo *)}"
export SECONDS_EACH=$((${MINUTES:-20} * 60)) ROOT

fuzz_one() {
  local target=$1 found=$ROOT/out/fuzz/$1
  mkdir -p "$found/corpus"
  cd "$found"
  "$ROOT/out/build/fuzz/tests/${target}_fuzz" -max_total_time="$SECONDS_EACH" -max_len=4096 -timeout=20 -rss_limit_mb=2048 \
    -print_final_stats=1 corpus "$ROOT/tests/fuzz/corpus/$target" >log 2>&1 || { echo "$target: see $found"; tail -n 5 log; return 1; }
  echo "$target: $(sed -n 's/^stat::number_of_executed_units: //p' log) inputs, no finding"
}
export -f fuzz_one
say "fuzzing ${targets[*]}, ${MINUTES:-20} minutes each"
printf '%s\n' "${targets[@]}" | xargs -P "$(nproc)" -I{} bash -c 'fuzz_one {}'

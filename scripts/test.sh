#!/usr/bin/env bash
# Builds everything and runs every test. Installs the Debian packages it needs.
#   --no-vm      leave the real node in the virtual machine out
#   --unit-only  only the address-sanitizer build's tests
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/lib/setup.sh"
vm=yes unit_only=no
for argument in "$@"; do
  case $argument in
    --no-vm) vm=no ;;
    --unit-only) unit_only=yes vm=no ;;
    *) die "unknown argument '$argument' (known: --no-vm, --unit-only)" ;;
  esac
done
require_debian scripts/test.sh "$@"
need "${PACKAGES_BUILD[@]}" "${PACKAGES_TEST[@]}"
[ $vm = no ] || need "${PACKAGES_VM[@]}"
if [ $unit_only = yes ]; then need_space 8; else need_space 14; fi

passed=0 failed=0 summary=()
# run NAME COMMAND…: one suite; its ctest (or e2e) summary line is counted.
count() { # count NAME PASSED FAILED
  passed=$((passed + $2)) failed=$((failed + $3))
  summary+=("$(printf '%-52s %4d passed, %d failed' "$1" "$2" "$3")")
}
run_ctest() { # run_ctest NAME PRESET CTEST-ARGUMENTS…
  local name=$1 preset=$2 log=out/ctest-$2.log total bad; shift 2
  say "running: $name"
  ctest --test-dir "out/build/$preset" --output-on-failure -j2 "$@" 2>&1 | tee "$log" || true
  total=$(sed -nE 's/.* tests failed out of ([0-9]+).*/\1/p' "$log" | tail -n 1)
  bad=$(sed -nE 's/.*, ([0-9]+) tests failed out of [0-9]+.*/\1/p' "$log" | tail -n 1)
  if [ -z "$total" ] || [ "$total" = 0 ]; then total=1 bad=1; fi
  count "$name" $((total - bad)) "$bad"
}

build asan
find out/build/asan -name '*.gcda' -delete
run_ctest "AddressSanitizer and UndefinedBehaviorSanitizer" asan
say "line coverage of pkg/ (whole report: out/coverage.txt)"
gcovr --root . --object-directory out/build/asan --filter 'pkg/' --exclude '.*_test\.cc' --gcov-ignore-parse-errors -j 2 \
  >out/coverage.txt 2>out/coverage.log || { tail -n 5 out/coverage.log >&2; failed=$((failed + 1)); }
python3 scripts/lib/coverage_table.py out/coverage.txt || true

if [ $unit_only = no ]; then
  build tsan threads
  run_ctest "ThreadSanitizer, what has threads and is free of gRPC" tsan -L threads
fi

if [ $vm = yes ]; then
  build release
  for driver in cgroupfs systemd; do
    say "running: the real node in a virtual machine, cgroup driver $driver"
    log=out/e2e-$driver.log
    # An emulated machine on a busy one can lose seconds: a failed run is repeated once, and said.
    if ! python3 tests/e2e/e2e_test.py --driver "$driver" --bin out/bin 2>&1 | tee "$log"; then
      say "the real node with cgroup driver $driver FAILED once; running it a second time"
      summary+=("real node, cgroup driver $driver: first run failed, this is the second")
      python3 tests/e2e/e2e_test.py --driver "$driver" --bin out/bin 2>&1 | tee "$log" || true
    fi
    line=$(grep -oE '[0-9]+ passed, [0-9]+ failed$' "$log" | tail -n 1 || true)
    if [ -n "$line" ]; then
      count "real node, cgroup driver $driver" "$(echo "$line" | cut -d' ' -f1)" "$(echo "$line" | cut -d' ' -f3)"
    elif grep -q '^SKIPPED' "$log"; then
      summary+=("real node, cgroup driver $driver: $(grep '^SKIPPED' "$log" | tail -n 1)")
    else
      count "real node, cgroup driver $driver (ended without a summary)" 0 1
    fi
  done
fi

echo
printf '%s\n' "${summary[@]}"
say "took $((SECONDS - STARTED)) s"
echo "$passed passed, $failed failed"
[ "$failed" = 0 ]

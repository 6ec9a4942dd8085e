#!/usr/bin/env bash
# Builds everything and runs every test. Installs the Debian packages it needs.
#   --no-vm      leave the images and the real node in the virtual machine out
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
[ $unit_only = yes ] || need "${PACKAGES_WEB[@]}"
[ $vm = no ] || need "${PACKAGES_VM[@]}" "${PACKAGES_IMAGES[@]}"
if [ $unit_only = yes ]; then need_space 8; else need_space 14; fi

passed=0 failed=0 summary=()
# run NAME COMMAND…: one suite; its ctest (or e2e) summary line is counted.
count() { # count NAME PASSED FAILED
  passed=$((passed + $2)) failed=$((failed + $3))
  summary+=("$(printf '%-52s %4d passed, %d failed' "$1" "$2" "$3")")
}
run_ctest() { # run_ctest NAME PRESET CTEST-ARGUMENTS…
  local name=$1 preset=$2 log=out/ctest-$2.log total bad skipped; shift 2
  say "running: $name"
  ctest --test-dir "out/build/$preset" --output-on-failure -j2 "$@" 2>&1 | tee "$log" || true
  total=$(sed -nE 's/.* tests failed out of ([0-9]+).*/\1/p' "$log" | tail -n 1)
  bad=$(sed -nE 's/.*, ([0-9]+) tests failed out of [0-9]+.*/\1/p' "$log" | tail -n 1)
  if [ -z "$total" ] || [ "$total" = 0 ]; then total=1 bad=1; fi
  # ctest takes them for passed.
  mapfile -t skipped < <(sed -nE 's/.* - ([^ ]+) \(Skipped\).*/\1/p' "$log")
  count "$name" $((total - bad - ${#skipped[@]})) "$bad"
  [ ${#skipped[@]} = 0 ] || summary+=("${skipped[@]/#/SKIPPED (CONTRIBUTING.md says what they need): }")
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

# run_program NAME LOG TRIES COMMAND…: a test program of its own, counted by its last line "… N passed, N failed", or SKIPPED. An emulated machine
# on a busy one can lose seconds: with two tries a failed run is repeated, and said.
run_program() {
  local name=$1 log=$2 tries=$3 line; shift 3
  say "running: $name"
  until "$@" 2>&1 | tee "$log" || [ $((--tries)) -lt 1 ]; do
    say "$name FAILED; running it again"
    summary+=("$name: a run failed, this is the next")
  done
  line=$(grep -oE '[0-9]+ passed, [0-9]+ failed$' "$log" | tail -n 1 || true)
  if [ -n "$line" ]; then
    count "$name" "$(echo "$line" | cut -d' ' -f1)" "$(echo "$line" | cut -d' ' -f3)"
  elif grep -q '^SKIPPED' "$log"; then
    summary+=("$name: $(grep '^SKIPPED' "$log" | tail -n 1)")
  else
    count "$name (ended without a summary)" 0 1
  fi
}

if [ $unit_only = no ]; then
  build release
  run_program "the dashboard: lint, types, logic, browser" out/web-tests.log 2 env BIN="$ROOT/out/bin" npm --prefix web run --silent check
fi

if [ $vm = yes ]; then
  run_program "images, built offline" out/images.log 1 python3 tests/images/images_test.py --bin out/bin
  for driver in cgroupfs systemd; do
    run_program "real node, cgroup driver $driver" "out/e2e-$driver.log" 2 python3 tests/e2e/e2e_test.py --driver "$driver" --bin out/bin
  done
  run_program "real node, the collector's image as pods" out/e2e-image.log 2 python3 tests/e2e/image_e2e.py --driver systemd --bin out/bin
fi

echo
printf '%s\n' "${summary[@]}"
say "took $((SECONDS - STARTED)) s"
echo "$passed passed, $failed failed"
[ "$failed" = 0 ]

#!/usr/bin/env bash
# Format, layers, shell and clang-tidy on what changed since the last commit on the main branch (--all: on everything; --fix: mend the format).
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/lib/setup.sh"
require_debian scripts/lint.sh "$@"
need "${PACKAGES_BUILD[@]}" "${PACKAGES_TEST[@]}" "${PACKAGES_LINT[@]}"
fix=no all=no
for argument in "$@"; do
  case $argument in
    --fix) fix=yes ;;
    --all) all=yes ;;
    *) die "unknown argument '$argument' (known: --fix, --all)" ;;
  esac
done
mapfile -t sources < <(git ls-files '*.cc' '*.h')
if [ $fix = yes ]; then clang-format-19 -i "${sources[@]}"; fi
status=0
say "format"
clang-format-19 --dry-run --Werror "${sources[@]}" 2>&1 | head -n 20 || status=1
say "layers"
python3 scripts/lib/check_layers.py || status=1
say "tests are registered"
python3 scripts/lib/check_tests.py || status=1
say "shell"
shellcheck -x -S warning scripts/*.sh build/*.sh .ci/run || status=1

# What changed: since the branch left origin/main, or, on that branch itself, in the last commit.
base=$(git merge-base HEAD origin/main 2>/dev/null || true)
if [ -z "$base" ] || [ "$base" = "$(git rev-parse HEAD)" ]; then
  base=$(git rev-parse -q --verify HEAD~1 || git hash-object -t tree /dev/null)
fi
if [ $all = yes ]; then
  mapfile -t changed < <(git ls-files 'pkg/*.cc' 'cmd/*.cc' | grep -vE '_test(ing)?\.cc$')
else
  mapfile -t changed < <(git diff --name-only --diff-filter=d "$base" -- 'pkg/*.cc' 'cmd/*.cc' | grep -vE '_test(ing)?\.cc$' | head -n "${LINT_MAX:-40}")
fi
if [ ${#changed[@]} -gt 0 ]; then
  say "clang-tidy on ${#changed[@]} files"
  build dev kubemonitor_metrics_grpc kubemonitor_cri_proto >/dev/null
  printf '%s\n' "${changed[@]}" | xargs -P 2 -n 4 clang-tidy-19 -p out/build/dev --quiet 2>out/clang-tidy.err || status=1
fi
[ $status = 0 ] && say "lint: nothing found"
exit $status

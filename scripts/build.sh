#!/usr/bin/env bash
# Builds the programs into out/bin. Installs the Debian packages it needs.
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/lib/setup.sh"
require_debian scripts/build.sh "$@"
need "${PACKAGES_BUILD[@]}"
build release
say "built: $(cd out/bin && echo kubemonitor-*) in out/bin"

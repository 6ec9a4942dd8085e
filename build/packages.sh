#!/usr/bin/env bash
# packages.sh ARCH: in the images' build stage, the Debian packages that building for ARCH takes. For another architecture than the machine's the
# compilers and tools are the machine's, the libraries the other's.
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/../scripts/lib/setup.sh"
arch=$1
[ ! -d "/prebuilt/$arch" ] || exit 0   # a base that brings the programs (tests/images)
if [ "$arch" = "$(dpkg --print-architecture)" ]; then
  need "${PACKAGES_BUILD[@]}" ca-certificates
  exit 0
fi
as_root dpkg --add-architecture "$arch"
packages=("crossbuild-essential-$arch" ca-certificates)
for package in "${PACKAGES_BUILD[@]}"; do
  case $package in
    lib* | zlib*) packages+=("$package:$arch") ;;
    *) packages+=("$package") ;;
  esac
done
need "${packages[@]}"

#!/usr/bin/env bash
# programs.sh ARCH: in the images' build stage, makes /image/collector and /image/apiserver, the images' whole contents: stripped programs and
# what the C library asks for. The same source gives the same bytes.
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/../scripts/lib/setup.sh"
arch=$1
export NINJA_FLAGS=${NINJA_FLAGS:--j$(nproc)}
# An image without the dashboard would be no image of this version.
export CMAKE_ARGUMENTS="-DKUBEMONITOR_DASHBOARD=ON"
strip=strip bin=out/bin
if [ -d "/prebuilt/$arch" ]; then
  bin=/prebuilt/$arch
elif [ "$arch" = "$(dpkg --print-architecture)" ]; then
  build release kubemonitor-collector kubemonitor-apiserver
else
  strip=$(dpkg-architecture -a "$arch" -q DEB_HOST_GNU_TYPE)-strip
  CMAKE_ARGUMENTS+=" --toolchain cmake/cross-$arch.cmake"
  build release kubemonitor-collector kubemonitor-apiserver
fi
for program in collector apiserver; do
  mkdir -p "/image/$program/etc"
  "$strip" -o "/image/$program/kubemonitor-$program" "$bin/kubemonitor-$program"
  # Names of hosts come from /etc/hosts, then from DNS, as everywhere.
  echo 'hosts: files dns' >"/image/$program/etc/nsswitch.conf"
  chmod 755 "/image/$program/kubemonitor-$program"
done
find /image -exec touch --no-dereference --date "@${SOURCE_DATE_EPOCH:-0}" {} +

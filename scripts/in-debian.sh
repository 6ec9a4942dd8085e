#!/usr/bin/env bash
# in-debian.sh SCRIPT ARGS…: runs a script of this repository inside Debian 12: in a container if docker or podman is there, else in a
# root made by mmdebstrap below out/. Asks first when somebody is there to answer; KUBEMONITOR_IN_DEBIAN=yes agrees beforehand.
set -euo pipefail
ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
[ $# -ge 1 ] || { echo "usage: scripts/in-debian.sh scripts/SCRIPT.sh [ARGS…]" >&2; exit 2; }

engine=""
for candidate in podman docker; do
  if command -v "$candidate" >/dev/null && "$candidate" info >/dev/null 2>&1; then engine=$candidate; break; fi
done
if [ -n "$engine" ]; then
  how="a privileged debian:12 container ($engine)"
elif command -v mmdebstrap >/dev/null; then
  how="a Debian 12 root in out/debian12 (mmdebstrap)"
else
  echo "To build here, install docker or podman, or mmdebstrap, and run this again; or run it on a Debian 12 machine." >&2
  exit 1
fi
if [ "${KUBEMONITOR_IN_DEBIAN:-}" != yes ]; then
  [ -t 0 ] || { echo "Set KUBEMONITOR_IN_DEBIAN=yes to run it in $how." >&2; exit 1; }
  read -r -p "Run '$*' in $how? [y/N] " answer
  case $answer in y | Y | yes) ;; *) exit 1 ;; esac
fi

script=${1#"$ROOT"/}; shift
if [ -n "$engine" ]; then
  # The collector for this machine sees the machine only with its process and cgroup namespaces.
  flags=(--rm -i --privileged --pid host --cgroupns host --network host)
  [ ! -t 0 ] || flags+=(-t)
  exec "$engine" run "${flags[@]}" -v "$ROOT:/src" -w /src debian:12 "./$script" "$@"
fi
sudo=(); [ "$(id -u)" = 0 ] || sudo=(sudo --)
base=$ROOT/out/debian12
[ -e "$base/etc/debian_version" ] || "${sudo[@]}" mmdebstrap --variant=minbase bookworm "$base"
mount_root() {
  mkdir -p "$base/src"
  mount --rbind "$ROOT" "$base/src"; mount -t proc proc "$base/proc"; mount --rbind /dev "$base/dev"; mount --rbind /sys "$base/sys"
}
# A mount namespace of its own: nothing stays mounted afterwards.
export -f mount_root; export base ROOT
exec "${sudo[@]}" unshare --mount --propagation private env base="$base" ROOT="$ROOT" \
  bash -c "$(declare -f mount_root); mount_root && cp /etc/resolv.conf \"\$base/etc/\" && exec chroot \"\$base\" /bin/bash -c 'cd /src && exec \"\$@\"' -- \"\$@\"" -- "./$script" "$@"

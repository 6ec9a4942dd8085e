# Sourced by the scripts: where we are, what must be installed, and saying so. Bash.

ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
cd "$ROOT"
export CCACHE_DIR=${CCACHE_DIR:-$ROOT/out/ccache}
export LC_ALL=C.UTF-8
STARTED=$SECONDS

say() { printf '[%4ds] %s\n' "$((SECONDS - STARTED))" "$*" >&2; }
die() { printf 'error: %s\n' "$*" >&2; exit 1; }

# Debian packages by what needs them; every one is listed, whatever a machine may happen to have.
PACKAGES_BUILD=(g++ cmake ninja-build ccache mold make pkg-config python3 python3-yaml
  libgrpc++-dev libgrpc-dev libprotobuf-dev protobuf-compiler protobuf-compiler-grpc libabsl-dev
  libc-ares-dev libre2-dev libssl-dev libyaml-dev zlib1g-dev libboost1.81-dev rapidjson-dev libspdlog-dev libfmt-dev libjemalloc-dev brotli)
# npm builds the dashboard. Node.js from elsewhere than Debian brings its own, which Debian's would conflict with.
command -v npm >/dev/null || PACKAGES_BUILD+=(npm)
PACKAGES_TEST=(libgtest-dev libgmock-dev gcovr procps python3-kubernetes)
PACKAGES_VM=(mmdebstrap qemu-system-x86 busybox-static cpio e2fsprogs kmod curl ca-certificates procps dpkg-dev)
PACKAGES_IMAGES=(buildah mmdebstrap)
# The dashboard's tests: their browser, and a font for Korean.
PACKAGES_WEB=(chromium fonts-noto-cjk)
PACKAGES_RUN=(curl procps)
PACKAGES_BENCH=(libbenchmark-dev xz-utils zstd)
PACKAGES_FUZZ=(clang-16 libclang-rt-16-dev)
PACKAGES_LINT=(clang-tidy-19 clang-format-19 git shellcheck)

as_root() {
  if [ "$(id -u)" = 0 ]; then "$@"; else sudo -- "$@"; fi
}

# require_debian SCRIPT ARGS…: on anything else than Debian 12, offers to run the same script in a Debian 12 root or container.
require_debian() {
  local id="" version="" name="this system"
  if [ -r /etc/os-release ]; then
    id=$(. /etc/os-release && echo "${ID:-}")
    version=$(. /etc/os-release && echo "${VERSION_ID:-}")
    name=$(. /etc/os-release && echo "${PRETTY_NAME:-$ID}")
  fi
  [ "$id" = debian ] && [ "$version" = 12 ] && return
  echo "kubemonitor is built on Debian 12 (bookworm); this is $name." >&2
  exec "$ROOT/scripts/in-debian.sh" "$@"
}

# need PACKAGE…: installs what is missing, with the ordinary package client. Nothing missing: no network, no time.
need() {
  local missing=() package
  for package in "$@"; do
    [ "$(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null)" = installed ] || missing+=("$package")
  done
  [ ${#missing[@]} = 0 ] && return
  if [ "$(id -u)" != 0 ] && ! command -v sudo >/dev/null; then
    die "these Debian packages are missing, and there is neither root nor sudo to install them: ${missing[*]}"
  fi
  say "installing ${#missing[@]} Debian packages: ${missing[*]}"
  mkdir -p out
  local log=$ROOT/out/apt.log
  if ! { as_root apt-get update -q &&
    as_root env DEBIAN_FRONTEND=noninteractive apt-get install -q -y --no-install-recommends "${missing[@]}"; } >"$log" 2>&1; then
    tail -n 15 "$log" >&2
    die "apt-get could not install: ${missing[*]} (whole output: $log). Check the network and /etc/apt/sources.list, then run again."
  fi
}

# need_space GIGABYTES: of the disk, what is in out/ already counted in.
need_space() {
  local free used
  free=$(df --output=avail -k "$ROOT" | tail -n 1)
  used=$( (du -skx "$ROOT/out" 2>/dev/null || echo 0) | cut -f 1)
  [ $((free + used)) -ge $(($1 * 1000000)) ] ||
    die "building and testing takes about $1 GB below $ROOT/out, and the disk has $((free / 1000000)) GB free. Free some space, or run from a clone on another disk."
}

# build PRESET [TARGET…]; CMAKE_ARGUMENTS: more words for the configuration.
build() {
  local preset=$1; shift
  mkdir -p out
  local log=$ROOT/out/configure-$preset.log
  # shellcheck disable=SC2086
  cmake --preset "$preset" ${CMAKE_ARGUMENTS:-} >"$log" 2>&1 || { cat "$log" >&2; die "cmake could not configure preset '$preset'"; }
  say "building preset '$preset'"
  local targets=()
  [ $# = 0 ] || targets=(--target "$@")
  cmake --build --preset "$preset" "${targets[@]}" -- ${NINJA_FLAGS:-} >"out/build-$preset.log" 2>&1 || {
    grep -E -A 12 'error|FAILED' "out/build-$preset.log" | head -n 60 >&2 || true
    die "the build of preset '$preset' failed (whole output: out/build-$preset.log)"
  }
}

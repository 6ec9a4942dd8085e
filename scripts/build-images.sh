#!/usr/bin/env bash
# Builds the images kubemonitor/collector and kubemonitor/apiserver with docker, podman or buildah, whichever is there.
#   --registry PREFIX   name them PREFIX/kubemonitor/…, e.g. registry.example.com/team
#   --push              push them there
#   --arch ARCH         for amd64 (default: this machine's) or arm64, which is compiled on amd64 too
#   --debian-base       make the base of the build stage here from Debian packages (mmdebstrap) instead of pulling debian:12
#   --base IMAGE        use this local image as that base, and pull nothing
# The archives go to out/images, for machines without a registry: ctr -n k8s.io images import, kind load image-archive, docker load.
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/lib/setup.sh"
registry="" push=no arch=$(uname -m) base=docker.io/library/debian:12 pull=yes make_base=no
case $arch in x86_64) arch=amd64 ;; aarch64) arch=arm64 ;; esac
while [ $# -gt 0 ]; do
  case $1 in
    --push) push=yes ;;
    --debian-base) make_base=yes ;;
    --registry | --arch | --base)
      [ $# -ge 2 ] || die "$1 needs a value"
      case $1 in --registry) registry=${2%/} ;; --arch) arch=$2 ;; --base) base=$2 pull=no ;; esac
      shift ;;
    *) die "unknown argument '$1' (known: --registry, --push, --arch, --debian-base, --base)" ;;
  esac
  shift
done
case $arch in amd64 | arm64) ;; *) die "--arch '$arch': amd64 or arm64" ;; esac
[ $push = no ] || [ -n "$registry" ] || die "--push needs --registry"

find_engine() {
  local candidate
  for candidate in ${KUBEMONITOR_ENGINE:-docker podman buildah}; do
    command -v "$candidate" >/dev/null || continue
    [ "$candidate" = buildah ] || "$candidate" info >/dev/null 2>&1 || continue
    echo "$candidate" && return
  done
  return 1
}
engine=$(find_engine) || die "neither docker, podman (with a running engine) nor buildah is here. On Debian: apt-get install buildah"

# Where neither a daemon nor namespaces of its own are to be had, buildah builds in a chroot.
image_build() { # image_build DOCKERFILE ARGUMENTS…
  local file=$1; shift
  case $engine in
    docker) docker build --file "$file" "$@" . ;;
    podman) podman build --timestamp "$SOURCE_DATE_EPOCH" --format oci --file "$file" "$@" . ;;
    buildah) buildah build --layers --isolation "${BUILDAH_ISOLATION:-chroot}" --timestamp "$SOURCE_DATE_EPOCH" --format oci --file "$file" "$@" . ;;
  esac
}
image_save() { # image_save REFERENCE FILE
  case $engine in
    docker) docker save --output "$2" "$1" ;;
    podman) podman save --quiet --format docker-archive --output "$2" "$1" ;;
    buildah) buildah push --quiet "$1" "docker-archive:$2:$1" ;;
  esac
}

# A base with everything the build stage installs; of the network it needs npm's registry then, for the dashboard. It trusts whom this machine
# trusts: behind a proxy that looks into TLS npm could fetch nothing.
debian_base() {
  need mmdebstrap
  local key tar packages certificates=/etc/ssl/certs/ca-certificates.crt hooks=()
  packages=$(printf '%s\n' "${PACKAGES_BUILD[@]}" npm ca-certificates | sort -u | paste -sd ,)
  if [ -f $certificates ]; then hooks=("--customize-hook=copy-in $certificates ${certificates%/*}"); fi
  key=$({ printf '%s' "$packages"; cat $certificates 2>/dev/null || true; } | sha256sum | cut -c 1-12)
  tar=$ROOT/out/images/debian-$key.tar
  if [ ! -e "$tar" ]; then
    say "making a base of Debian packages (two minutes)"
    as_root mmdebstrap --quiet --variant=minbase --include="$packages" --aptopt='Acquire::Languages "none"' \
      --dpkgopt='path-exclude=/usr/share/doc/*' --dpkgopt='path-exclude=/usr/share/man/*' "${hooks[@]}" bookworm "${tar%.tar}.new.tar" >&2
    mv "${tar%.tar}.new.tar" "$tar"
  fi
  base=localhost/kubemonitor-debian:$key
  case $engine in
    docker | podman) "$engine" import "$tar" "$base" >/dev/null ;;
    buildah)
      local container
      container=$(buildah from scratch)
      buildah add --quiet "$container" "$tar" / >/dev/null
      buildah commit --quiet --rm "$container" "$base" >/dev/null ;;
  esac
  pull=no
}

mkdir -p out/images
[ $make_base = no ] || debian_base
version=$(sed -nE 's/^project\(kubemonitor VERSION ([^ ]+).*/\1/p' CMakeLists.txt)
commit=$(git describe --always --dirty --abbrev=12 --exclude='*' 2>/dev/null || echo unknown)
SOURCE_DATE_EPOCH=${SOURCE_DATE_EPOCH:-$(git log -1 --format=%ct 2>/dev/null || echo 0)}
export SOURCE_DATE_EPOCH
arguments=(--build-arg "BUILD_IMAGE=$base" --build-arg "ARCH=$arch" --build-arg "VERSION=$version"
  --build-arg "KUBEMONITOR_COMMIT=$commit" --build-arg "SOURCE_DATE_EPOCH=$SOURCE_DATE_EPOCH")
if [ $pull = no ] && [ "$engine" != docker ]; then arguments+=(--pull=never); fi

sizes=()
for program in collector apiserver; do
  # By its whole name: what a node looks for when a manifest says kubemonitor/….
  reference=${registry:-docker.io}/kubemonitor/$program:$version
  say "building $reference for $arch with $engine"
  image_build "build/$program.Dockerfile" "${arguments[@]}" --tag "$reference" --tag "${reference%:*}:latest" >"out/images/$program.log" 2>&1 || {
    tail -n 30 "out/images/$program.log" >&2
    die "$engine could not build $reference (whole output: out/images/$program.log)"
  }
  archive=out/images/$program-$version-$arch.tar
  rm -f "$archive"
  image_save "$reference" "$archive"
  # Not compressed: ctr reads it so. A registry compresses its layers.
  compressed=$(gzip -n <"$archive" | wc -c)
  sizes+=("$(printf '%-48s %6.1f MB compressed  %s' "$reference" "$((compressed / 100000))e-1" "$archive")")
  if [ $push = yes ]; then
    say "pushing $reference"
    "$engine" push "$reference"
  fi
done
printf '%s\n' "${sizes[@]}"

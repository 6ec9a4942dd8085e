#!/usr/bin/env bash
# The main job, running: the API server, a collector for this machine, and a real Kubernetes-like node in a virtual machine with its pods.
#   --host-only       leave the virtual machine out
#   --driver NAME     cgroup driver of the node in the machine: systemd (default) or cgroupfs
#   --http-port N     REST API on 127.0.0.1:N (default 8080)
#   --grpc-port N     collectors report to 127.0.0.1:N (default 50051)
#   --once            stop after the first table instead of running until Ctrl-C
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/lib/setup.sh"
vm=yes driver=systemd http_port=8080 grpc_port=50051 once=no
original=("$@")
while [ $# -gt 0 ]; do
  case $1 in
    --host-only) vm=no ;;
    --once) once=yes ;;
    --driver | --http-port | --grpc-port)
      [ $# -ge 2 ] || die "$1 needs a value"
      case $1 in --driver) driver=$2 ;; --http-port) http_port=$2 ;; --grpc-port) grpc_port=$2 ;; esac
      shift ;;
    *) die "unknown argument '$1' (known: --host-only, --driver, --http-port, --grpc-port, --once)" ;;
  esac
  shift
done
require_debian scripts/run.sh "${original[@]}"
need "${PACKAGES_BUILD[@]}" "${PACKAGES_RUN[@]}"
[ $vm = no ] || need "${PACKAGES_VM[@]}"
build release

mkdir -p out/run
pids=()
cleanup() {
  trap - EXIT INT TERM
  say "stopping"
  local pid
  for pid in "${pids[@]}"; do kill -TERM "$pid" 2>/dev/null || true; done
  for pid in "${pids[@]}"; do wait "$pid" 2>/dev/null || true; done
  rm -f out/run/*.line
}
trap cleanup EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

say "starting the API server"
apiserver=(out/bin/kubemonitor-apiserver --kubernetes off --grpc-listen "127.0.0.1:$grpc_port" --http-listen "127.0.0.1:$http_port")
"${apiserver[@]}" >out/run/apiserver.line 2>out/run/apiserver.log &
pids+=($!)
for _ in $(seq 100); do grep -q '^listening ' out/run/apiserver.line && break; kill -0 "${pids[0]}" 2>/dev/null || break; sleep 0.1; done
grep -q '^listening ' out/run/apiserver.line || { cat out/run/apiserver.log >&2; die "the API server did not start (is a port in use? try --http-port and --grpc-port)"; }
url=http://127.0.0.1:$http_port

say "starting a collector for this machine"
host=$(hostname 2>/dev/null || cat /proc/sys/kernel/hostname)
# The name under which the machine reports: a Kubernetes name, in small letters.
host=$(printf '%s' "$host" | tr '[:upper:]' '[:lower:]' | tr -c 'a-z0-9.-' '-' | sed -E 's/^[^a-z0-9]+//; s/[^a-z0-9]+$//'); host=${host:-host}
out/bin/kubemonitor-collector --node-name "$host" --api-server "127.0.0.1:$grpc_port" 2>out/run/collector.log &
pids+=($!)
nodes=1
if [ $vm = yes ]; then
  nodes=2
  say "starting the node in the virtual machine (driver $driver; the first time it is built, which takes a few minutes)"
  python3 tests/e2e/hold.py --driver "$driver" --api-server-port "$grpc_port" --bin out/bin &
  vm_pid=$!
  pids+=("$vm_pid")
fi

say "waiting for the first data"
table() { python3 scripts/lib/first_table.py "$url" "$@"; }
deadline=$((SECONDS + ${KUBEMONITOR_RUN_TIMEOUT:-900}))
until table --ready "$nodes"; do
  kill -0 "${pids[0]}" 2>/dev/null || { tail -n 5 out/run/apiserver.log >&2; die "the API server ended"; }
  kill -0 "${pids[1]}" 2>/dev/null || { tail -n 5 out/run/collector.log >&2; die "the collector ended"; }
  if [ $vm = yes ]; then kill -0 "$vm_pid" 2>/dev/null || die "the virtual machine ended; the lines above say why (or run with --host-only)"; fi
  [ $SECONDS -lt $deadline ] || die "no data from $nodes nodes; see out/run/*.log"
  sleep 1
done
echo
table
cat <<TEXT

Dashboard: $url/
Try:
  curl -s '$url/api/v1/nodes?window=300'
  curl -s '$url/api/v1/nodes/$host'
  curl -s '$url/api/v1/pods?sort=-cpu&limit=5'
  curl -s '$url/api/v1/namespaces'
  curl -s '$url/api/v1/status'
Logs: out/run/*.log
TEXT
[ $once = no ] || exit 0
say "running; Ctrl-C stops everything"
# None ends by itself. Without the server the collectors go on: they keep the hour, and fill the next server with it.
others=("${pids[@]:1}")
wait -n "${pids[@]}" || true
if ! kill -0 "${pids[0]}" 2>/dev/null && kill -0 "${others[@]}" 2>/dev/null; then
  say "the API server ended (out/run/apiserver.log); the collectors keep the hour for the next one:"
  echo "  ${apiserver[*]}"
  wait -n "${others[@]}" || true
fi
die "one of the programs ended; see out/run/*.log"

#!/usr/bin/env bash
# Installs kubemonitor in the cluster of kubectl's current context, waits until it runs and every node that is ready reports, and says what to
# do next.
#   --manifests PATH    a folder with a monitor.yaml, or a file; repeatable, later ones win (default: deployments)
#                       e.g. --manifests deployments/hardened; --manifests deployments/ha --manifests deployments/hardened/daemonset.yaml
#   --registry PREFIX   take the images from PREFIX/kubemonitor/… (scripts/build-images.sh --registry PREFIX --push)
#   --upgrade           replace another version that is installed
#   --check             change nothing: only wait for what is installed and look whether every node reports
#   --delete            remove everything
#   --timeout SECONDS   for each of the waits (default 300)
set -euo pipefail
ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
NAMESPACE=kubemonitor
manifests=() registry="" mode=install upgrade=no timeout=300
die() { printf 'error: %s\n' "$*" >&2; exit 1; }
say() { printf '%s\n' "$*" >&2; }
while [ $# -gt 0 ]; do
  case $1 in
    --delete) mode=delete ;;
    --check) mode=check ;;
    --upgrade) upgrade=yes ;;
    --manifests | --registry | --timeout)
      [ $# -ge 2 ] || die "$1 needs a value"
      case $1 in --manifests) manifests+=("$2") ;; --registry) registry=${2%/} ;; --timeout) timeout=$2 ;; esac
      shift ;;
    *) die "unknown argument '$1' (known: --manifests, --registry, --upgrade, --check, --delete, --timeout)" ;;
  esac
  shift
done
case $timeout in '' | *[!0-9]*) die "--timeout '$timeout': a number of seconds" ;; esac
[ ${#manifests[@]} -gt 0 ] || manifests=("$ROOT/deployments")

files=()
for path in "${manifests[@]}"; do
  if [ -f "$path/monitor.yaml" ]; then path=$path/monitor.yaml; fi
  [ -f "$path" ] || die "--manifests '$path': neither a file nor a folder with a monitor.yaml"
  files+=("$path")
done
# All of them as kubectl is given them.
rendered() {
  local path
  for path in "${files[@]}"; do
    echo "---"
    if [ -n "$registry" ]; then sed -E "s#(image: )kubemonitor/#\1$registry/kubemonitor/#" "$path"; else cat "$path"; fi
  done
}

has() { # has PATTERN
  rendered | grep "$1" >/dev/null # not -q, which may end before the writer does: with pipefail that is a failure
}

k() { kubectl --namespace "$NAMESPACE" "$@"; }
# What a person must know of a failed kubectl is in its message.
check_cluster() {
  command -v kubectl >/dev/null || die "kubectl is not installed: https://kubernetes.io/docs/tasks/tools/"
  command -v python3 >/dev/null || die "python3 is not installed"
  local context message
  context=$(kubectl config current-context 2>/dev/null) || die "kubectl has no current context: set one with kubectl config use-context NAME (kubectl config get-contexts lists them)"
  message=$(kubectl get --raw /version 2>&1 >/dev/null) || die "the cluster of context '$context' does not answer: $message"
  say "cluster: context '$context'"
}

check_rights() { # check_rights VERB
  local missing=() what budgets=""
  if has '^kind: PodDisruptionBudget'; then budgets=poddisruptionbudgets.policy; fi
  for what in namespaces clusterroles.rbac.authorization.k8s.io clusterrolebindings.rbac.authorization.k8s.io \
    priorityclasses.scheduling.k8s.io daemonsets.apps deployments.apps services serviceaccounts $budgets; do
    k auth can-i "$1" "$what" >/dev/null 2>&1 || missing+=("$1 $what")
  done
  [ ${#missing[@]} = 0 ] || die "this user may not: $(printf '%s; ' "${missing[@]}")ask for the rights of cluster-admin"
}

installed_versions() {
  local what
  for what in daemonset/resource-collector deployment/monitor-apiserver; do
    k get "$what" --ignore-not-found -o "jsonpath={.metadata.labels.app\.kubernetes\.io/version}{'\n'}"
  done | sed '/^$/d' | sort -u
}

check_version() {
  local wanted installed
  wanted=$(rendered | sed -nE 's/^ *app\.kubernetes\.io\/version: (.*)/\1/p' | sort -u)
  installed=$(installed_versions)
  if [ -z "$installed" ] || [ "$installed" = "$wanted" ]; then return; fi
  [ $upgrade = yes ] ||
    die "version $(echo "$installed" | paste -sd ' ') of kubemonitor is installed, this is $wanted. Replace it with --upgrade (the collectors give the last hour back), or remove it with --delete"
  say "replacing version $(echo "$installed" | paste -sd ' ') by $wanted"
}

# The address of a Service cannot be changed, and deployments/ha wants none.
replace_service() {
  local live wanted=address
  live=$(k get service/monitor-apiserver --ignore-not-found -o 'jsonpath={.spec.clusterIP}')
  [ -n "$live" ] || return 0
  if has '^ *clusterIP: None'; then wanted=None; fi
  if [ "$live" = None ]; then live=None; else live=address; fi
  [ "$live" = "$wanted" ] && return
  say "making the Service monitor-apiserver anew, as its address cannot be changed"
  k delete service/monitor-apiserver >&2
}

collectors="" # nodes whose collectors run, after wait_for_rollout
wait_for_rollout() {
  say "waiting for deployment/monitor-apiserver"
  k rollout status deployment/monitor-apiserver --timeout "${timeout}s" >&2 || not_ready deployment/monitor-apiserver
  say "waiting for daemonset/resource-collector"
  collectors=$(python3 "$ROOT/scripts/lib/collector_rollout.py" "$NAMESPACE" "$timeout") || not_ready daemonset/resource-collector
}

not_ready() { # not_ready WHAT
  say ""
  k get pods -o wide >&2 || true
  k get events --field-selector type=Warning >&2 || true
  die "$1 is not ready after $timeout s. Above are its pods and what Kubernetes says of them; more: kubectl -n $NAMESPACE describe $1"
}

forward_pid=""
stop_forward() {
  [ -z "$forward_pid" ] || kill "$forward_pid" 2>/dev/null || true
  [ -z "${forward_log:-}" ] || rm -f "$forward_log"
  forward_pid="" forward_log=""
}
trap stop_forward EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

# Every node whose collector runs must be in /api/v1/nodes of every server with fresh data.
check_reports() {
  local servers server
  # "NAME [DELETED]": those of an earlier rollout may not be gone yet.
  servers=$(k get pods --selector app=monitor-apiserver --field-selector status.phase=Running \
    -o 'jsonpath={range .items[*]}{.metadata.name} {.metadata.deletionTimestamp}{"\n"}{end}' | awk 'NF == 1')
  [ -n "$servers" ] || die "no pod of deployment/monitor-apiserver runs: kubectl -n $NAMESPACE get pods"
  for server in $servers; do
    say "asking $server"
    check_server "pod/$server"
    stop_forward
  done
}

check_server() { # check_server POD
  local port=""
  forward_log=$(mktemp)
  kubectl --namespace "$NAMESPACE" port-forward "$1" :8080 >"$forward_log" 2>&1 &
  forward_pid=$!
  for _ in $(seq 100); do
    port=$(sed -nE 's/^Forwarding from 127\.0\.0\.1:([0-9]+) .*/\1/p' "$forward_log" | head -n 1)
    [ -z "$port" ] || break
    kill -0 "$forward_pid" 2>/dev/null || break
    sleep 0.1
  done
  [ -n "$port" ] || die "kubectl port-forward does not reach the API server: $(cat "$forward_log")"
  python3 "$ROOT/scripts/lib/reporting_nodes.py" "http://127.0.0.1:$port" "$timeout" <<<"$collectors" ||
    die "not every node reports. Look at the collectors: kubectl -n $NAMESPACE logs daemonset/resource-collector; a NetworkPolicy may keep them from the server"
}

next_steps() {
  cat <<TEXT

kubemonitor runs. To see it:
  kubectl -n $NAMESPACE port-forward deployment/monitor-apiserver 8080:8080
then open http://127.0.0.1:8080/, or ask:
  curl -s 'http://127.0.0.1:8080/api/v1/nodes'
  curl -s 'http://127.0.0.1:8080/api/v1/pods?sort=-cpu&limit=5'
Logs:
  kubectl -n $NAMESPACE logs -f daemonset/resource-collector
  kubectl -n $NAMESPACE logs -f deployment/monitor-apiserver
TEXT
}

check_cluster
case $mode in
  delete)
    check_rights delete
    # What is named in the namespace goes with it, whatever variant brought it.
    files=("$ROOT/deployments/monitor.yaml")
    rendered | kubectl delete --ignore-not-found --wait=true --timeout "${timeout}s" -f - >&2 || die "not everything could be deleted; see above"
    say "kubemonitor is removed" ;;
  check)
    wait_for_rollout
    check_reports ;;
  install)
    check_rights create
    check_rights patch
    check_version
    replace_service
    say "applying ${files[*]}"
    rendered | kubectl apply -f - >&2 || die "the manifests could not be applied; see above"
    wait_for_rollout
    check_reports
    next_steps ;;
esac

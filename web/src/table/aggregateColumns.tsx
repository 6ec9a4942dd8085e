// Namespaces and workloads: sums over pods.
import { memoryOf, type Namespace, type Workload, usageNow } from '../api/model';
import { namespacePath, workloadPath } from '../app/paths';
import { memoryOfLimit, NEAR_LIMIT_PERCENT, THROTTLED_PERCENT, type Flag } from '../components/flags';
import type { Messages } from '../i18n';
import { MISSING } from '../format/units';
import { AgeCell, CountCell, LinkCell, NameCell, ShareCell } from './cells';
import type { Column } from './DataTable';
import { rateColumns } from './podColumns';
import { UsageCell } from './UsageCell';

export const AGGREGATE_METRICS = 'cpuMillicores,memoryBytes,memoryWorkingSetBytes,diskReadBytesPerSecond,diskWriteBytesPerSecond,networkRxBytesPerSecond,networkTxBytesPerSecond';
export const namespaceKey = (namespace: Namespace) => namespace.name;
export const namespaceHref = (namespace: Namespace) => ({ path: namespacePath(namespace.name) });
export const workloadKey = (workload: Workload) => `${workload.namespace}/${workload.kind}/${workload.name}`;
export const workloadHref = (workload: Workload) => ({ path: workloadPath(workload.namespace, workload.kind, workload.name) });

type Aggregate = Namespace | Workload;

function flagOf(item: Aggregate): Flag | null {
  if (item.terminated) return null;
  if (item.events?.oomKills) return { kind: 'oomKilled', icon: 'critical' };
  if (item.stale) return { kind: 'stale', icon: 'stale' };
  if ((item.throttling?.throttledPercent ?? 0) > THROTTLED_PERCENT) return { kind: 'throttled', icon: 'warning' };
  return null;
}

function sumColumns<T extends Aggregate>(messages: Messages): Column<T>[] {
  const { column, metric } = messages;
  const memoryPoints = (item: T) => (item.usage.memoryWorkingSetBytes == null ? item.series?.memoryBytes : item.series?.memoryWorkingSetBytes);
  return [
    {
      id: 'cpu', header: metric.cpu, track: 'minmax(186px,1fr)', sort: 'cpuMillicores', className: 'usage first-line',
      cell: (item) => <UsageCell metric="cpu" used={usageNow(item)?.cpuMillicores} request={item.requests?.cpuMillicores} limit={item.limits?.cpuMillicores} points={item.series?.cpuMillicores} ended={item.terminated === true} />,
    },
    {
      id: 'memory', header: metric.memory, track: 'minmax(190px,1fr)', sort: 'memoryWorkingSetBytes', className: 'usage second-line',
      cell: (item) => (
        <UsageCell
          metric="mem" used={memoryOf(usageNow(item))} request={item.requests?.memoryBytes} limit={item.limits?.memoryBytes} points={memoryPoints(item)}
          hot={(memoryOfLimit(item) ?? 0) > NEAR_LIMIT_PERCENT} ended={item.terminated === true}
        />
      ),
    },
    { id: 'throttled', header: metric.throttled, track: '66px', sort: 'throttledPercent', right: true, show: ['normal', 'wide'], cell: (item) => <ShareCell value={usageNow(item) && item.throttling?.throttledPercent} hotAbove={THROTTLED_PERCENT} /> },
    ...rateColumns<T>(messages),
    { id: 'nodes', header: column.nodes, track: '50px', sort: 'nodeCount', right: true, show: ['wide'], cell: (item) => <CountCell value={item.nodeCount} /> },
    { id: 'pods', header: column.pods, track: '50px', sort: 'podCount', right: true, show: ['narrow', 'normal', 'wide'], cell: (item) => <CountCell value={item.podCount} /> },
  ];
}

export function namespaceColumns(messages: Messages): Column<Namespace>[] {
  return [
    {
      id: 'name', header: messages.column.name, track: 'minmax(180px,1.3fr)', sort: 'name', ascendingFirst: true, className: 'name-cell',
      cell: (namespace) => <NameCell plain name={namespace.name} path={namespacePath(namespace.name)} flag={flagOf(namespace)} note={namespace.phase === 'Terminating' ? namespace.phase : undefined} />,
    },
    ...sumColumns<Namespace>(messages),
    { id: 'age', header: messages.column.age, track: '46px', right: true, show: ['wide'], cell: (namespace) => <AgeCell since={namespace.createdAt} /> },
  ];
}

export function workloadColumns(messages: Messages, leave: { namespace?: boolean } = {}): Column<Workload>[] {
  const { column } = messages;
  const columns: (Column<Workload> | false)[] = [
    {
      id: 'name', header: column.name, track: 'minmax(180px,1.4fr)', sort: 'name', ascendingFirst: true, className: 'name-cell',
      cell: (workload) => <NameCell plain name={workload.name} {...workloadHref(workload)} flag={flagOf(workload)} />,
    },
    !leave.namespace && { id: 'namespace', header: column.namespace, track: 'minmax(84px,.5fr)', className: 'under-name ellipsis', cell: (workload) => <LinkCell text={workload.namespace} path={namespacePath} /> },
    { id: 'kind', header: column.kind, track: 'minmax(84px,.4fr)', show: ['narrow', 'normal', 'wide'], cell: (workload) => <span className="t2" title={workload.inferred ? messages.table.inferred : undefined}>{workload.kind}</span> },
    ...sumColumns<Workload>(messages),
    { id: 'ready', header: column.ready, track: '60px', right: true, show: ['wide'], cell: (workload) => <ReadyCell workload={workload} /> },
  ];
  return columns.filter((entry) => entry !== false);
}

function ReadyCell({ workload: { replicas } }: { workload: Workload }) {
  if (replicas?.desired === undefined) return <span className="t3">{MISSING}</span>;
  const ready = replicas.ready ?? replicas.succeeded ?? 0;
  return <span className={ready < replicas.desired ? 'num warn strong' : 'num t2'}>{`${ready}/${replicas.desired}`}</span>;
}

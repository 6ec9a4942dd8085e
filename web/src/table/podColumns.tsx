import { memoryOf, type Pod, usageNow } from '../api/model';
import { namespacePath, nodePath, podPath } from '../app/paths';
import { memoryOfLimit, NEAR_LIMIT_PERCENT, podFlag, THROTTLED_PERCENT } from '../components/flags';
import { Value } from '../components/Value';
import { sum } from '../format/units';
import type { Messages } from '../i18n';
import { AgeCell, CountCell, LinkCell, NameCell, podNote, ShareCell } from './cells';
import type { Column } from './DataTable';
import { UsageCell } from './UsageCell';

export const podKey = (pod: Pod) => pod.uid ?? `${pod.namespace ?? ''}/${pod.name}`;

export function podHref(pod: Pod): { path: string; query?: Record<string, string> } {
  const path = podPath(pod.namespace ?? '', pod.name);
  // Only an ended pod needs its uid: a living one answers to its name.
  return pod.terminated && pod.uid ? { path, query: { uid: pod.uid } } : { path };
}

/** What the rows need of `usage` and `series`. */
export const POD_METRICS = 'cpuMillicores,memoryBytes,memoryWorkingSetBytes,diskReadBytesPerSecond,diskWriteBytesPerSecond,networkRxBytesPerSecond,networkTxBytesPerSecond';

/** Rows show ten values, and lines of two. */
export const LINE_METRICS = 'cpuMillicores,memoryBytes,memoryWorkingSetBytes';

interface Leave {
  namespace?: boolean;
  node?: boolean;
}

export function podColumns(messages: Messages, leave: Leave = {}): Column<Pod>[] {
  const { column, metric } = messages;
  const pointsOf = (pod: Pod, key: 'cpuMillicores' | 'memoryWorkingSetBytes' | 'memoryBytes') => pod.series?.[key];
  const memoryPoints = (pod: Pod) => (pod.usage?.memoryWorkingSetBytes == null ? pointsOf(pod, 'memoryBytes') : pointsOf(pod, 'memoryWorkingSetBytes'));
  const columns: (Column<Pod> | false)[] = [
    {
      id: 'name', header: column.name, track: 'minmax(180px,1.5fr)', sort: 'name', ascendingFirst: true, className: 'name-cell',
      cell: (pod) => <NameCell name={pod.name} {...podHref(pod)} flag={podFlag(pod)} note={podNote(pod)} />,
    },
    !leave.namespace && {
      id: 'namespace', header: column.namespace, track: 'minmax(84px,.5fr)', className: 'under-name ellipsis', cell: (pod) => <LinkCell text={pod.namespace} path={namespacePath} />,
    },
    !leave.node && {
      id: 'node', header: column.node, track: 'minmax(84px,.5fr)', show: leave.namespace ? undefined : ['normal', 'wide'], className: leave.namespace ? 'under-name ellipsis' : 'ellipsis',
      cell: (pod) => <LinkCell text={pod.node} path={nodePath} />,
    } as Column<Pod>,
    {
      id: 'cpu', header: metric.cpu, track: 'minmax(186px,1fr)', sort: 'cpuMillicores', className: 'usage first-line',
      cell: (pod) => <UsageCell metric="cpu" used={usageNow(pod)?.cpuMillicores} request={pod.requests?.cpuMillicores} limit={pod.limits?.cpuMillicores} points={pointsOf(pod, 'cpuMillicores')} ended={pod.terminated === true} />,
    },
    {
      id: 'memory', header: metric.memory, track: 'minmax(190px,1fr)', sort: 'memoryWorkingSetBytes', className: 'usage second-line',
      cell: (pod) => (
        <UsageCell
          metric="mem" used={memoryOf(usageNow(pod))} request={pod.requests?.memoryBytes} limit={pod.limits?.memoryBytes} points={memoryPoints(pod)}
          hot={!pod.stale && (memoryOfLimit(pod) ?? 0) > NEAR_LIMIT_PERCENT} ended={pod.terminated === true}
        />
      ),
    },
    {
      id: 'throttled', header: metric.throttled, track: '66px', sort: 'throttledPercent', right: true, show: ['normal', 'wide'],
      cell: (pod) => <ShareCell value={usageNow(pod) && pod.throttling?.throttledPercent} hotAbove={THROTTLED_PERCENT} />,
    },
    ...rateColumns<Pod>(messages),
    { id: 'restarts', header: column.restarts, title: column.restartsLong, track: '46px', sort: 'restartCount', right: true, show: ['normal', 'wide'], cell: (pod) => <CountCell value={pod.restartCount} /> },
    { id: 'age', header: column.age, track: '46px', sort: 'startedAt', ascendingFirst: true, right: true, show: ['narrow', 'normal', 'wide'], cell: (pod) => <AgeCell since={pod.startedAt ?? pod.createdAt} /> },
  ];
  return columns.filter((entry) => entry !== false);
}

interface Rated {
  stale: boolean;
  terminated?: boolean;
  usage?: Pod['usage'];
}

/** Network and disk: four rates where there is room, else two sums. */
export function rateColumns<T extends Rated>(messages: Messages): Column<T>[] {
  const { column } = messages;
  const rate = (id: string, header: string, key: 'networkRxBytesPerSecond' | 'networkTxBytesPerSecond' | 'diskReadBytesPerSecond' | 'diskWriteBytesPerSecond'): Column<T> => ({
    id, header, track: '90px', sort: key, right: true, show: ['wide'], cell: (item) => <Value unit="rate" value={usageNow(item)?.[key]} />,
  });
  const both = (id: string, header: string, title: string, a: 'networkRxBytesPerSecond' | 'diskReadBytesPerSecond', b: 'networkTxBytesPerSecond' | 'diskWriteBytesPerSecond', sort: string): Column<T> => ({
    id, header, title, track: '82px', sort, right: true, show: ['normal'], cell: (item) => <Value unit="rate" value={sum(usageNow(item)?.[a], usageNow(item)?.[b])} />,
  });
  return [
    rate('rx', column.received, 'networkRxBytesPerSecond'),
    rate('tx', column.sent, 'networkTxBytesPerSecond'),
    rate('read', column.read, 'diskReadBytesPerSecond'),
    rate('write', column.write, 'diskWriteBytesPerSecond'),
    both('network', column.network, `${column.received} + ${column.sent}`, 'networkRxBytesPerSecond', 'networkTxBytesPerSecond', 'networkRxBytesPerSecond'),
    both('disk', column.disk, `${column.read} + ${column.write}`, 'diskReadBytesPerSecond', 'diskWriteBytesPerSecond', 'diskWriteBytesPerSecond'),
  ];
}

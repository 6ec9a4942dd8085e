import { memoryOf, type Pod, usageNow } from '../api/model';
import { namespacePath, nodePath, podPath } from '../app/paths';
import type { Breakpoint } from '../app/useMedia';
import { memoryOfLimit, NEAR_LIMIT_PERCENT, podFlag, THROTTLED_PERCENT } from '../components/flags';
import type { Messages } from '../i18n';
import { AgeCell, CountCell, LinkCell, NameCell, podNote, RateCell, ShareCell } from './cells';
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

type RateKey = 'networkRxBytesPerSecond' | 'networkTxBytesPerSecond' | 'diskReadBytesPerSecond' | 'diskWriteBytesPerSecond';

/** Network and disk: four rates where there is room, else one of each with the other one as its tip. A column shows what it is sorted by. */
export function rateColumns<T extends Rated>(messages: Messages): Column<T>[] {
  const { column, metric } = messages;
  const names: Record<RateKey, string> = {
    networkRxBytesPerSecond: column.received, networkTxBytesPerSecond: column.sent, diskReadBytesPerSecond: column.diskRead, diskWriteBytesPerSecond: column.diskWrite,
  };
  const rate = (id: string, key: RateKey, show: readonly Breakpoint[], other?: RateKey): Column<T> => ({
    id, header: names[key], ...(key.startsWith('network') ? { title: `${metric.network}: ${names[key]}` } : {}), track: '86px', sort: key, right: true, show,
    cell: (item) => <RateCell value={usageNow(item)?.[key]} {...(other ? { other: { name: names[other], value: usageNow(item)?.[other] } } : {})} />,
  });
  return [
    rate('rx', 'networkRxBytesPerSecond', ['normal', 'wide'], 'networkTxBytesPerSecond'),
    rate('tx', 'networkTxBytesPerSecond', ['wide']),
    rate('read', 'diskReadBytesPerSecond', ['wide']),
    rate('write', 'diskWriteBytesPerSecond', ['normal', 'wide'], 'diskReadBytesPerSecond'),
  ];
}

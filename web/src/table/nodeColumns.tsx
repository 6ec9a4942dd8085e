import { type Node, roomOf, usageNow } from '../api/model';
import { nodePath } from '../app/paths';
import { nodeFlag, PRESSURE_PERCENT, worstPressure } from '../components/flags';
import type { Messages } from '../i18n';
import { CountCell, NameCell, ShareCell } from './cells';
import type { Column } from './DataTable';
import { rateColumns } from './podColumns';
import { UsageCell } from './UsageCell';

export const nodeKey = (node: Node) => node.name;
export const nodeHref = (node: Node) => ({ path: nodePath(node.name) });
export const NODE_METRICS = 'cpuMillicores,memoryBytes,diskReadBytesPerSecond,diskWriteBytesPerSecond,networkRxBytesPerSecond,networkTxBytesPerSecond,processCount';

function nodeNote(node: Node): string | undefined {
  const notes = [...(node.roles ?? [])];
  if (node.unschedulable) notes.push('SchedulingDisabled');
  return notes.length ? notes.join(', ') : undefined;
}

export function nodeColumns(messages: Messages): Column<Node>[] {
  const { column, metric } = messages;
  return [
    {
      id: 'name', header: column.name, track: 'minmax(180px,1.3fr)', sort: 'name', ascendingFirst: true, className: 'name-cell',
      cell: (node) => <NameCell plain name={node.name} path={nodePath(node.name)} flag={nodeFlag(node)} note={nodeNote(node)} />,
    },
    {
      id: 'cpu', header: metric.cpu, track: 'minmax(200px,1fr)', sort: 'cpuMillicores', className: 'usage first-line',
      cell: (node) => <UsageCell node metric="cpu" used={usageNow(node)?.cpuMillicores} request={node.requests?.cpuMillicores} limit={roomOf(node).cpuMillicores} points={node.series?.cpuMillicores} />,
    },
    {
      id: 'memory', header: metric.memory, track: 'minmax(200px,1fr)', sort: 'memoryBytes', className: 'usage second-line',
      cell: (node) => <UsageCell node metric="mem" used={usageNow(node)?.memoryBytes} request={node.requests?.memoryBytes} limit={roomOf(node).memoryBytes} points={node.series?.memoryBytes} />,
    },
    {
      id: 'ioPressure', header: column.ioPressure, track: '92px', sort: 'ioSomePercent', right: true, show: ['narrow', 'normal', 'wide'],
      cell: (node) => <ShareCell value={usageNow(node) && node.pressure?.ioSomePercent} hotAbove={PRESSURE_PERCENT} />,
    },
    {
      id: 'memoryPressure', header: column.memoryPressure, track: '120px', sort: 'memorySomePercent', right: true, show: ['wide'],
      cell: (node) => <ShareCell value={usageNow(node) && node.pressure?.memorySomePercent} hotAbove={PRESSURE_PERCENT} />,
    },
    ...rateColumns<Node>(messages),
    { id: 'processes', header: metric.processes, track: '78px', sort: 'processCount', right: true, show: ['wide'], cell: (node) => <CountCell value={usageNow(node)?.processCount} /> },
  ];
}

/** Where nothing is sorted: the worse of the two. */
export function pressureColumn({ metric }: Messages): Column<Node> {
  return { id: 'pressure', header: metric.pressure, track: '72px', right: true, show: ['narrow', 'normal', 'wide'], cell: (node) => <ShareCell value={usageNow(node) && worstPressure(node)} hotAbove={PRESSURE_PERCENT} /> };
}

// What the heat map shows of a node, and how nodes are grouped.
import { type Node, roomOf, usageNow } from '../../api/model';
import { nodeFlag, worstPressure } from '../../components/flags';
import { share, sum } from '../../format/units';
import type { HeatMetric } from './metrics';

/** `unknown`: the node reports, but not this. */
export type HeatState = 'live' | 'unknown' | 'stale' | 'missing';

export interface HeatNode {
  node: Node;
  /** In the metric's own unit; null where nothing is known. */
  value: number | null;
  /** 0 to 1. */
  heat: number;
  state: HeatState;
  finding: boolean;
}

export interface HeatGroup {
  name: string;
  nodes: HeatNode[];
}

const MOST_GROUPS = 12;
const LEAST_PRESSURE = 20;

function valueOf(node: Node, metric: HeatMetric): number | null {
  const usage = usageNow(node);
  if (!usage) return null;
  switch (metric) {
    case 'cpu':
      return share(usage.cpuMillicores, roomOf(node).cpuMillicores);
    case 'memory':
      return share(usage.memoryBytes, roomOf(node).memoryBytes);
    case 'disk':
      return sum(usage.diskReadBytesPerSecond, usage.diskWriteBytesPerSecond);
    case 'network':
      return sum(usage.networkRxBytesPerSecond, usage.networkTxBytesPerSecond);
    case 'pressure':
      return worstPressure(node);
  }
}

/** What the darkest cell stands for: all of a node, or the most there is. */
export function heatTop(metric: HeatMetric, values: readonly (number | null)[]): number {
  if (metric === 'cpu' || metric === 'memory') return 100;
  const most = values.reduce<number>((top, value) => Math.max(top, value ?? 0), 0);
  return metric === 'pressure' ? Math.max(LEAST_PRESSURE, most) : most;
}

function stateOf(node: Node, value: number | null): HeatState {
  if (node.collector === 'missing' || (node.usage === null && !node.stale)) return 'missing';
  if (node.stale) return 'stale';
  return value === null ? 'unknown' : 'live';
}

export function heatNodes(nodes: readonly Node[], metric: HeatMetric): { cells: HeatNode[]; top: number } {
  const values = nodes.map((node) => valueOf(node, metric));
  const top = heatTop(metric, values);
  const cells = nodes.map((node, index): HeatNode => {
    const value = values[index] ?? null;
    const state = stateOf(node, value);
    const finding = (state === 'live' || state === 'unknown') && nodeFlag(node) !== null;
    return { node, value, heat: top > 0 ? Math.min(1, (value ?? 0) / top) : 0, state, finding };
  });
  return { cells, top };
}

/** By what kind of machine it is, as Kubernetes says or the name does; one group where that tells nothing. */
function poolOf(node: Node): string {
  return node.instanceType ?? node.name.replace(/[-.]?[0-9a-f]*\d+$/, '');
}

export function heatGroups(cells: HeatNode[]): HeatGroup[] {
  const groups = new Map<string, HeatNode[]>();
  for (const cell of cells) {
    const pool = poolOf(cell.node);
    const list = groups.get(pool);
    if (list) list.push(cell);
    else groups.set(pool, [cell]);
  }
  if (groups.size < 2 || groups.size > MOST_GROUPS) return [{ name: '', nodes: cells }];
  return [...groups].map(([name, nodes]) => ({ name, nodes })).sort((a, b) => b.nodes.length - a.nodes.length || (a.name < b.name ? -1 : 1));
}

export function median(values: readonly (number | null)[]): number | null {
  const known = values.filter((value) => value !== null).sort((a, b) => a - b);
  return known[known.length >> 1] ?? null;
}

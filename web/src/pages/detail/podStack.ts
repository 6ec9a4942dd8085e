// The pods of a workload as layers of its sum: the largest by themselves, the rest as "others", ended ones in grey.
import type { Pod, Points } from '../../api/model';
import type { ChartSeries, Colour } from '../../charts/model';

const LAYERS = 11;
const SHARES = [90, 60, 76, 46];
const ENDED_SHARES = [22, 32];

export type StackKey = 'cpuMillicores' | 'memoryWorkingSetBytes' | 'memoryBytes';

export function podColour(index: number, ended: boolean, metric: 'cpu' | 'mem'): Colour {
  return ended ? { metric: 'text-3', share: ENDED_SHARES[index % 2] ?? 22 } : { metric, share: SHARES[index % SHARES.length] ?? 60 };
}

const meanOf = (points: Points | undefined): number => {
  if (!points || points.length === 0) return 0;
  return points.reduce<number>((total, value) => total + (value ?? 0), 0) / points.length;
};

/** Ended ones at the bottom, in the order in which they came, so that a roll-out reads from grey to colour. */
export function inOrder(pods: readonly Pod[]): Pod[] {
  return [...pods].sort((a, b) => Number(b.terminated ?? false) - Number(a.terminated ?? false) || ((a.startedAt ?? '') < (b.startedAt ?? '') ? -1 : 1));
}

export function podStack(pods: readonly Pod[], total: Points, key: StackKey, metric: 'cpu' | 'mem', words: { all: string; others: string }): ChartSeries[] {
  const points = (pod: Pod) => pod.series?.[key] ?? [];
  const largest = new Set([...pods].sort((a, b) => meanOf(points(b)) - meanOf(points(a))).slice(0, LAYERS));
  const shown = inOrder(pods);
  const layers: ChartSeries[] = shown.flatMap((pod, index) =>
    largest.has(pod) ? [{ id: pod.uid ?? pod.name, points: points(pod), colour: podColour(index, pod.terminated === true, metric) }] : [],
  );
  const others = total.map((value, index) => {
    if (value == null) return null;
    const named = layers.reduce((sum, layer) => sum + (layer.points[index] ?? 0), 0);
    return Math.max(0, value - named);
  });
  const some = others.some((value, index) => value != null && value > (total[index] ?? 0) * 0.01);
  if (some) layers.push({ id: 'others', label: words.others, points: others, colour: { metric, share: 18 } });
  return [...layers, { id: 'total', label: words.all, points: total, colour: { metric: 'text' }, over: true, width: 1 }];
}

export interface Lifetime {
  pod: Pod;
  /** Shares of the time axis, percent. */
  from: number;
  width: number;
}

/** From the first to the last point of which something was measured. */
export function lifetimeOf(pod: Pod): Lifetime | null {
  const points = pod.series?.cpuMillicores ?? [];
  const first = points.findIndex((value) => value != null);
  if (first < 0) return null;
  const last = points.findLastIndex((value) => value != null);
  const span = Math.max(1, points.length - 1);
  return { pod, from: (first / span) * 100, width: Math.max(0.5, ((last - first) / span) * 100) };
}

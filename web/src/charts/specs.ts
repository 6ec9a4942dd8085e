// The charts that several pages have, made of the API's series. The same metric looks the same everywhere.
import type { Points } from '../api/model';
import type { Messages } from '../i18n';
import type { ChartLine, ChartMark, ChartSpec } from './model';

export type SeriesByKey = Partial<Record<string, Points>>;

interface Bounds {
  request?: number | null | undefined;
  limit?: number | null | undefined;
  /** Of a node: what it can give, or all that it has where nobody says what it can give. */
  node?: 'allocatable' | 'capacity';
}

function lines({ request, limit, node }: Bounds, { field }: Messages): ChartLine[] {
  return [
    { label: node ? field.requested : field.request, value: request, dashed: true },
    { label: node ? field[node] : field.limit, value: limit },
  ];
}

const at = (series: SeriesByKey, key: string, length: number): Points => series[key] ?? new Array<null>(length).fill(null);
const minus = (a: Points, b: Points): Points => a.map((value, index) => (value == null || b[index] == null ? null : Math.max(0, value - b[index])));
const anything = (points: Points): boolean => points.some((value) => value !== null);

export function cpuSpec(series: SeriesByKey, length: number, bounds: Bounds, marks: readonly ChartMark[], messages: Messages): ChartSpec {
  return {
    title: messages.metric.cpu,
    unit: 'cpu',
    series: [{ id: 'used', label: messages.field.used, points: at(series, 'cpuMillicores', length), colour: { metric: 'cpu' }, fill: 10 }],
    lines: lines(bounds, messages),
    marks,
  };
}

export function throttledSpec(series: SeriesByKey, marks: readonly ChartMark[], messages: Messages): ChartSpec | null {
  const points = series.throttledPercent;
  if (!points || !anything(points)) return null;
  return {
    title: messages.detail.throttledShare,
    unit: 'percent',
    series: [{ id: 'throttled', points, colour: { metric: 'warn-mark' }, fill: 33, width: 1 }],
    marks: marks.map(({ time, tone }) => ({ time, tone })),
  };
}

/** What its memory is: what only it can free, what the kernel holds for it, and what the kernel takes back when it must. */
export function memorySpec(series: SeriesByKey, length: number, bounds: Bounds, marks: readonly ChartMark[], messages: Messages): ChartSpec {
  const { field } = messages;
  const total = at(series, 'memoryBytes', length);
  const workingSet = at(series, 'memoryWorkingSetBytes', length);
  const rss = at(series, 'memoryRssBytes', length);
  const common = { title: messages.metric.memory, unit: 'bytes' as const, lines: lines(bounds, messages), marks: marks.map(({ time, tone }) => ({ time, tone })) };
  if (!anything(workingSet)) return { ...common, series: [{ id: 'total', label: field.used, points: total, colour: { metric: 'mem' }, fill: 10 }] };
  const cache = { id: 'cache', label: field.cache, points: minus(total, workingSet), colour: { metric: 'mem', share: 18 } as const };
  if (!anything(rss)) {
    return { ...common, stack: true, series: [{ id: 'workingSet', label: field.workingSet, points: workingSet, colour: { metric: 'mem', share: 62 } }, cache] };
  }
  return {
    ...common,
    stack: true,
    series: [
      { id: 'rss', label: field.rss, points: rss, colour: { metric: 'mem', share: 62 } },
      { id: 'active', label: field.active, points: minus(workingSet, rss), colour: { metric: 'mem', share: 36 } },
      cache,
      { id: 'workingSet', label: field.workingSet, points: workingSet, colour: { metric: 'text' }, over: true, dash: 'dashed', width: 1.25 },
    ],
  };
}

/** The memory of a node is one number: what is not available. */
export function nodeMemorySpec(series: SeriesByKey, length: number, bounds: Bounds, messages: Messages): ChartSpec {
  return {
    title: messages.metric.memory,
    unit: 'bytes',
    series: [{ id: 'used', label: messages.field.used, points: at(series, 'memoryBytes', length), colour: { metric: 'mem' }, fill: 10 }],
    lines: lines(bounds, messages),
  };
}

function bothWays(title: string, metric: 'net' | 'disk', up: [string, Points], down: [string, Points], marks: readonly ChartMark[]): ChartSpec {
  return {
    title,
    unit: 'rate',
    series: [
      { id: 'up', label: up[0], points: up[1], colour: { metric }, fill: 18 },
      { id: 'down', label: down[0], points: down[1], colour: { metric, share: 62 }, fill: 8, below: true },
    ],
    marks: marks.map(({ time, tone }) => ({ time, tone })),
  };
}

export function networkSpec(series: SeriesByKey, length: number, marks: readonly ChartMark[], { metric, field }: Messages): ChartSpec {
  return bothWays(metric.network, 'net', [field.received, at(series, 'networkRxBytesPerSecond', length)], [field.sent, at(series, 'networkTxBytesPerSecond', length)], marks);
}

export function diskSpec(series: SeriesByKey, length: number, marks: readonly ChartMark[], { metric, field }: Messages): ChartSpec {
  return bothWays(metric.disk, 'disk', [field.read, at(series, 'diskReadBytesPerSecond', length)], [field.write, at(series, 'diskWriteBytesPerSecond', length)], marks);
}

/** Nothing where the kernel measures no pressure. */
export function pressureSpec(series: SeriesByKey, length: number, marks: readonly ChartMark[], { metric, detail }: Messages): ChartSpec | null {
  if (![series.cpuSomePercent, series.memorySomePercent, series.ioSomePercent].some((points) => points && anything(points))) return null;
  return {
    title: metric.pressure,
    hint: detail.pressureHint,
    unit: 'percent',
    series: [
      { id: 'cpu', label: metric.cpu, points: at(series, 'cpuSomePercent', length), colour: { metric: 'cpu' } },
      { id: 'memory', label: metric.memory, points: at(series, 'memorySomePercent', length), colour: { metric: 'mem' }, dash: 'dashed' },
      { id: 'io', label: metric.io, points: at(series, 'ioSomePercent', length), colour: { metric: 'disk' }, dash: 'dotted' },
    ],
    marks: marks.map(({ time, tone }) => ({ time, tone })),
  };
}

export function tasksSpec(series: SeriesByKey, length: number, title: string, label: string): ChartSpec {
  return { title, unit: 'count', series: [{ id: 'tasks', label, points: at(series, 'processCount', length), colour: { metric: 'text-2' }, stepped: true }] };
}

export function podCountSpec(series: SeriesByKey, length: number, { column, field }: Messages): ChartSpec {
  return { title: column.pods, unit: 'count', series: [{ id: 'pods', label: field.total, points: at(series, 'podCount', length), colour: { metric: 'text-2' }, stepped: true }] };
}

// The metrics that the overview's panels can be asked by.
import type { components } from '../../api/schema';
import type { Unit } from '../../format/units';
import type { Messages } from '../../i18n';

export const METRICS = ['cpu', 'memory', 'disk', 'network'] as const;
export type Metric = (typeof METRICS)[number];
export type HeatMetric = Metric | 'pressure';
export const HEAT_METRICS = [...METRICS, 'pressure'] as const;

type Keys = keyof components['schemas']['AggregateUsage'];

interface MetricFacts {
  /** The class that gives the colour. */
  colour: string;
  unit: Unit;
  /** The key by which lists are ranked: the one that they show and name. */
  sort: Keys;
  /** What goes the other way, told beside it. */
  other?: { key: Keys; label: 'diskRead' | 'sent' };
}

export const FACTS: Record<Metric, MetricFacts> = {
  cpu: { colour: 'cpu', unit: 'cpu', sort: 'cpuMillicores' },
  memory: { colour: 'mem', unit: 'bytes', sort: 'memoryWorkingSetBytes' },
  disk: { colour: 'disk', unit: 'rate', sort: 'diskWriteBytesPerSecond', other: { key: 'diskReadBytesPerSecond', label: 'diskRead' } },
  network: { colour: 'net', unit: 'rate', sort: 'networkRxBytesPerSecond', other: { key: 'networkTxBytesPerSecond', label: 'sent' } },
};

export function metricOptions<T extends HeatMetric>(metrics: readonly T[], messages: Messages): { value: T; label: string }[] {
  return metrics.map((value) => ({ value, label: messages.metric[value] }));
}

/** A choice of the URL, or the first. */
export function metricFrom<T extends HeatMetric>(metrics: readonly T[], text: string | null): T {
  return metrics.find((metric) => metric === text) ?? (metrics[0] as T);
}

// The metrics that the overview's panels can be asked by.
import type { components } from '../../api/schema';
import { sum, type Measured, type Unit } from '../../format/units';
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
  /** Of the objects of which pods are. */
  keys: readonly Keys[];
  /** The key by which lists are sorted. */
  sort: Keys;
}

export const FACTS: Record<Metric, MetricFacts> = {
  cpu: { colour: 'cpu', unit: 'cpu', keys: ['cpuMillicores'], sort: 'cpuMillicores' },
  memory: { colour: 'mem', unit: 'bytes', keys: ['memoryWorkingSetBytes'], sort: 'memoryWorkingSetBytes' },
  disk: { colour: 'disk', unit: 'rate', keys: ['diskReadBytesPerSecond', 'diskWriteBytesPerSecond'], sort: 'diskWriteBytesPerSecond' },
  network: { colour: 'net', unit: 'rate', keys: ['networkRxBytesPerSecond', 'networkTxBytesPerSecond'], sort: 'networkRxBytesPerSecond' },
};

export function valueOf(metric: Metric, usage: Partial<Record<Keys, Measured>> | null | undefined): number | null {
  return sum(...FACTS[metric].keys.map((key) => usage?.[key]));
}

export function metricOptions<T extends HeatMetric>(metrics: readonly T[], messages: Messages): { value: T; label: string }[] {
  return metrics.map((value) => ({ value, label: messages.metric[value] }));
}

/** A choice of the URL, or the first. */
export function metricFrom<T extends HeatMetric>(metrics: readonly T[], text: string | null): T {
  return metrics.find((metric) => metric === text) ?? (metrics[0] as T);
}

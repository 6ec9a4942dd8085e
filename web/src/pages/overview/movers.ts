// Which pods have changed most: the mean of the newer half of a span against that of its older half.
import type { Pod, Points } from '../../api/model';
import { FACTS, type Metric } from './metrics';

export interface Mover {
  pod: Pod;
  before: number;
  now: number;
  points: Points;
}

const mean = (points: Points): number | null => {
  const known = points.filter((value) => value !== null);
  return known.length ? known.reduce((total, value) => total + value, 0) / known.length : null;
};

/** Null where one of the halves is not known. */
export function moverOf(pod: Pod, metric: Metric): Mover | null {
  const points = (pod.series as Record<string, Points> | undefined)?.[FACTS[metric].sort];
  if (!points) return null;
  const half = points.length >> 1;
  const before = mean(points.slice(0, half));
  const now = mean(points.slice(half));
  return before === null || now === null ? null : { pod, before, now, points };
}

const SPANS = [3600, 1800, 900, 600, 300, 120] as const;

/** The window, or less on a server that holds less: of what was before it started there is no older half. Seconds. */
export function spanFor(window: number, heldSeconds: number | undefined): number {
  if (heldSeconds === undefined) return window;
  // A full hour is held but for the ticks of a moment.
  return SPANS.find((span) => span <= window && span * 0.95 <= heldSeconds) ?? 60;
}

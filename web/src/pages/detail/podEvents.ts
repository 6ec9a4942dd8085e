// What happened to a pod within the window, as its series and its containers tell.
import type { Pod, Points } from '../../api/model';
import type { ChartMark } from '../../charts/model';
import { memoryOfLimit, NEAR_LIMIT_PERCENT, THROTTLED_PERCENT } from '../../components/flags';
import { parseTime } from '../../format/time';

export type PodEvent =
  | { kind: 'oom'; time: null; container: string; count: number }
  | { kind: 'started'; time: number; container: string; restarts: number }
  | { kind: 'podStarted' | 'podEnded'; time: number }
  | { kind: 'throttled' | 'nearLimit'; time: number; worst: number; worstAt: number };

export interface Episode {
  from: number;
  worst: number;
  worstAt: number;
}

const SHORTEST = 3;

/** Stretches of at least three points above a bound; a single spike is no event. */
export function episodes(points: Points, timestamps: readonly number[], above: number): Episode[] {
  const found: Episode[] = [];
  let run: (Episode & { length: number }) | null = null;
  for (let index = 0; index <= points.length; index++) {
    const value = points[index];
    const time = timestamps[index] ?? 0;
    if (value != null && value > above) {
      run ??= { from: time, worst: value, worstAt: time, length: 0 };
      run.length++;
      if (value > run.worst) [run.worst, run.worstAt] = [value, time];
    } else {
      if (run && run.length >= SHORTEST) found.push({ from: run.from, worst: run.worst, worstAt: run.worstAt });
      run = null;
    }
  }
  return found;
}

export function podEvents(pod: Pod): PodEvent[] {
  const timestamps = pod.window?.timestamps ?? [];
  const first = timestamps[0] ?? Infinity;
  const last = timestamps[timestamps.length - 1] ?? -Infinity;
  const within = (time: number | null): time is number => time !== null && time >= first && time <= last;
  const events: PodEvent[] = [];
  const started = parseTime(pod.startedAt);
  if (within(started)) events.push({ kind: 'podStarted', time: started });
  const ended = pod.terminated ? parseTime(pod.sampledAt) : null;
  if (within(ended)) events.push({ kind: 'podEnded', time: ended });
  for (const container of pod.containers ?? []) {
    if (container.events?.oomKills) events.push({ kind: 'oom', time: null, container: container.name, count: container.events.oomKills });
    const time = parseTime(container.startedAt);
    if (within(time) && container.restartCount) events.push({ kind: 'started', time, container: container.name, restarts: container.restartCount });
  }
  const { throttledPercent, memoryWorkingSetBytes } = pod.series ?? {};
  for (const { from, worst, worstAt } of episodes(throttledPercent ?? [], timestamps, THROTTLED_PERCENT)) events.push({ kind: 'throttled', time: from, worst, worstAt });
  const limit = pod.limits?.memoryBytes;
  if (limit && memoryOfLimit(pod) !== null) {
    const shares = (memoryWorkingSetBytes ?? []).map((value) => (value == null ? null : (value / limit) * 100));
    for (const { from, worst, worstAt } of episodes(shares, timestamps, NEAR_LIMIT_PERCENT)) events.push({ kind: 'nearLimit', time: from, worst, worstAt });
  }
  return events.sort((a, b) => (b.time ?? Infinity) - (a.time ?? Infinity));
}

/** Those that every chart marks with a line. */
export function podMarks(events: readonly PodEvent[], label: (container: string) => string): ChartMark[] {
  return events.flatMap((event) => (event.kind === 'started' ? [{ time: event.time, label: label(event.container), tone: 'quiet' as const }] : []));
}

import { expect, test } from 'vitest';
import type { Pod } from '../../api/model';
import { episodes, podEvents, podMarks } from './podEvents';

const ticks = Array.from({ length: 10 }, (_, index) => 1000 + index * 10);

test('an episode lasts three points; a spike is none, a gap ends one', () => {
  expect(episodes([0, 30, 0, 30, 40, 35, 0, 30, null, 30], ticks, 25)).toEqual([{ from: 1030, worst: 40, worstAt: 1040 }]);
  expect(episodes([30, 30, 31], ticks, 25)).toEqual([{ from: 1000, worst: 31, worstAt: 1020 }]);
});

test('restarts, OOM kills and near limits of the window, newest first', () => {
  const pod: Pod = {
    name: 'p', stale: false, hostNetwork: false, usage: { memoryWorkingSetBytes: 95 }, startedAt: '1970-01-01T00:00:01Z', limits: { memoryBytes: 100 },
    window: { start: 990, end: 1090, step: 10, timestamps: ticks },
    series: { memoryWorkingSetBytes: [1, 1, 91, 95, 92, 1, 1, 1, 1, 1] },
    containers: [
      { name: 'app', stale: false, usage: {}, startedAt: '1970-01-01T00:17:20Z', restartCount: 2, events: { oomKills: 1 } },
      { name: 'first', stale: false, usage: {}, startedAt: '1970-01-01T00:17:10Z', restartCount: 0 },
    ],
  };
  const events = podEvents(pod);
  expect(events).toEqual([
    { kind: 'oom', time: null, container: 'app', count: 1 },
    { kind: 'started', time: 1040, container: 'app', restarts: 2 },
    { kind: 'nearLimit', time: 1020, worst: 95, worstAt: 1030 },
  ]);
  expect(podMarks(events, (name) => name)).toEqual([{ time: 1040, label: 'app', tone: 'quiet' }]);
});

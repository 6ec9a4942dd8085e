import { describe, expect, test } from 'vitest';
import { type ChartSpec, indexAt, plotOf, range, secondsBefore } from './model';

const spec = (more: Partial<ChartSpec>): ChartSpec => ({ title: 't', unit: 'cpu', series: [], ...more });
const blue = { metric: 'cpu' } as const;

describe('plotOf', () => {
  test('stacks from below, draws the uppermost first, and a gap of all stays a gap', () => {
    const plot = plotOf(
      spec({
        stack: true,
        series: [
          { id: 'a', points: [1, null, 3], colour: blue },
          { id: 'b', points: [10, null, null], colour: blue },
          { id: 'total', points: [11, null, 3], colour: blue, over: true },
        ],
      }),
    );
    expect(plot.order).toEqual([1, 0, 2]);
    expect(plot.rows).toEqual([[11, null, 3], [1, null, 3], [11, null, 3]]);
  });

  test('what goes down is drawn below zero, and both directions share the scale', () => {
    const plot = plotOf(spec({ series: [{ id: 'up', points: [1], colour: blue }, { id: 'down', points: [4], colour: blue, below: true }] }));
    expect(plot.rows).toEqual([[1], [-4]]);
    expect(plot.mirrored).toBe(true);
    expect(plot.peak).toBeCloseTo(4.16);
  });

  test('a limit far above the peak is not drawn', () => {
    const near = { label: 'request', value: 150 };
    const far = { label: 'limit', value: 1000 };
    expect(plotOf(spec({ series: [{ id: 'a', points: [100], colour: blue }], lines: [near, far, { label: 'none', value: null }] })).lines).toEqual([near]);
  });
});

test('the index of an instant', () => {
  const ticks = [10, 20, 30];
  expect([5, 10, 19, 20, 99].map((time) => indexAt(ticks, time))).toEqual([-1, 0, 0, 1, 2]);
});

test('the range of what was measured', () => {
  expect(range([null, 3, 1, null])).toEqual({ low: 1, high: 3 });
  expect(range([null])).toEqual({ low: null, high: null });
});

test.each([
  [100, 100, 10, 0],
  [90, 100, 10, 10],
  [95, 100, 10, 0],
  [110, 100, 10, 0],
  [90, null, 10, 0],
  [98, 100, 0, 2],
])('%s lies before the tick %s, at steps of %s s, by %s s', (moment, tick, step, before) => expect(secondsBefore(moment, tick, step)).toBe(before));

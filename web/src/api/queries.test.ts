import { expect, test } from 'vitest';
import { stepFor } from './queries';

test.each([
  [3600, 10, 60, 60],
  [900, 10, 60, 20],
  [300, 10, 60, 10],
  [3600, 1, 360, 10],
  [300, 1, 360, 1],
  [300, 60, 60, 60],
  [3600, 7, 60, 63],
])('%s s at %s s in %s points: every %s s', (window, interval, points, expected) => {
  expect(stepFor(window, interval, points)).toBe(expected);
  expect(stepFor(window, interval, points) % interval).toBe(0);
});

import { expect, test } from 'vitest';
import { linePath } from './linePath';

const box = { width: 30, height: 10, low: 0, high: null, pad: 0 };

test('a gap lifts the pen', () => {
  expect(linePath([1, 2, null, 1], box).line).toBe('M0.0 5.0L10.0 0.0M30.0 5.0h1');
});

test('nothing measured is nothing drawn; a steady zero lies on the ground', () => {
  expect(linePath([null, null], box)).toEqual({ line: '', area: '' });
  expect(linePath([0, 0], box).line).toBe('M0.0 10.0L30.0 10.0');
});

test('the area closes to the lower edge, each run by itself', () => {
  expect(linePath([2, 2, null, 2, 2], box).area).toBe('M0.0 10L0.0 0.0L7.5 0.0L7.5 10ZM22.5 10L22.5 0.0L30.0 0.0L30.0 10Z');
});

// @vitest-environment jsdom
import { renderHook } from '@testing-library/react';
import { expect, test } from 'vitest';
import { sameWindow, useMatched } from './useMatched';

const of = (end: number, step = 10) => ({ window: { start: end - 60, end, step, timestamps: [] } });

test('the same points in time', () => {
  expect(sameWindow(of(100), of(100))).toBe(true);
  expect(sameWindow(of(100), of(110))).toBe(false);
  expect(sameWindow(of(100), of(100, 20))).toBe(false);
  expect(sameWindow({}, {})).toBe(false);
});

test('a sum is never drawn with parts of another tick', () => {
  const [sum, parts, newer, newerParts] = [of(100), of(100), of(110), of(110)];
  const first: { a: object; b: object | undefined; failed: boolean } = { a: sum, b: undefined, failed: false };
  const { result, rerender } = renderHook(({ a, b, failed }) => useMatched(a, b, failed), { initialProps: first });
  expect(result.current).toEqual({ sum });
  rerender({ ...first, b: parts });
  expect(result.current).toEqual({ sum, parts });
  rerender({ ...first, a: newer, b: parts });
  expect(result.current).toEqual({ sum, parts });
  rerender({ ...first, a: newer, b: newerParts });
  expect(result.current).toEqual({ sum: newer, parts: newerParts });
  rerender({ a: of(120), b: newerParts, failed: true });
  expect(result.current.parts).toBeUndefined();
});

import { expect, test } from 'vitest';
import { due } from './moment';

const at = (tick: number | null, instance: string | null = 'a') => ({ instance, tick });

test('each new moment is asked for once, the first one too', () => {
  expect(due(null, at(100), false)).toEqual(at(100));
  expect(due(at(100), at(100), false)).toBeNull();
  expect(due(at(100), at(110), false)).toEqual(at(110));
});

test('a server that has started again is asked, though its tick is the same', () => {
  expect(due(at(100), at(100, 'b'), false)).toEqual(at(100, 'b'));
});

test('a server that has started again is asked once while the page is paused', () => {
  expect(due(at(100), at(110, 'b'), true)).toEqual(at(110, 'b'));
  expect(due(at(110, 'b'), at(120, 'b'), true)).toBeNull();
  expect(due(at(null, null), at(120, 'b'), true)).toBeNull();
});

test('nothing is asked for while the page is paused', () => {
  expect(due(null, at(110), true)).toBeNull();
  expect(due(at(100), at(110), true)).toBeNull();
});

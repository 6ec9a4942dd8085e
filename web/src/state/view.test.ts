import { expect, test } from 'vitest';
import { carry, readView } from './view';

const read = (text: string) => readView(new URLSearchParams(text));

test.each([
  ['', { window: 3600, pausedAt: null, zoom: null }],
  ['window=5m', { window: 300, pausedAt: null, zoom: null }],
  ['window=7m&at=x&zoom=1-2', { window: 3600, pausedAt: null, zoom: null }],
  ['at=1795985350', { window: 3600, pausedAt: 1795985350, zoom: null }],
  ['zoom=1795985000-1795985350', { window: 3600, pausedAt: null, zoom: [1795985000, 1795985350] }],
  ['zoom=1795985350-1795985000', { window: 3600, pausedAt: null, zoom: null }],
  ['zoom=1795985000-1795999999', { window: 3600, pausedAt: null, zoom: null }],
])('the URL ?%s', (text, expected) => expect(read(text)).toEqual(expected));

test('a link takes window and pause along, nothing of the page that is left', () => {
  expect(carry(new URLSearchParams('window=5m&at=1795985350&zoom=1-2&q=x'), { namespace: 'a b' })).toBe('?namespace=a+b&window=5m&at=1795985350');
  expect(carry(new URLSearchParams())).toBe('');
});

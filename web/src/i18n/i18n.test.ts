import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { en } from './en';
import { ko } from './ko';

const read = (path: string) => readFileSync(new URL(path, import.meta.url), 'utf8');

test('the font has every Korean syllable of the interface', () => {
  const has = new Set(read('../fonts/hangul-ui.txt'));
  const needed = [...new Set(`${read('ko.ts')}${read('en.ts')}`.match(/\p{Script=Hangul}/gu))];
  expect(needed.filter((syllable) => !has.has(syllable)), 'run `npm run fonts`').toEqual([]);
});

function strings(value: unknown, path: string): [string, string][] {
  if (typeof value === 'string') return [[path, value]];
  if (typeof value === 'object' && value !== null) return Object.entries(value).flatMap(([key, inner]) => strings(inner, `${path}.${key}`));
  return [];
}

test('no word is empty in one language alone', () => {
  const korean = new Map(strings(ko, ''));
  const odd = strings(en, '').filter(([path, text]) => (text.trim() === '') !== ((korean.get(path) ?? '').trim() === '') && path !== '.time.gap');
  expect(odd).toEqual([]);
});

test('counts', () => {
  expect(en.overview.attention(0)).toBe('Nothing needs attention.');
  expect(en.overview.attention(1)).toBe('1 thing needs attention.');
  expect(en.overview.coverage('236', '240')).toBe('236 of 240 nodes report');
  expect(ko.overview.coverage('236', '240')).toBe('노드 240개 중 236개 수신 중');
});

import { describe, expect, test } from 'vitest';
import { quantity, share, signed, sum, text, type Measured, type Unit } from './units';

const words = { core: 'core', cores: 'cores' };

describe('text', () => {
  test.each<[Unit, Measured, string]>([
    ['cpu', null, '–'],
    ['cpu', undefined, '–'],
    ['cpu', NaN, '–'],
    ['cpu', 0, '0 m'],
    ['cpu', 0.01, '< 0.1 m'],
    ['cpu', 0.4, '0.4 m'],
    ['cpu', 9.94, '9.9 m'],
    ['cpu', 9.96, '10 m'],
    ['cpu', 962.4, '962 m'],
    ['cpu', 999.4, '999 m'],
    ['cpu', 999.6, '1.00 cores'],
    ['cpu', 1280, '1.28 cores'],
    ['cpu', 12_345, '12.3 cores'],
    ['cpu', 99_960, '100 cores'],
    ['cpu', 1_420_400, '1,420 cores'],
    ['cpu', -130, '−130 m'],
    ['bytes', 0, '0 B'],
    ['bytes', 0.2, '< 1 B'],
    ['bytes', 1023, '1023 B'],
    ['bytes', 1023.7, '1.00 KiB'],
    ['bytes', 1536, '1.50 KiB'],
    ['bytes', 65 * 1024 ** 2, '65.0 MiB'],
    ['bytes', 7.11 * 1024 ** 4, '7.11 TiB'],
    ['bytes', 5000 * 1024 ** 5, '5,000 PiB'],
    ['rate', 2048, '2.00 KiB/s'],
    ['percent', 0, '0 %'],
    ['percent', 0.03, '< 0.1 %'],
    ['percent', 5.66, '5.7 %'],
    ['percent', 9.96, '10 %'],
    ['percent', 31.2, '31 %'],
    ['percent', 100, '100 %'],
    ['count', 8407, '8,407'],
    ['cores', 2442, '2.442'],
    ['gib', 19.256 * 1024 ** 3, '19.26'],
  ])('%s of %s is %s', (unit, value, expected) => expect(text(unit, value, words)).toBe(expected));

  test.each<[Unit, number, string]>([
    ['cpu', 1000, '1 core'],
    ['cpu', 4000, '4 cores'],
    ['cpu', 1500, '1.50 cores'],
    ['bytes', 512 * 1024 ** 2, '512 MiB'],
    ['bytes', 4 * 1024 ** 3, '4 GiB'],
    ['bytes', 61.1 * 1024 ** 3, '61.1 GiB'],
  ])('what was set as %s of %s is %s', (unit, value, expected) => expect(text(unit, value, words, true)).toBe(expected));
});

test('a quantity keeps number and unit apart', () => expect(quantity('rate', 1536, words)).toEqual({ number: '1.50', unit: 'KiB/s' }));

test.each<[Measured, string]>([
  [390, '+390 m'],
  [-1680, '−1.68 cores'],
  [0, '0 m'],
  [null, '–'],
])('a change of %s is %s', (value, expected) => expect(signed('cpu', value, words)).toBe(expected));

test.each<[Measured, Measured, number | null]>([
  [31, 100, 31],
  [0, 100, 0],
  [31, 0, null],
  [null, 100, null],
  [31, undefined, null],
])('the share of %s in %s is %s', (part, whole, expected) => expect(share(part, whole)).toBe(expected));

test('a sum leaves out what is missing, and is missing where all is', () => {
  expect(sum(1, null, 2)).toBe(3);
  expect(sum(0, null)).toBe(0);
  expect(sum(null, undefined)).toBeNull();
});

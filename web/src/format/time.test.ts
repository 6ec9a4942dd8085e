import { expect, test } from 'vitest';
import { en } from '../i18n/en';
import { ko } from '../i18n/ko';
import { age, duration, parseTime, zone } from './time';

test.each([
  [0, '0 s', '0초'],
  [3.4, '3 s', '3초'],
  [59.6, '1 m', '1분'],
  [130, '2 m 10 s', '2분 10초'],
  [3600, '1 h', '1시간'],
  [3661, '1 h 1 m', '1시간 1분'],
  [90_000, '1 d 1 h', '1일 1시간'],
  [-5, '0 s', '0초'],
])('%s seconds last %s', (seconds, english, korean) => {
  expect(duration(seconds, en.time)).toBe(english);
  expect(duration(seconds, ko.time)).toBe(korean);
});

test.each([
  [59, '59s'],
  [60, '1m'],
  [7199, '1h'],
  [172_799, '47h'],
  [172_800, '2d'],
])('%s seconds are %s old', (seconds, expected) => expect(age(seconds, en.ageUnits)).toBe(expected));

test('an instant is read or not there', () => {
  expect(parseTime('2026-11-29T20:49:10Z')).toBe(1795985350);
  expect(parseTime(undefined)).toBeNull();
  expect(parseTime('yesterday')).toBeNull();
});

test('the zone is named', () => expect(zone(new Date('2026-11-29T00:00:00Z'))).toMatch(/^UTC([+−]\d+(:\d\d)?)?$/));

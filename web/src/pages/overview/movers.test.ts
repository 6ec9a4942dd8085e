import { expect, test } from 'vitest';
import type { Pod, Points } from '../../api/model';
import { moverOf, spanFor } from './movers';

const pod = (cpuMillicores: Points) => ({ name: 'a', series: { cpuMillicores } }) as Pod;

test('a mover is the mean of its newer half against that of its older half, over what is known', () => {
  expect(moverOf(pod([10, null, 30, null]), 'cpu')).toMatchObject({ before: 10, now: 30 });
  expect(moverOf(pod([null, null, 30, 40]), 'cpu')).toBeNull();
  expect(moverOf(pod([10, 20, null, null]), 'cpu')).toBeNull();
  expect(moverOf({ name: 'a' } as Pod, 'cpu')).toBeNull();
});

test('a span has two halves on a server that has just started, too', () => {
  expect(spanFor(3600, undefined)).toBe(3600);
  expect(spanFor(3600, 3590)).toBe(3600);
  expect(spanFor(3600, 1000)).toBe(900);
  expect(spanFor(300, 3590)).toBe(300);
  expect(spanFor(900, 200)).toBe(120);
  expect(spanFor(900, 20)).toBe(60);
});

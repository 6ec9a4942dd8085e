import { expect, test } from 'vitest';
import type { Pod } from '../../api/model';
import { inOrder, lifetimeOf, podStack } from './podStack';

const pod = (name: string, points: (number | null)[], more: Partial<Pod> = {}): Pod => ({ name, stale: false, hostNetwork: false, usage: {}, series: { cpuMillicores: points }, ...more });

test('ended pods come first, so that a roll-out reads from grey to colour', () => {
  const order = inOrder([pod('new', [], { startedAt: '2' }), pod('old', [], { startedAt: '1', terminated: true }), pod('first', [], { startedAt: '1' })]);
  expect(order.map(({ name }) => name)).toEqual(['old', 'first', 'new']);
});

test('the layers and "others" add up to the total', () => {
  const pods = Array.from({ length: 14 }, (_, index) => pod(`p${index}`, [index + 1, null]));
  const layers = podStack(pods, [105, 50], 'cpuMillicores', 'cpu', { all: 'all', others: 'others' });
  expect(layers.filter((layer) => !layer.over)).toHaveLength(12);
  const sum = (index: number) => layers.filter((layer) => !layer.over).reduce((total, layer) => total + (layer.points[index] ?? 0), 0);
  expect([sum(0), sum(1)]).toEqual([105, 50]);
});

test('a lifetime spans what was measured', () => {
  expect(lifetimeOf(pod('p', [null, 1, null, 2, null]))).toMatchObject({ from: 25, width: 50 });
  expect(lifetimeOf(pod('p', [null]))).toBeNull();
});

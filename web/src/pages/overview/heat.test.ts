import { expect, test } from 'vitest';
import type { Node } from '../../api/model';
import { heatGroups, heatNodes, median } from './heat';
import { layOut } from './HeatCanvas';

const node = (name: string, cpu: number | null, more: Partial<Node> = {}): Node => ({ name, stale: false, usage: cpu === null ? null : { cpuMillicores: cpu }, capacity: { cpuMillicores: 1000 }, ...more });

test('a missing value is no cold cell', () => {
  const { cells } = heatNodes([node('a', 400), node('b', 0), node('c', null, { collector: 'missing' }), node('d', 5, { stale: true })], 'cpu');
  expect(cells.map(({ value, state }) => [value, state])).toEqual([[40, 'live'], [0, 'live'], [null, 'missing'], [null, 'stale']]);
});

test('a node that reports, but not this, is neither cold nor away', () => {
  const nodes = [node('a', 400), node('b', 400, { capacity: {} }), node('c', 400, { capacity: {}, ready: false })];
  expect(heatNodes(nodes, 'cpu').cells.map(({ value, state, finding }) => [value, state, finding])).toEqual([[40, 'live', false], [null, 'unknown', false], [null, 'unknown', true]]);
  expect(heatNodes(nodes, 'pressure').cells.every(({ state }) => state === 'unknown')).toBe(true);
  expect(heatNodes(nodes, 'disk').cells.every(({ value, state }) => value === null && state === 'unknown')).toBe(true);
});

test('pools by kind of machine or by name; one where that tells nothing', () => {
  const names = (nodes: Node[]) => heatGroups(heatNodes(nodes, 'cpu').cells).map((group) => `${group.name}:${group.nodes.length}`);
  expect(names([node('spot-01', 1), node('gpu-1', 1), node('spot-02', 1)])).toEqual(['spot:2', 'gpu:1']);
  expect(names([node('node-1', 1), node('node-2', 1)])).toEqual([':2']);
  expect(names([node('a', 1, { instanceType: 'm5' }), node('b', 1, { instanceType: 'c5' })])).toEqual(['c5:1', 'm5:1']);
});

test('5,000 nodes fit, each with its own place', () => {
  const { cells } = heatNodes(Array.from({ length: 5000 }, (_, index) => node(`node-${index}`, index / 5)), 'cpu');
  const { placed, height } = layOut(heatGroups(cells), 780);
  expect(new Set(placed.map(({ x, y }) => `${x},${y}`)).size).toBe(5000);
  expect(height).toBeLessThan(700);
});

test('the median leaves out what is missing', () => expect(median([null, 1, 9, 2])).toBe(2));

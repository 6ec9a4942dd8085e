// What a chart shows, and the arithmetic between that and what is drawn.
import type { Points } from '../api/model';
import type { ChartUnit } from './scale';

/** A metric's colour, or a share of it mixed with the surface; `none` is grey. */
export interface Colour {
  metric: 'cpu' | 'mem' | 'disk' | 'net' | 'text' | 'text-2' | 'text-3' | 'warn-mark';
  share?: number;
}

export interface ChartSeries {
  id: string;
  /** Without a label it is in no legend. */
  label?: string;
  points: Points;
  colour: Colour;
  /** Fill down to the axis: the opacity in percent. */
  fill?: number;
  dash?: 'dashed' | 'dotted';
  width?: number;
  /** Goes down from a zero line. */
  below?: boolean;
  /** Of a stack: not part of it, but drawn over it. */
  over?: boolean;
  stepped?: boolean;
}

export interface ChartLine {
  label: string;
  value: number | null | undefined;
  dashed?: boolean;
}

export interface ChartMark {
  time: number;
  label?: string;
  tone: 'critical' | 'quiet';
}

export interface ChartSpec {
  title: string;
  hint?: string;
  unit: ChartUnit;
  series: readonly ChartSeries[];
  stack?: boolean;
  lines?: readonly ChartLine[];
  marks?: readonly ChartMark[];
}

/** A limit far above the peak would flatten the line: it is told in the legend instead. */
const FAR_ABOVE_PEAK = 2.4;

export interface Plot {
  /** By series of the spec, in the order of drawing. */
  rows: Points[];
  order: number[];
  lines: ChartLine[];
  peak: number;
  /** Something goes down from the zero line. */
  mirrored: boolean;
}

function stacked(series: readonly ChartSeries[]): Points[] {
  const length = series[0]?.points.length ?? 0;
  const base = new Array<number>(length).fill(0);
  const known = (index: number) => series.some((entry) => !entry.over && entry.points[index] != null);
  const measured = Array.from({ length }, (_, index) => known(index));
  return series.map((entry) => {
    if (entry.over) return entry.points;
    return entry.points.map((value, index) => {
      if (!measured[index]) return null; // a gap of all is a gap
      base[index] = (base[index] ?? 0) + (value ?? 0);
      return base[index];
    });
  });
}

function highest(rows: Points[], sign: 1 | -1): number {
  let peak = 0;
  for (const row of rows) for (const value of row) if (value != null && value * sign > peak) peak = value * sign;
  return peak;
}

export function plotOf(spec: ChartSpec): Plot {
  const { series, stack = false } = spec;
  const drawn = (stack ? stacked(series) : series.map((entry) => entry.points)).map((row, index) => (series[index]?.below ? row.map((value) => (value == null ? null : -value)) : row));
  // Of a stack the uppermost is drawn first, so that the lower ones cover it.
  const order = stack ? [...series.keys()].sort((a, b) => Number(series[a]?.over ?? false) - Number(series[b]?.over ?? false) || b - a) : [...series.keys()];
  let peak = Math.max(highest(drawn, 1), highest(drawn, -1));
  const lines = (spec.lines ?? []).filter((line) => line.value != null && (peak === 0 || line.value <= peak * FAR_ABOVE_PEAK));
  for (const line of lines) peak = Math.max(peak, (line.value ?? 0) * 1.02);
  return { rows: order.map((index) => drawn[index] ?? []), order, lines, peak: peak * 1.04, mirrored: series.some((entry) => entry.below) };
}

export function isDrawn(line: ChartLine, plot: Plot): boolean {
  return plot.lines.includes(line);
}

/** The index of the tick at or right before an instant; -1 before the first. */
export function indexAt(timestamps: readonly number[], time: number): number {
  let low = 0;
  let high = timestamps.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((timestamps[middle] ?? Infinity) <= time) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}

/** By how many seconds a moment lies before the newest tick; 0 within a step of it, and where no tick is known. */
export function secondsBefore(moment: number, tick: number | null, step: number): number {
  const before = tick === null ? 0 : Math.round(tick - moment);
  return before < Math.max(1, step) ? 0 : before;
}

export function range(points: Points): { low: number | null; high: number | null } {
  let low: number | null = null;
  let high: number | null = null;
  for (const value of points) {
    if (value == null) continue;
    low = low === null || value < low ? value : low;
    high = high === null || value > high ? value : high;
  }
  return { low, high };
}

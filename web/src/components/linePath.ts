import type { Points } from '../api/model';

export interface Box {
  width: number;
  height: number;
  /** What the lower edge stands for; null: the least value. */
  low: number | null;
  /** What the upper edge stands for; null: the greatest value. */
  high: number | null;
  pad: number;
}

export interface LinePath {
  line: string;
  /** The same, closed down to the lower edge. */
  area: string;
}

/** SVG paths of a series; a gap lifts the pen. A point between two gaps becomes a short dash, so that it is seen. */
export function linePath(points: Points, { width, height, low, high, pad }: Box): LinePath {
  const known = points.filter((value) => value !== null);
  if (known.length === 0) return { line: '', area: '' };
  const bottom = low ?? Math.min(...known);
  const top = high ?? Math.max(...known);
  const span = top - bottom;
  const x = (index: number) => (points.length < 2 ? width : (index / (points.length - 1)) * width);
  const y = (value: number) => (span > 0 ? height - pad - ((value - bottom) / span) * (height - 2 * pad) : low === 0 && top === 0 ? height - pad : height / 2);
  let line = '';
  let area = '';
  let from = -1;
  for (let index = 0; index <= points.length; index++) {
    const value = points[index];
    if (value != null) {
      line += `${from < 0 ? 'M' : 'L'}${x(index).toFixed(1)} ${y(value).toFixed(1)}`;
      if (from < 0) from = index;
      continue;
    }
    if (from < 0) continue;
    const first = points[from];
    if (from === index - 1) line += 'h1';
    if (first != null) {
      const run = points.slice(from, index).map((point, offset) => `L${x(from + offset).toFixed(1)} ${y(point ?? 0).toFixed(1)}`);
      area += `M${x(from).toFixed(1)} ${height}${run.join('')}L${x(index - 1).toFixed(1)} ${height}Z`;
    }
    from = -1;
  }
  return { line, area };
}

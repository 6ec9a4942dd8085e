// Between a chart's model and uPlot: options, and what is drawn beside the series.
import uPlot from 'uplot';
import { clock } from '../format/time';
import type { UnitWords } from '../format/units';
import { canvasColour, type Palette, palette, transparent } from './colours';
import type { ChartSpec, Plot } from './model';
import { axisLabel, type AxisScale, axisScale } from './scale';

export const AXIS_WIDTH = 62;
const FONT = '11px Inter, "KM Hangul", system-ui, sans-serif';
const DASHES = { dashed: [6, 2], dotted: [2, 2] };
const LABEL_SPACE = 72;

/** What uPlot's callbacks read; replaced whole with new data, so that the instance stays. */
export interface Drawing {
  spec: ChartSpec;
  plot: Plot;
  scale: AxisScale;
  bare: boolean;
  /** From and to of the time axis. */
  x: readonly [number, number];
}

export interface Handlers {
  onCursor: (index: number | null) => void;
  onSelect: (from: number, to: number) => void;
  onReset: () => void;
}

export function makeDrawing(spec: ChartSpec, plot: Plot, x: readonly [number, number], height: number, bare: boolean, words: UnitWords): Drawing {
  const steps = plot.mirrored ? 2 : bare ? 1 : height > 200 ? 5 : 4;
  return { spec, plot, scale: axisScale(plot.peak, spec.unit, steps, words), bare, x };
}

function splits({ scale, plot, bare }: Drawing): number[] {
  if (bare) return [0, scale.top];
  const values: number[] = [];
  const bottom = plot.mirrored ? -scale.top : 0;
  for (let value = bottom; value <= scale.top + scale.step / 9; value += scale.step) values.push(Math.abs(value) < scale.step / 9 ? 0 : value);
  return values;
}

function axes(read: () => Drawing, colours: Palette): uPlot.Axis[] {
  const { bare } = read();
  const common = { stroke: colours('text-3'), font: FONT, ticks: { show: false } };
  return [
    {
      ...common, show: !bare, grid: { show: false }, size: 22, gap: 6, space: LABEL_SPACE,
      values: (u, values) => values.map((time) => (u.valToPos(time, 'x') > u.bbox.width / devicePixelRatio - 14 ? '' : clock(time, read().x[1] - read().x[0] < 600 && time % 60 !== 0))),
    },
    {
      ...common, size: AXIS_WIDTH, gap: 8, grid: { stroke: colours('line'), width: 1 },
      splits: () => splits(read()),
      values: (_, values) => values.map((value, index) => axisLabel(value, read().scale, index === values.length - 1)),
    },
  ];
}

function seriesOptions({ spec, plot }: Drawing, colours: Palette): uPlot.Series[] {
  return plot.order.map((index) => {
    const entry = spec.series[index];
    if (!entry) return {};
    const colour = canvasColour(entry.colour, colours);
    const layer = spec.stack === true && !entry.over;
    return {
      stroke: layer ? colours('surface') : colour,
      width: entry.width ?? (layer ? 0.75 : 1.5),
      ...(layer ? { fill: colour } : entry.fill === undefined ? {} : { fill: transparent(colour, entry.fill) }),
      ...(entry.dash ? { dash: DASHES[entry.dash] } : {}),
      ...(entry.stepped && uPlot.paths.stepped ? { paths: uPlot.paths.stepped({ align: 1 }) } : {}),
      points: { show: false },
      spanGaps: false,
    };
  });
}

function drawLines(u: uPlot, { plot }: Drawing, colours: Palette): void {
  const { ctx, bbox } = u;
  const ratio = devicePixelRatio;
  const across = (value: number) => {
    const y = Math.round(u.valToPos(value, 'y', true)) + 0.5;
    ctx.beginPath();
    ctx.moveTo(bbox.left, y);
    ctx.lineTo(bbox.left + bbox.width, y);
    ctx.stroke();
  };
  ctx.lineWidth = ratio;
  if (plot.mirrored) {
    ctx.strokeStyle = colours('line-2');
    across(0);
  }
  ctx.strokeStyle = colours('text');
  for (const line of plot.lines) {
    ctx.globalAlpha = line.dashed ? 0.7 : 0.9;
    ctx.setLineDash(line.dashed ? [4 * ratio, 3 * ratio] : []);
    across(line.value ?? 0);
  }
}

function drawMarks(u: uPlot, { spec }: Drawing, colours: Palette): void {
  const { ctx, bbox } = u;
  const ratio = devicePixelRatio;
  for (const mark of spec.marks ?? []) {
    const x = Math.round(u.valToPos(mark.time, 'x', true)) + 0.5;
    if (x < bbox.left || x > bbox.left + bbox.width) continue;
    const colour = colours(mark.tone === 'critical' ? 'crit-mark' : 'text-3');
    ctx.strokeStyle = ctx.fillStyle = colour;
    ctx.setLineDash([2 * ratio, 2 * ratio]);
    ctx.beginPath();
    ctx.moveTo(x, bbox.top);
    ctx.lineTo(x, bbox.top + bbox.height);
    ctx.stroke();
    ctx.beginPath();
    ctx.moveTo(x, bbox.top - ratio);
    ctx.lineTo(x + 4 * ratio, bbox.top + 4 * ratio);
    ctx.lineTo(x, bbox.top + 9 * ratio);
    ctx.lineTo(x - 4 * ratio, bbox.top + 4 * ratio);
    ctx.fill();
    if (mark.label) drawLabel(u, x, mark.label, colours(mark.tone === 'critical' ? 'crit' : 'text-2'), colours('surface'));
  }
}

function drawLabel(u: uPlot, x: number, label: string, colour: string, ground: string): void {
  const { ctx, bbox } = u;
  const ratio = devicePixelRatio;
  ctx.font = FONT.replace('11px', `${11 * ratio}px`);
  ctx.textAlign = 'left';
  const width = ctx.measureText(label).width;
  const left = x + width + 10 * ratio > bbox.left + bbox.width ? x - width - 16 * ratio : x;
  ctx.fillStyle = ground;
  ctx.globalAlpha = 0.85;
  ctx.fillRect(left + 6 * ratio, bbox.top - 3 * ratio, width + 4 * ratio, 14 * ratio);
  ctx.globalAlpha = 1;
  ctx.fillStyle = colour;
  ctx.fillText(label, left + 8 * ratio, bbox.top + 8 * ratio);
}

function draw(u: uPlot, drawing: Drawing, colours: Palette): void {
  u.ctx.save();
  drawLines(u, drawing, colours);
  u.ctx.globalAlpha = 1;
  drawMarks(u, drawing, colours);
  u.ctx.restore();
}

function cursorOptions(read: () => Drawing, colours: Palette, handlers: Handlers): uPlot.Cursor {
  const pointed = (index: number) => {
    const { spec, plot } = read();
    const entry = spec.series[plot.order[index - 1] ?? -1];
    return entry && !(spec.stack && !entry.over) ? entry : undefined;
  };
  return {
    y: false,
    drag: { x: true, y: false, setScale: false },
    points: {
      size: (_, index) => (pointed(index) ? 7 : 0),
      width: 1.5,
      fill: (_, index) => canvasColour(pointed(index)?.colour ?? { metric: 'text' }, colours),
      stroke: () => colours('surface'),
    },
    bind: {
      dblclick: () => () => {
        handlers.onReset();
        return null;
      },
    },
  };
}

export function uplotOptions(read: () => Drawing, width: number, height: number, handlers: Handlers): uPlot.Options {
  const colours = palette();
  const first = read();
  const bands = first.spec.stack ? stackBands(first) : undefined;
  return {
    width,
    height,
    padding: [7, 1, first.bare ? 6 : 0, 0],
    legend: { show: false },
    ms: 1e-3,
    cursor: cursorOptions(read, colours, handlers),
    scales: {
      x: { time: true, range: () => [...read().x] as [number, number] },
      y: { range: () => [read().plot.mirrored ? -read().scale.top : 0, read().scale.top] },
    },
    axes: axes(read, colours),
    series: [{}, ...seriesOptions(first, colours)],
    ...(bands ? { bands } : {}),
    hooks: {
      draw: [(u) => draw(u, read(), colours)],
      setCursor: [(u) => handlers.onCursor(u.cursor.idx ?? null)],
      setSelect: [
        (u) => {
          const { left, width: wide } = u.select;
          if (wide > 4) handlers.onSelect(u.posToVal(left, 'x'), u.posToVal(left + wide, 'x'));
          u.setSelect({ left: 0, width: 0, top: 0, height: 0 }, false);
        },
      ],
    },
  };
}

function stackBands({ spec, plot }: Drawing): uPlot.Band[] {
  const layers = plot.order.flatMap((index, position) => (spec.series[index]?.over ? [] : [position + 1]));
  return layers.slice(0, -1).map((layer, index) => ({ series: [layer, layers[index + 1] ?? layer] as [number, number] }));
}

// Thousands of nodes: one canvas, one tab stop; arrows move, Enter opens. Nodes with a finding are drawn last, so that none is covered.
import { useEffect, useLayoutEffect, useMemo, useRef, useState, type KeyboardEvent } from 'react';
import { useNavigate, useSearchParams } from 'react-router';
import { nodePath } from '../../app/paths';
import { palette } from '../../charts/colours';
import { useFormat, useMessages } from '../../i18n';
import { usePreferences } from '../../state/preferences';
import { carry } from '../../state/view';
import type { HeatGroup, HeatNode } from './heat';
import { HeatTip, heatText } from './HeatTip';
import { FACTS, type HeatMetric } from './metrics';

const CELL = 8;
const GAP = 2;
const PITCH = CELL + GAP;
const GROUP_GAP = 10;
const NAME_WIDTH = 84;
const FONT = '12px Inter, "KM Hangul", system-ui, sans-serif';
const LEAST_HEAT = { light: 8, dark: 12 };

interface Placed {
  cell: HeatNode;
  x: number;
  y: number;
}

export interface Layout {
  placed: Placed[];
  names: { name: string; count: number; y: number }[];
  columns: number;
  height: number;
}

export function layOut(groups: HeatGroup[], width: number): Layout {
  const left = groups.length > 1 && width > 480 ? NAME_WIDTH : 0;
  const head = groups.length > 1 && left === 0 ? 18 : 0;
  const columns = Math.max(1, Math.floor((width - left + GAP) / PITCH));
  const placed: Placed[] = [];
  const names: Layout['names'] = [];
  let y = 0;
  for (const group of groups) {
    if (groups.length > 1) names.push({ name: group.name, count: group.nodes.length, y });
    y += head;
    group.nodes.forEach((cell, index) => placed.push({ cell, x: left + (index % columns) * PITCH, y: y + Math.floor(index / columns) * PITCH }));
    const rows = Math.ceil(group.nodes.length / columns);
    y += Math.max(rows * PITCH, left ? 34 : 0) + GROUP_GAP;
  }
  return { placed, names, columns, height: Math.max(CELL, y - GROUP_GAP) };
}

export function HeatCanvas({ groups, metric }: { groups: HeatGroup[]; metric: HeatMetric }) {
  const messages = useMessages();
  const format = useFormat();
  const { theme } = usePreferences();
  const navigate = useNavigate();
  const [search] = useSearchParams();
  const host = useRef<HTMLDivElement>(null);
  const canvas = useRef<HTMLCanvasElement>(null);
  const [width, setWidth] = useState(0);
  const [chosen, setChosen] = useState<number | null>(null);
  const [origin, setOrigin] = useState({ x: 0, y: 0 });
  const layout = useMemo(() => layOut(groups, width), [groups, width]);

  // Before the first paint: by a width that is not known yet the canvas would be a column of all nodes.
  useLayoutEffect(() => {
    const element = host.current;
    if (!element) return;
    setWidth(element.clientWidth);
    const sizes = new ResizeObserver(() => setWidth(element.clientWidth));
    sizes.observe(element);
    return () => sizes.disconnect();
  }, []);
  useEffect(() => {
    if (canvas.current && width > 0) draw(canvas.current, layout, width, metric, theme, chosen);
  }, [layout, width, metric, theme, chosen]);

  const choose = (index: number | null) => {
    setChosen(index);
    const box = canvas.current?.getBoundingClientRect();
    if (box) setOrigin({ x: box.left, y: box.top });
  };
  const at = (clientX: number, clientY: number): number | null => {
    const box = canvas.current?.getBoundingClientRect();
    if (!box) return null;
    const [x, y] = [clientX - box.left, clientY - box.top];
    const index = layout.placed.findIndex((place) => x >= place.x && x < place.x + PITCH && y >= place.y && y < place.y + PITCH);
    return index < 0 ? null : index;
  };
  const open = (index: number | null) => {
    const node = index === null ? undefined : layout.placed[index]?.cell.node;
    if (node) void navigate({ pathname: nodePath(node.name), search: carry(search) });
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const by = { ArrowRight: 1, ArrowLeft: -1, ArrowDown: layout.columns, ArrowUp: -layout.columns, Home: -Infinity, End: Infinity }[event.key];
    if (by !== undefined) choose(Math.max(0, Math.min(layout.placed.length - 1, (chosen ?? -1) + by)));
    else if (event.key === 'Enter') open(chosen);
    else if (event.key === 'Escape') choose(null);
    else return;
    event.preventDefault();
  };
  const place = chosen === null ? undefined : layout.placed[chosen];
  const spoken = place ? `${place.cell.node.name}: ${heatText(place.cell, messages, format).join(', ')}` : '';
  return (
    <div className="heat">
      <div
        ref={host} role="group" tabIndex={0} aria-label={`${messages.overview.nodesTitle}. ${messages.overview.heatHint}`}
        onKeyDown={onKeyDown} onBlur={() => setChosen(null)}
        onPointerMove={(event) => choose(at(event.clientX, event.clientY))} onPointerLeave={() => setChosen(null)}
        onClick={(event) => open(at(event.clientX, event.clientY))}
      >
        <canvas className="heat-canvas" ref={canvas} style={{ height: layout.height }} />
        <span className="unseen" aria-live="polite">{spoken}</span>
      </div>
      {place && <HeatTip cell={place.cell} x={origin.x + place.x - 10} y={origin.y + place.y + PITCH + 8} />}
    </div>
  );
}

function draw(canvas: HTMLCanvasElement, layout: Layout, width: number, metric: HeatMetric, theme: 'light' | 'dark', chosen: number | null): void {
  const context = canvas.getContext('2d');
  if (!context) return;
  const ratio = devicePixelRatio;
  canvas.width = Math.round(width * ratio);
  canvas.height = Math.round(layout.height * ratio);
  context.scale(ratio, ratio);
  const colours = palette();
  const hue = colours(metric === 'pressure' ? 'disk' : FACTS[metric].colour);
  const least = LEAST_HEAT[theme];
  const shades = Array.from({ length: 32 }, (_, step) => `color-mix(in oklab, ${hue} ${least + (step / 31) * (100 - least)}%, ${colours('surface')})`);
  context.font = FONT;
  context.textBaseline = 'top';
  for (const { name, count, y } of layout.names) {
    context.fillStyle = colours('text-2');
    context.fillText(name, 0, y + 1, NAME_WIDTH - 10);
    context.fillStyle = colours('text-3');
    context.fillText(count.toLocaleString('en-US'), 0, y + 17);
  }
  for (const { cell, x, y } of layout.placed) drawCell(context, cell, x, y, shades, colours('line-2'), colours('text-3'));
  context.fillStyle = colours('warn-mark');
  for (const { cell, x, y } of layout.placed) {
    if (!cell.finding) continue;
    context.beginPath();
    context.moveTo(x + 4, y - 1);
    context.lineTo(x + 9, y + 4);
    context.lineTo(x + 4, y + 9);
    context.lineTo(x - 1, y + 4);
    context.fill();
  }
  const place = chosen === null ? undefined : layout.placed[chosen];
  if (place) {
    context.strokeStyle = colours('text');
    context.lineWidth = 2;
    context.strokeRect(place.x - 1.5, place.y - 1.5, CELL + 3, CELL + 3);
  }
}

function drawCell(context: CanvasRenderingContext2D, cell: HeatNode, x: number, y: number, shades: string[], hatch: string, dash: string): void {
  if (cell.state === 'live') {
    context.fillStyle = shades[Math.round(cell.heat * (shades.length - 1))] ?? hatch;
    context.fillRect(x, y, CELL, CELL);
    return;
  }
  context.lineWidth = 1;
  context.strokeStyle = cell.state === 'missing' ? dash : hatch;
  context.setLineDash(cell.state === 'missing' ? [2, 2] : []);
  context.strokeRect(x + 0.5, y + 0.5, CELL - 1, CELL - 1);
  context.setLineDash([]);
  if (cell.state !== 'stale') return;
  context.beginPath();
  context.moveTo(x, y + CELL);
  context.lineTo(x + CELL, y);
  context.stroke();
}

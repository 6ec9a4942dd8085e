import { useLayoutEffect, useRef } from 'react';
import { roomOf } from '../../api/model';
import { worstPressure } from '../../components/flags';
import { MISSING, share } from '../../format/units';
import { useFormat, useMessages, type Format, type Messages } from '../../i18n';
import { nodeFlag } from '../../components/flags';
import type { HeatNode } from './heat';

/** The same words for the tip and for screen readers. */
export function heatText({ node, state }: HeatNode, messages: Messages, { text }: Format): string[] {
  const flag = nodeFlag(node);
  const lines: string[] = [];
  if (state === 'live' || state === 'unknown') {
    const room = roomOf(node);
    lines.push(`${messages.metric.cpu} ${text('percent', share(node.usage?.cpuMillicores, room.cpuMillicores))} · ${messages.metric.memory} ${text('percent', share(node.usage?.memoryBytes, room.memoryBytes))}`);
    if (worstPressure(node)) lines.push(`${messages.metric.pressure} ${text('percent', worstPressure(node))}`);
  }
  if (flag) lines.push(messages.flag[flag.kind]);
  return lines.length ? lines : [MISSING];
}

export function HeatTip({ cell, x, y }: { cell: HeatNode; x: number; y: number }) {
  const messages = useMessages();
  const format = useFormat();
  const tip = useRef<HTMLDivElement>(null);
  useLayoutEffect(() => {
    const element = tip.current;
    if (!element) return;
    element.style.left = `${Math.max(12, Math.min(innerWidth - element.offsetWidth - 12, x))}px`;
    element.style.top = `${y + element.offsetHeight + 12 > innerHeight ? y - element.offsetHeight - 40 : y}px`;
  });
  return (
    <div className="tip" ref={tip} aria-hidden="true">
      <b>{cell.node.name}</b>
      {heatText(cell, messages, format).map((line) => <div key={line}>{line}</div>)}
    </div>
  );
}

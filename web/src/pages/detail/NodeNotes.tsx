import type { ReactNode } from 'react';
import type { Node } from '../../api/model';
import { PRESSURE_PERCENT, worstPressure } from '../../components/flags';
import { Note } from '../../components/States';
import { useFormat, useMessages } from '../../i18n';

/** What is wrong with a node, and what to do about it. */
export function NodeNotes({ node }: { node: Node }) {
  const { banner, metric } = useMessages();
  const { text, duration } = useFormat();
  const notes: ReactNode[] = [];
  if (node.ready === false) {
    const why = node.conditions?.find((condition) => condition.type === 'Ready')?.reason;
    notes.push(<Note key="ready" icon="critical" title={banner.notReady}>{why}</Note>);
  }
  if (node.clockRefused) notes.push(<Note key="clock" icon="warning" title={banner.refused(duration(Math.abs(node.clockSkewSeconds ?? 0)))}>{banner.refusedText}</Note>);
  if (node.collector === 'missing') notes.push(<Note key="collector" icon="missing" title={banner.missingCollector}>{banner.missingCollectorText}</Note>);
  else if (node.stale) notes.push(<Note key="stale" icon="stale" title={banner.staleNode(duration(node.ageSeconds ?? 0))}>{banner.staleNodeText}</Note>);
  if (node.conflict) notes.push(<Note key="conflict" icon="warning" title={banner.conflict}>{banner.conflictText}</Note>);
  const pressure = worstPressure(node);
  if (pressure !== null && pressure > PRESSURE_PERCENT && !node.stale) {
    const details = [`${metric.memory} ${text('percent', node.pressure?.memorySomePercent)}`, `${metric.io} ${text('percent', node.pressure?.ioSomePercent)}`].join(', ');
    notes.push(<Note key="pressure" icon="warning" title={banner.pressure(text('percent', pressure))}>{banner.pressureText(details)}</Note>);
  }
  return notes.length === 0 ? null : <div className="notes">{notes}</div>;
}

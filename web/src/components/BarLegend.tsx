import type { CSSProperties } from 'react';
import { useMessages } from '../i18n';

const bar = (used: number) => ({ '--v': used, '--q': 62 }) as CSSProperties;

/** How to read the bars of a table. */
export function BarLegend({ node = false }: { node?: boolean }) {
  const { table } = useMessages();
  return (
    <>
      <span><span className="bar metric-none" style={bar(46)}><span className="fill" /><span className="tick" /></span>{node ? table.nodeBars : table.bars}</span>
      {!node && <span><span className="bar open metric-none" style={bar(40)}><span className="fill" /><span className="tick" /></span>{table.openEnd}</span>}
    </>
  );
}

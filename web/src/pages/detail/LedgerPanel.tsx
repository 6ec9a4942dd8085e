import { useMemo, type CSSProperties } from 'react';
import type { Node } from '../../api/model';
import { useApi } from '../../api/queries';
import { useCursor, useSlow } from '../../charts/ChartGroup';
import { MISSING, share, type Measured } from '../../format/units';
import { clock, parseTime } from '../../format/time';
import { useFormat, useMessages } from '../../i18n';
import { type Ledger, ledgerOf } from './ledger';

const SHADES = [78, 52, 34, 18];
const REST_MS = 150;

/** Where a node's usage goes, at the cursor's moment or now. */
export function LedgerPanel({ node }: { node: Node }) {
  const { detail } = useMessages();
  const time = useSlow(useCursor(), REST_MS);
  const then = useApi('/api/v1/nodes/{nodeName}', { nodeName: node.name }, { metrics: 'cpuMillicores,memoryBytes', ...(time === null ? {} : { end: time }) }, { skip: time === null, keep: true });
  const shown = time === null ? node : (then.data ?? node);
  const ledger = useMemo(() => ledgerOf(shown), [shown]);
  const sampled = parseTime(shown.sampledAt);
  return (
    <section className="panel span-5">
      <div className="panel-head"><h2>{detail.where}<span className="t3 num">{sampled !== null && clock(sampled)}</span></h2></div>
      {ledger ? <Body ledger={ledger} /> : <p className="calm">{detail.noLedger}</p>}
    </section>
  );
}

function Body({ ledger }: { ledger: Ledger }) {
  const messages = useMessages();
  const { metric, detail } = messages;
  const names = { pods: detail.partPods, systemServices: detail.partServices, kernelAndOther: detail.partKernel, unattributed: detail.partRest };
  const { used, capacity } = ledger;
  const free = (key: 'cpu' | 'memory') => (capacity[key] === null || used[key] === null ? null : capacity[key] - used[key]);
  return (
    <div className="ledger-body">
      <div className="stack-bars">
        <span>{metric.cpu}</span>
        <StackBar metric="cpu" values={ledger.rows.map((row) => row.cpu)} whole={capacity.cpu} label={metric.cpu} />
        <span>{metric.memory}</span>
        <StackBar metric="mem" values={ledger.rows.map((row) => row.memory)} whole={capacity.memory} label={metric.memory} />
      </div>
      <table className="ledger">
        <thead>
          <tr>
            <th scope="col">{detail.part}</th>
            <th scope="col">{metric.cpu} <span className="t3">{messages.units.cores}</span></th>
            <th scope="col" className="hide-phone">{detail.ofNode}</th>
            <th scope="col">{metric.memory} <span className="t3">GiB</span></th>
            <th scope="col" className="hide-phone">{detail.ofNode}</th>
          </tr>
        </thead>
        <tbody>
          {ledger.rows.map((row, index) => <Row key={row.part} operator={index === 0 ? '' : '+'} name={names[row.part]} cpu={row.cpu} memory={row.memory} capacity={capacity} />)}
          <Row className="total-row" operator="=" name={detail.partUsed} cpu={used.cpu} memory={used.memory} capacity={capacity} />
          <Row operator="+" name={detail.partFree} cpu={free('cpu')} memory={free('memory')} capacity={capacity} />
          <Row className="capacity-row" operator="=" name={detail.partCapacity} cpu={capacity.cpu} memory={capacity.memory} capacity={capacity} />
        </tbody>
      </table>
      <p className="ledger-note">{detail.unattributed}</p>
    </div>
  );
}

function Row({ className, operator, name, cpu, memory, capacity }: { className?: string; operator: string; name: string; cpu: number | null; memory: number | null; capacity: Ledger['capacity'] }) {
  const { text } = useFormat();
  const part = (value: number | null, whole: Measured) => {
    const percent = share(value, whole);
    return percent === null ? MISSING : `${percent < 0 ? '−' : ''}${Math.abs(percent).toFixed(1)} %`;
  };
  return (
    <tr className={className}>
      <th scope="row"><span className="operator">{operator}</span>{name}</th>
      <td className="num">{text('cores', cpu)}</td>
      <td className="num t3 hide-phone">{part(cpu, capacity.cpu)}</td>
      <td className="num">{text('gib', memory)}</td>
      <td className="num t3 hide-phone">{part(memory, capacity.memory)}</td>
    </tr>
  );
}

function StackBar({ metric, values, whole, label }: { metric: string; values: (number | null)[]; whole: number | null; label: string }) {
  return (
    <div className={`stack-bar metric-${metric}`} role="img" aria-label={label}>
      {values.map((value, index) => (
        <i key={SHADES[index]} style={{ '--k': SHADES[index], '--w': Math.max(0, share(value, whole) ?? 0).toFixed(2) } as CSSProperties} hidden={value === null || value <= 0} />
      ))}
    </div>
  );
}

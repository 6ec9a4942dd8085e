// What runs on a node outside of pods, and the devices it has.
import type { ReactNode } from 'react';
import type { Node } from '../../api/model';
import { Value } from '../../components/Value';
import { useFormat, useMessages } from '../../i18n';

interface PlainColumn {
  label: string;
  hidePhone?: boolean;
}

function PlainTable({ title, hint, count, columns, rows, className }: { title: string; hint?: string; count?: string; columns: PlainColumn[]; rows: { key: string; cells: ReactNode[] }[]; className: string }) {
  return (
    <section className={`panel ${className}`}>
      <div className="panel-head"><h2>{title}<span className="t3 num">{count ?? rows.length}</span>{hint && <span className="t3 small hide-phone">{hint}</span>}</h2></div>
      <div className="plain-scroll" tabIndex={0} role="group" aria-label={title}>
        <table className="plain-table">
          <thead><tr>{columns.map(({ label, hidePhone }) => <th key={label} scope="col" className={hidePhone ? 'hide-phone' : undefined}>{label}</th>)}</tr></thead>
          <tbody>
            {rows.map(({ key, cells }) => (
              <tr key={key}>{cells.map((cell, index) => <td key={columns[index]?.label} className={columns[index]?.hidePhone ? 'hide-phone' : undefined}>{cell}</td>)}</tr>
            ))}
          </tbody>
        </table>
      </div>
    </section>
  );
}

const byCpu = <T extends { cpuMillicores?: number | null }>(list: readonly T[]) => [...list].sort((a, b) => (b.cpuMillicores ?? -1) - (a.cpuMillicores ?? -1));

export function Processes({ node, className }: { node: Node; className: string }) {
  const { detail, column, metric } = useMessages();
  const { integer } = useFormat();
  const rows = byCpu(node.processes ?? []).map((process) => ({
    key: String(process.pid),
    cells: [
      <span key="name" title={process.commandLine ?? process.executable}>{process.name}</span>,
      <span key="user" className="t3">{process.user}</span>,
      <span key="pid" className="num t3">{process.pid}</span>,
      <Value key="cpu" unit="cpu" value={process.cpuMillicores} />,
      <Value key="memory" unit="bytes" value={process.memoryRssBytes} />,
    ],
  }));
  if (rows.length === 0) return null;
  return (
    <PlainTable
      className={className} title={detail.hostProcesses} hint={detail.outsidePods} count={integer(rows.length)} rows={rows}
      columns={[{ label: column.name }, { label: column.user, hidePhone: true }, { label: column.pid, hidePhone: true }, { label: metric.cpu }, { label: metric.memory }]}
    />
  );
}

export function Units({ node, className }: { node: Node; className: string }) {
  const { detail, column, metric } = useMessages();
  const rows = byCpu(node.units ?? []).map((unit) => ({
    key: unit.name,
    cells: [
      <span key="name" title={unit.name}>{unit.name}</span>,
      <Value key="processes" unit="count" value={unit.processCount} />,
      <Value key="cpu" unit="cpu" value={unit.cpuMillicores} />,
      <Value key="memory" unit="bytes" value={unit.memoryBytes} />,
    ],
  }));
  if (rows.length === 0) return null;
  return <PlainTable className={className} title={detail.units} rows={rows} columns={[{ label: column.name }, { label: metric.processes, hidePhone: true }, { label: metric.cpu }, { label: metric.memory }]} />;
}

type Devices = Pick<Node, 'disks' | 'interfaces'>;

export function Disks({ of, className }: { of: Devices; className: string }) {
  const { detail, column } = useMessages();
  const rows = (of.disks ?? []).map((disk) => ({
    key: disk.name,
    cells: [disk.name, <Value key="read" unit="rate" value={disk.readBytesPerSecond} />, <Value key="write" unit="rate" value={disk.writeBytesPerSecond} />],
  }));
  if (rows.length === 0) return null;
  return <PlainTable className={className} title={detail.disks} rows={rows} columns={[{ label: column.name }, { label: column.read }, { label: column.write }]} />;
}

export function Interfaces({ of, className }: { of: Devices; className: string }) {
  const { detail, column } = useMessages();
  const rows = (of.interfaces ?? []).map((entry) => ({
    key: entry.name,
    cells: [
      <span key="name">{entry.name} {!entry.counted && <span className="t3">{detail.notCounted}</span>}</span>,
      <Value key="rx" unit="rate" value={entry.rxBytesPerSecond} />,
      <Value key="tx" unit="rate" value={entry.txBytesPerSecond} />,
    ],
  }));
  if (rows.length === 0) return null;
  return <PlainTable className={className} title={detail.interfaces} rows={rows} columns={[{ label: column.name }, { label: column.received }, { label: column.sent }]} />;
}

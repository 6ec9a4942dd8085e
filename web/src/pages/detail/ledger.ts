// A node's usage split into parts that add up as printed: each part is rounded first, then added.
import type { Node } from '../../api/model';

export interface LedgerRow {
  part: 'pods' | 'systemServices' | 'kernelAndOther' | 'unattributed';
  /** Whole millicores. */
  cpu: number | null;
  /** Whole hundredths of a GiB, in bytes. */
  memory: number | null;
}

export interface Ledger {
  rows: LedgerRow[];
  used: { cpu: number | null; memory: number | null };
  capacity: { cpu: number | null; memory: number | null };
}

const PARTS = ['pods', 'systemServices', 'kernelAndOther', 'unattributed'] as const;
const HUNDREDTH = 1024 ** 3 / 100;

const roundTo = (value: number | null | undefined, unit: number) => (value == null ? null : Math.round(value / unit) * unit);
const total = (values: (number | null)[]) => (values.some((value) => value === null) ? null : values.reduce<number>((sum, value) => sum + (value ?? 0), 0));

export function ledgerOf(node: Pick<Node, 'breakdown' | 'capacity'>): Ledger | null {
  const { breakdown, capacity } = node;
  if (!breakdown) return null;
  const rows = PARTS.map((part) => ({ part, cpu: roundTo(breakdown[part].cpuMillicores, 1), memory: roundTo(breakdown[part].memoryBytes, HUNDREDTH) }));
  return {
    rows,
    used: { cpu: total(rows.map((row) => row.cpu)), memory: total(rows.map((row) => row.memory)) },
    capacity: { cpu: roundTo(capacity?.cpuMillicores, 1), memory: roundTo(capacity?.memoryBytes, HUNDREDTH) },
  };
}

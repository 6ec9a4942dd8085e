import { expect, test } from 'vitest';
import { text } from '../../format/units';
import { ledgerOf } from './ledger';

const words = { core: 'core', cores: 'cores' };
const part = (cpuMillicores: number | null, memoryBytes: number | null) => ({ cpuMillicores, memoryBytes });

test('it adds up as printed', () => {
  const GIB = 1024 ** 3;
  const ledger = ledgerOf({
    capacity: { cpuMillicores: 16_000, memoryBytes: 64 * GIB },
    breakdown: { pods: part(2441.6, 19.256 * GIB), systemServices: part(292.6, 0.708 * GIB), kernelAndOther: part(78.6, 1.404 * GIB), unattributed: part(-21.6, -0.186 * GIB) },
  });
  const cpu = ledger?.rows.map((row) => Number(text('cores', row.cpu, words).replace('−', '-'))) ?? [];
  const memory = ledger?.rows.map((row) => Number(text('gib', row.memory, words).replace('−', '-'))) ?? [];
  expect(text('cores', ledger?.used.cpu, words)).toBe(cpu.reduce((a, b) => a + b).toFixed(3));
  expect(text('gib', ledger?.used.memory, words)).toBe(memory.reduce((a, b) => a + b).toFixed(2));
});

test('a part that is not measured makes no sum', () => {
  const ledger = ledgerOf({ breakdown: { pods: part(null, 1), systemServices: part(1, 1), kernelAndOther: part(1, 1), unattributed: part(1, 1) } });
  expect(ledger?.used.cpu).toBeNull();
  expect(ledger?.capacity.cpu).toBeNull();
  expect(ledgerOf({})).toBeNull();
});

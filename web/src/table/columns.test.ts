import { isValidElement, type ReactElement } from 'react';
import { expect, test } from 'vitest';
import type { Node } from '../api/model';
import { en } from '../i18n/en';
import { nodeColumns } from './nodeColumns';

const node: Node = {
  name: 'a',
  stale: false,
  usage: { cpuMillicores: 1, memoryBytes: 2, networkRxBytesPerSecond: 3, networkTxBytesPerSecond: 4, diskReadBytesPerSecond: 5, diskWriteBytesPerSecond: 6, processCount: 7 },
  pressure: { ioSomePercent: 8, memorySomePercent: 9 },
};

const shown = (cell: unknown): unknown => (isValidElement(cell) ? (cell as ReactElement<{ value?: unknown; used?: unknown }>).props.value ?? (cell as ReactElement<{ used?: unknown }>).props.used : undefined);

test.each(nodeColumns(en).filter((column) => column.sort && column.sort !== 'name'))('the column $id shows what it is sorted by', (column) => {
  const all: Record<string, unknown> = { ...node.usage, ...node.pressure };
  expect(shown(column.cell(node))).toBe(all[column.sort ?? '']);
});

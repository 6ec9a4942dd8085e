import { expect, test, vi } from 'vitest';
import { PAGE_SIZE, type RowPage, ServerRows } from './serverRows';

interface Row {
  id: string;
  value: number;
}

/** A list that the test changes, as a server has it. */
function serve(all: Row[]) {
  const server = { all, asked: [] as number[] };
  const fetchPage = (offset: number, limit: number): Promise<RowPage<Row>> => {
    server.asked.push(offset);
    return Promise.resolve({ items: server.all.slice(offset, offset + limit), total: server.all.length });
  };
  return { server, fetchPage };
}

const rowsOf = (count: number) => Array.from({ length: count }, (_, index) => ({ id: `r${index}`, value: index }));
const settled = () => vi.waitFor(() => Promise.resolve()).then(() => new Promise((resolve) => setTimeout(resolve)));

test('asks for what is on screen only', async () => {
  const { server, fetchPage } = serve(rowsOf(1000));
  const rows = new ServerRows<Row>((row) => row.id);
  rows.ask(fetchPage);
  await settled();
  expect(rows.snapshot()).toMatchObject({ total: 1000, loading: false });
  expect(server.asked).toEqual([0]);
  rows.setRange(480, 510);
  await settled();
  expect(server.asked).toEqual([0, 450, 500]);
  expect(rows.at(505)?.id).toBe('r505');
  expect(rows.at(700)).toBeUndefined();
});

test('a refresh replaces what is on screen and forgets the rest', async () => {
  const { server, fetchPage } = serve(rowsOf(200));
  const rows = new ServerRows<Row>((row) => row.id);
  rows.ask(fetchPage);
  await settled();
  rows.setRange(PAGE_SIZE, PAGE_SIZE + 10);
  await settled();
  server.all = server.all.map((row) => ({ ...row, value: row.value + 1000 }));
  rows.refresh();
  await settled();
  expect(rows.at(PAGE_SIZE)?.value).toBe(PAGE_SIZE + 1000);
  expect(rows.at(0)).toBeUndefined();
});

test('while held, rows keep their places and take new values; the new order waits', async () => {
  const { server, fetchPage } = serve([{ id: 'a', value: 3 }, { id: 'b', value: 2 }, { id: 'c', value: 1 }]);
  const rows = new ServerRows<Row>((row) => row.id);
  rows.ask(fetchPage);
  await settled();
  rows.hold(true);
  server.all = [{ id: 'c', value: 9 }, { id: 'a', value: 4 }, { id: 'd', value: 1 }];
  rows.refresh();
  await settled();
  expect([0, 1, 2].map((index) => rows.at(index))).toEqual([{ id: 'a', value: 4 }, { id: 'b', value: 2 }, { id: 'c', value: 9 }]);
  expect(rows.snapshot().reordered).toBe(true);
  rows.applyOrder();
  expect([0, 1, 2].map((index) => rows.at(index)?.id)).toEqual(['c', 'a', 'd']);
  expect(rows.snapshot().reordered).toBe(false);
});

test('a newer order of rows that are out of sight is forgotten with them', async () => {
  const { server, fetchPage } = serve(rowsOf(200));
  const rows = new ServerRows<Row>((row) => row.id);
  rows.ask(fetchPage);
  await settled();
  rows.hold(true);
  const [first, second, ...rest] = server.all as [Row, Row, ...Row[]];
  server.all = [second, first, ...rest];
  rows.refresh();
  await settled();
  expect(rows.snapshot().reordered).toBe(true);
  rows.setRange(PAGE_SIZE * 2, PAGE_SIZE * 2 + 10);
  await settled();
  rows.refresh();
  await settled();
  expect(rows.snapshot().reordered).toBe(false);
  rows.hold(false);
  expect(rows.at(0)).toBeUndefined();
});

test('letting go applies the new order', async () => {
  const { server, fetchPage } = serve(rowsOf(2));
  const rows = new ServerRows<Row>((row) => row.id);
  rows.ask(fetchPage);
  await settled();
  rows.hold(true);
  server.all = [...server.all].reverse();
  rows.refresh();
  await settled();
  rows.hold(false);
  expect(rows.at(0)?.id).toBe('r1');
});

test('another question keeps the old rows until its first answer', async () => {
  const rows = new ServerRows<Row>((row) => row.id);
  rows.ask(serve([{ id: 'old', value: 1 }]).fetchPage);
  await settled();
  let answer: (page: RowPage<Row>) => void = () => undefined;
  rows.ask(() => new Promise((resolve) => (answer = resolve)));
  expect(rows.at(0)?.id).toBe('old');
  expect(rows.snapshot().loading).toBe(true);
  answer({ items: [{ id: 'new', value: 1 }], total: 1 });
  await settled();
  expect(rows.at(0)?.id).toBe('new');
});

test('an error is told, and the next success takes it back', async () => {
  const rows = new ServerRows<Row>((row) => row.id);
  let broken = true;
  rows.ask(() => (broken ? Promise.reject(new Error('away')) : Promise.resolve({ items: [{ id: 'a', value: 1 }], total: 1 })));
  await settled();
  expect(rows.snapshot().error?.message).toBe('away');
  broken = false;
  rows.refresh();
  await settled();
  expect(rows.snapshot()).toMatchObject({ error: null, total: 1 });
});

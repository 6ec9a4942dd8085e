import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { TickStream } from './stream';

class FakeSource extends EventTarget {
  static all: FakeSource[] = [];
  closed = false;
  constructor() {
    super();
    FakeSource.all.push(this);
  }
  close() {
    this.closed = true;
  }
  tick(tick: number, instance = 'i') {
    this.dispatchEvent(new MessageEvent('tick', { data: JSON.stringify({ tick, instance }) }));
  }
}

const channels = new Set<FakeChannel>();
class FakeChannel extends EventTarget {
  constructor() {
    super();
    channels.add(this);
  }
  postMessage(data: unknown) {
    for (const other of channels) if (other !== this) other.dispatchEvent(new MessageEvent('message', { data }));
  }
  close() {
    channels.delete(this);
  }
}

/** One lock a browser, given in the order of asking. */
function fakeLocks() {
  let last: Promise<unknown> = Promise.resolve();
  return { request: (_: string, __: object, run: () => Promise<void>) => (last = last.then(run)) };
}

const open: TickStream[] = [];
const start = () => {
  const stream = new TickStream();
  stream.start();
  open.push(stream);
  return stream;
};
const newest = () => FakeSource.all[FakeSource.all.length - 1] as FakeSource;

beforeEach(() => {
  vi.useFakeTimers();
  FakeSource.all = [];
  channels.clear();
  vi.stubGlobal('EventSource', FakeSource);
  vi.stubGlobal('BroadcastChannel', FakeChannel);
  vi.stubGlobal('navigator', { locks: fakeLocks() });
});
afterEach(() => {
  for (const stream of open.splice(0)) stream.stop();
  vi.unstubAllGlobals();
  vi.useRealTimers();
});

test('one stream for all tabs; the next one takes over', async () => {
  const first = start();
  await vi.advanceTimersByTimeAsync(0);
  const second = start();
  await vi.advanceTimersByTimeAsync(0);
  expect(FakeSource.all).toHaveLength(1);
  newest().tick(100);
  expect(first.snapshot()).toMatchObject({ status: 'live', tick: 100 });
  expect(second.snapshot()).toMatchObject({ status: 'live', tick: 100 });
  first.stop();
  await vi.advanceTimersByTimeAsync(0);
  expect(FakeSource.all).toHaveLength(2);
  newest().tick(110);
  expect(second.snapshot().tick).toBe(110);
});

test('a tab that comes late learns what is known at once', async () => {
  start();
  await vi.advanceTimersByTimeAsync(0);
  newest().tick(100);
  const late = start();
  expect(late.snapshot()).toMatchObject({ status: 'live', tick: 100 });
});

test('a lost server is said after the second failure, asked again, and heals', async () => {
  const stream = start();
  await vi.advanceTimersByTimeAsync(0);
  newest().tick(100);
  newest().dispatchEvent(new Event('error'));
  expect(stream.snapshot().status).toBe('live');
  await vi.advanceTimersByTimeAsync(600);
  newest().dispatchEvent(new Event('error'));
  expect(stream.snapshot()).toMatchObject({ status: 'lost', tick: 100 });
  const since = stream.snapshot().lostSince;
  await vi.advanceTimersByTimeAsync(5000);
  newest().dispatchEvent(new Event('error'));
  expect(stream.snapshot().lostSince).toBe(since);
  await vi.advanceTimersByTimeAsync(5000);
  newest().tick(130, 'other');
  expect(stream.snapshot()).toMatchObject({ status: 'live', tick: 130, instance: 'other', lostSince: null });
});

test('a connection that says nothing is made anew', async () => {
  start();
  await vi.advanceTimersByTimeAsync(0);
  newest().tick(100);
  await vi.advanceTimersByTimeAsync(41_000);
  expect(FakeSource.all).toHaveLength(2);
  expect(FakeSource.all[0]?.closed).toBe(true);
});

test('a server without a tick to tell is live', async () => {
  const stream = start();
  await vi.advanceTimersByTimeAsync(0);
  newest().dispatchEvent(new Event('error'));
  await vi.advanceTimersByTimeAsync(600);
  newest().dispatchEvent(new Event('error'));
  expect(stream.snapshot().status).toBe('lost');
  await vi.advanceTimersByTimeAsync(5000);
  newest().dispatchEvent(new Event('open'));
  expect(stream.snapshot()).toEqual({ status: 'live', tick: null, instance: null, lostSince: null });
});

test('a server that takes connections and says nothing is lost at the second', async () => {
  const stream = start();
  await vi.advanceTimersByTimeAsync(0);
  newest().tick(100);
  await vi.advanceTimersByTimeAsync(41_000);
  expect(stream.snapshot().status).toBe('live');
  await vi.advanceTimersByTimeAsync(41_000);
  expect(stream.snapshot().status).toBe('lost');
});

test('a tab whose speaker has fallen silent speaks itself, one that is answered does not', async () => {
  start();
  await vi.advanceTimersByTimeAsync(0);
  newest().dispatchEvent(new Event('open'));
  const [speaker] = channels;
  const second = start();
  await vi.advanceTimersByTimeAsync(0);
  // It is connected, but has nothing to tell: it answers that.
  for (let seconds = 0; seconds < 200; seconds += 10) {
    await vi.advanceTimersByTimeAsync(10_000);
    newest().dispatchEvent(new Event('open'));
  }
  expect(FakeSource.all.filter(({ closed }) => !closed)).toHaveLength(1);
  if (speaker) channels.delete(Object.assign(speaker, { postMessage: () => undefined })); // frozen
  const connections = () => FakeSource.all.filter(({ closed }) => !closed);
  for (const source of connections()) source.tick(200);
  expect(second.snapshot().tick).toBeNull();
  await vi.advanceTimersByTimeAsync(95_000);
  for (const source of connections()) source.tick(300);
  expect(second.snapshot()).toMatchObject({ status: 'live', tick: 300 });
});

test('without locks, only tabs that are seen hold a stream', async () => {
  const page = Object.assign(new EventTarget(), { hidden: true });
  vi.stubGlobal('document', page);
  vi.stubGlobal('navigator', {});
  start();
  await vi.advanceTimersByTimeAsync(100_000);
  expect(FakeSource.all).toHaveLength(0);
  page.hidden = false;
  page.dispatchEvent(new Event('visibilitychange'));
  newest().tick(100);
  page.hidden = true;
  page.dispatchEvent(new Event('visibilitychange'));
  await vi.advanceTimersByTimeAsync(100_000);
  expect(FakeSource.all).toHaveLength(1);
  expect(newest().closed).toBe(true);
});

test('what is no tick is ignored', async () => {
  const stream = start();
  await vi.advanceTimersByTimeAsync(0);
  newest().dispatchEvent(new MessageEvent('tick', { data: 'nonsense' }));
  expect(stream.snapshot().tick).toBeNull();
});

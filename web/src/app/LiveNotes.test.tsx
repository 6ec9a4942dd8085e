// @vitest-environment jsdom
import { QueryClientProvider } from '@tanstack/react-query';
import { act, cleanup, render, screen } from '@testing-library/react';
import { MemoryRouter } from 'react-router';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { createQueryClient, useApi } from '../api/queries';
import { en } from '../i18n/en';
import { LiveProvider } from '../live/live';
import type { LiveState, TickStream } from '../live/stream';
import { PreferencesProvider } from '../state/preferences';
import { LiveButton } from './LiveButton';
import { LiveNotes } from './LiveNotes';

const PAUSED_AT = 1_795_985_350;
let oldest = PAUSED_AT - 60;
let asked: string[] = [];

/** What a stream says, as the test wants it. */
class SaidStream {
  state: LiveState = { status: 'live', tick: PAUSED_AT, instance: 'a', lostSince: null };
  private readonly listeners = new Set<() => void>();
  subscribe = (listener: () => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };
  snapshot = () => this.state;
  retry = () => undefined;
  say(change: Partial<LiveState>) {
    this.state = { ...this.state, ...change };
    for (const listener of this.listeners) listener();
  }
}

const Pods = () => <p>{useApi('/api/v1/pods', {}, {}).data?.total}</p>;

function show(search: string): SaidStream {
  const stream = new SaidStream();
  render(
    <PreferencesProvider>
      <QueryClientProvider client={createQueryClient()}>
        <MemoryRouter initialEntries={[`/${search}`]}>
          <LiveProvider stream={stream as unknown as TickStream}>
            <LiveButton />
            <LiveNotes />
            <Pods />
          </LiveProvider>
        </MemoryRouter>
      </QueryClientProvider>
    </PreferencesProvider>,
  );
  return stream;
}

const pass = (milliseconds: number) => act(() => vi.advanceTimersByTimeAsync(milliseconds));
const asksForPods = () => asked.filter((url) => url.includes('/pods')).length;
let hidden = false;

beforeEach(() => {
  vi.useFakeTimers({ now: PAUSED_AT * 1000 });
  oldest = PAUSED_AT - 60;
  asked = [];
  hidden = false;
  vi.spyOn(document, 'hidden', 'get').mockImplementation(() => hidden);
  vi.stubGlobal('matchMedia', () => ({ matches: false, addEventListener: () => undefined, removeEventListener: () => undefined }));
  vi.stubGlobal('fetch', (url: string) => {
    asked.push(url);
    const status = { intervalSeconds: 10, retention: { oldestTickAt: new Date(oldest * 1000).toISOString() }, kubernetes: { mode: 'off' } };
    return Promise.resolve(new Response(JSON.stringify(url.includes('/status') ? status : { items: [], total: 3 })));
  });
});
afterEach(() => {
  cleanup();
  vi.unstubAllGlobals();
  vi.restoreAllMocks();
  vi.useRealTimers();
});

test('a moment that gets older than what is kept is said while the page stands still', async () => {
  show(`?at=${PAUSED_AT}`);
  await pass(1000);
  expect(screen.queryByText(en.banner.pausedOld)).toBeNull();
  const before = asksForPods();
  oldest = PAUSED_AT + 10;
  await pass(25_000);
  expect(screen.queryByText(en.banner.pausedOld)).not.toBeNull();
  expect(asksForPods()).toBe(before);
});

test('a server that has started again is asked for everything once, though the page is paused', async () => {
  const stream = show(`?at=${PAUSED_AT}`);
  await pass(1000);
  const before = asksForPods();
  act(() => stream.say({ tick: PAUSED_AT + 10, instance: 'b' }));
  await pass(1000);
  act(() => stream.say({ tick: PAUSED_AT + 20 }));
  await pass(1000);
  expect(asksForPods()).toBe(before + 1);
});

test('a tab that was opened in the background asks when it is seen, and tells the age of what it shows until then', async () => {
  hidden = true;
  const stream = show('');
  await pass(1000);
  act(() => stream.say({ tick: PAUSED_AT + 7200 }));
  await pass(7_200_000);
  const before = asksForPods();
  expect(screen.getByRole('button').textContent).not.toMatch(/\d/);
  hidden = false;
  act(() => void document.dispatchEvent(new Event('visibilitychange')));
  await pass(1000);
  expect(asksForPods()).toBe(before + 1);
  expect(screen.getByRole('button').textContent).toMatch(/Live\d+ s/);
});

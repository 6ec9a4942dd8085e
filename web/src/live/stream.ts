// The announcements of new ticks. One tab of a browser holds the connection (a Web Lock makes it the speaker), and tells the others over a
// BroadcastChannel; when it closes, another one takes over. Where there are no locks (plain HTTP by a host name) each tab that is seen has its
// own stream.

import { serverNow } from '../api/client';

export type LiveStatus = 'connecting' | 'live' | 'lost';

export interface LiveState {
  status: LiveStatus;
  /** The newest complete tick, Unix seconds. */
  tick: number | null;
  /** Which run of the server said so. */
  instance: string | null;
  /** When the connection was lost, Unix seconds. */
  lostSince: number | null;
}

interface TickEvent {
  tick: number | null;
  instance?: string;
}

type Message = { type: 'state'; state: LiveState } | { type: 'hello' } | { type: 'retry' };

const ADDRESS = '/api/v1/stream';
const NAME = 'kubemonitor.stream';
const BACK_OFF_MS = [500, 1000, 2000, 5000];
const QUIET_INTERVALS = 4;
const QUIET_AT_LEAST_MS = 30_000;
/** How long the speaker may take to answer another tab. */
const ANSWER_MS = 5000;

export const INITIAL: LiveState = { status: 'connecting', tick: null, instance: null, lostSince: null };

export class TickStream {
  private state = INITIAL;
  private readonly listeners = new Set<() => void>();
  private readonly channel = typeof BroadcastChannel === 'undefined' ? null : new BroadcastChannel(NAME);
  private readonly stopped = new AbortController();
  private source: EventSource | null = null;
  private speaking = false;
  /** Not seen, and without a stream: what it knows is old. */
  private resting = false;
  private failures = 0;
  private retryTimer: ReturnType<typeof setTimeout> | undefined;
  private quietTimer: ReturnType<typeof setTimeout> | undefined;
  private interval = 10;

  start(): void {
    this.channel?.addEventListener('message', (event: MessageEvent<Message>) => this.hear(event.data));
    this.channel?.postMessage({ type: 'hello' } satisfies Message);
    if (!('locks' in navigator)) {
      this.speakWhileSeen();
      return;
    }
    this.hold();
    const release = new Promise<void>((resolve) => this.stopped.signal.addEventListener('abort', () => resolve()));
    navigator.locks
      .request(NAME, { signal: this.stopped.signal }, () => {
        this.speak();
        return release;
      })
      .catch(() => undefined); // stopped while waiting for its turn
  }

  stop(): void {
    this.stopped.abort();
    this.close();
    this.channel?.close();
  }

  subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  snapshot = (): LiveState => this.state;

  /** At once instead of after the back-off. */
  retry = (): void => {
    if (this.speaking) this.connect();
    else this.channel?.postMessage({ type: 'retry' } satisfies Message);
  };

  private speak(): void {
    if (this.stopped.signal.aborted) return;
    this.speaking = true;
    this.connect();
  }

  /** A browser has six connections to a server over HTTP/1.1: hidden tabs must not hold them all. */
  private speakWhileSeen(): void {
    this.speaking = true;
    const follow = () => {
      this.resting = document.hidden;
      if (this.resting) this.close();
      else this.connect();
    };
    document.addEventListener('visibilitychange', follow, { signal: this.stopped.signal });
    follow();
  }

  private connect(): void {
    this.close();
    const source = new EventSource(ADDRESS);
    this.source = source;
    source.addEventListener('open', () => this.opened());
    source.addEventListener('tick', (event: MessageEvent<string>) => this.take(event.data));
    source.addEventListener('error', () => this.lose());
    this.hold();
  }

  /** The server is there, though it may have no tick to tell: no collector reports yet. */
  private opened(): void {
    this.failures = 0;
    this.hold();
    this.publish({ ...this.state, status: 'live', lostSince: null });
  }

  private take(data: string): void {
    let event: TickEvent;
    try {
      event = JSON.parse(data) as TickEvent;
    } catch {
      return;
    }
    this.failures = 0;
    this.hold();
    this.publish({ status: 'live', tick: event.tick, instance: event.instance ?? null, lostSince: null });
  }

  /** A connection that says nothing for long is no connection, and a speaker that says nothing for longer is asked. */
  private hold(): void {
    clearTimeout(this.quietTimer);
    const quiet = Math.max(QUIET_AT_LEAST_MS, QUIET_INTERVALS * this.interval * 1000);
    this.quietTimer = this.speaking ? setTimeout(() => this.lose(), quiet) : setTimeout(() => this.doubt(), 2 * quiet);
  }

  /** A speaker that does not answer (the browser has frozen its tab) is none: this tab speaks. Each waits a little otherwise, so that one does. */
  private doubt(): void {
    this.channel?.postMessage({ type: 'hello' } satisfies Message);
    this.quietTimer = setTimeout(() => this.speak(), ANSWER_MS * (1 + Math.random()));
  }

  private lose(): void {
    this.close();
    const delay = BACK_OFF_MS[Math.min(this.failures, BACK_OFF_MS.length - 1)];
    this.failures++;
    this.retryTimer = setTimeout(() => this.connect(), delay);
    // One failed attempt may be a restart of a proxy; the second says that the server is away.
    if (this.failures > 1) this.publish({ ...this.state, status: 'lost', lostSince: this.state.lostSince ?? serverNow() });
  }

  private close(): void {
    clearTimeout(this.retryTimer);
    clearTimeout(this.quietTimer);
    this.source?.close();
    this.source = null;
  }

  private publish(state: LiveState): void {
    this.adopt(state);
    this.channel?.postMessage({ type: 'state', state } satisfies Message);
  }

  private hear(message: Message): void {
    if (message.type === 'state') {
      this.adopt(message.state);
      if (!this.speaking) this.hold();
    } else if (!this.speaking || this.resting) return;
    else if (message.type === 'retry') this.connect();
    else this.channel?.postMessage({ type: 'state', state: this.state } satisfies Message);
  }

  private adopt(state: LiveState): void {
    const { tick } = this.state;
    if (tick !== null && state.tick !== null && state.tick > tick) this.interval = Math.min(60, state.tick - tick);
    this.state = state;
    for (const listener of this.listeners) listener();
  }
}

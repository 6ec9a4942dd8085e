// The charts of a page: one time axis, one cursor, one zoom.
import { createContext, use, useEffect, useMemo, useRef, useState, useSyncExternalStore, type ReactNode } from 'react';
import { clock, zone } from '../format/time';
import { useFormat, useMessages } from '../i18n';
import { useLive, useShownTick } from '../live/live';
import { useView, type Zoom } from '../state/view';
import { indexAt, secondsBefore } from './model';

/** Where the cursor is, Unix seconds; null: nowhere, and charts tell their newest values. */
export class CursorStore {
  private time: number | null = null;
  private readonly listeners = new Set<() => void>();

  subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  snapshot = (): number | null => this.time;

  set(time: number | null): void {
    if (time === this.time) return;
    this.time = time;
    for (const listener of this.listeners) listener();
  }
}

interface Group {
  timestamps: readonly number[];
  cursor: CursorStore;
  zoom: Zoom | null;
  setZoom: (zoom: Zoom | null) => void;
}

const Context = createContext<Group | null>(null);

export function ChartGroup({ timestamps, children }: { timestamps: readonly number[]; children: ReactNode }) {
  const { zoom, setZoom } = useView();
  const [cursor] = useState(() => new CursorStore());
  useEscape(cursor, zoom, setZoom);
  const group = useMemo(() => ({ timestamps, cursor, zoom, setZoom }), [timestamps, cursor, zoom, setZoom]);
  return <Context value={group}>{children}</Context>;
}

/** Esc takes the zoom back, wherever the focus is. */
function useEscape(cursor: CursorStore, zoom: Zoom | null, setZoom: (zoom: Zoom | null) => void): void {
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (event.key !== 'Escape' || event.defaultPrevented) return;
      if (zoom) setZoom(null);
      cursor.set(null);
    };
    document.addEventListener('keydown', onKey);
    return () => document.removeEventListener('keydown', onKey);
  }, [cursor, zoom, setZoom]);
}

export function useGroup(): Group {
  const group = use(Context);
  if (!group) throw new Error('a chart outside of a ChartGroup');
  return group;
}

export function useCursor(): number | null {
  const { cursor } = useGroup();
  return useSyncExternalStore(cursor.subscribe, cursor.snapshot);
}

/** The index that read-outs tell: the cursor's, or the newest. */
export function useReadIndex(timestamps: readonly number[]): number {
  const time = useCursor();
  return time === null ? timestamps.length - 1 : indexAt(timestamps, time);
}

/** Stands above the charts of a page: the one place that tells the time of the cursor. */
export function Ruler({ hint, children }: { hint: string; children?: ReactNode }) {
  const messages = useMessages();
  const { duration } = useFormat();
  const { timestamps, zoom, setZoom } = useGroup();
  const time = useCursor();
  const { pausedAt } = useView();
  const { tick } = useLive();
  const shownTick = useShownTick();
  const last = timestamps[timestamps.length - 1] ?? 0;
  const shown = time ?? last;
  // Not the last point drawn: that one is of the past where the page is paused or zoomed into.
  const now = pausedAt === null ? (shownTick ?? tick) : tick;
  const before = secondsBefore(shown, now, last - (timestamps[timestamps.length - 2] ?? last));
  return (
    <div className="ruler">
      <span className="num">
        <b>{clock(shown)}</b> {zone()} · {before > 0 ? messages.ago(duration(before)) : messages.now}
      </span>
      {zoom ? (
        <button type="button" className="chip" onClick={() => setZoom(null)}>
          {messages.detail.zoomed(clock(zoom[0]), clock(zoom[1]))} · {messages.detail.resetZoom}
        </button>
      ) : (
        <span className="hide-phone">{hint}</span>
      )}
      <span className="end">{children}</span>
    </div>
  );
}

/** The value of a moment ago, so that a live region speaks at most once a second. */
export function useSlow<T>(value: T, milliseconds = 1000): T {
  const [slow, setSlow] = useState(value);
  const latest = useRef(value);
  useEffect(() => {
    latest.current = value;
    const timer = setTimeout(() => setSlow(latest.current), milliseconds);
    return () => clearTimeout(timer);
  }, [value, milliseconds]);
  return slow;
}

// What all pages share, in the URL so that any view can be sent to a colleague: window, pause, zoom.
import { useCallback, useMemo } from 'react';
import { useNavigate, useSearchParams } from 'react-router';

export const WINDOWS = [300, 900, 3600] as const;
export type Window = (typeof WINDOWS)[number];
const WINDOW_NAMES: Record<Window, string> = { 300: '5m', 900: '15m', 3600: '1h' };
const DEFAULT_WINDOW: Window = 3600;

/** From and to, Unix seconds. */
export type Zoom = readonly [number, number];

export interface View {
  window: Window;
  /** The tick at which the page stands still, or null while it is live. */
  pausedAt: number | null;
  zoom: Zoom | null;
}

const SHARED = ['window', 'at'] as const;

function instant(text: string | null): number | null {
  return text !== null && /^\d{9,11}$/.test(text) ? Number(text) : null;
}

export function readView(search: URLSearchParams): View {
  const name = search.get('window');
  const window = WINDOWS.find((seconds) => WINDOW_NAMES[seconds] === name) ?? DEFAULT_WINDOW;
  const [from, to] = (search.get('zoom') ?? '').split('-').map(instant);
  const zoom = from != null && to != null && from < to && to - from <= 3600 ? ([from, to] as const) : null;
  return { window, pausedAt: instant(search.get('at')), zoom };
}

/** The query of a link to another page: window and pause go along, everything else belongs to the page that is left. */
export function carry(search: URLSearchParams, more: Record<string, string> = {}): string {
  const next = new URLSearchParams(more);
  for (const key of SHARED) {
    const value = search.get(key);
    if (value !== null) next.set(key, value);
  }
  const text = next.toString();
  return text && `?${text}`;
}

export type Change = Record<string, string | null>;

/**
 * Sets and removes parameters of the URL. `replace` leaves no step for the back button. What is changed is the URL as it is now: the page
 * may still be drawing the one before.
 */
export function useChange(): (change: Change, replace?: boolean) => void {
  const navigate = useNavigate();
  return useCallback(
    (change, replace = false) => {
      const next = new URLSearchParams(window.location.search);
      for (const [key, value] of Object.entries(change)) {
        if (value === null || value === '') next.delete(key);
        else next.set(key, value);
      }
      void navigate({ search: next.toString() }, { replace, preventScrollReset: true });
    },
    [navigate],
  );
}

export function useView(): View & {
  setWindow: (window: Window) => void;
  setPausedAt: (tick: number | null) => void;
  setZoom: (zoom: Zoom | null) => void;
} {
  const [search] = useSearchParams();
  const change = useChange();
  const view = useMemo(() => readView(search), [search]);
  return useMemo(
    () => ({
      ...view,
      setWindow: (window) => change({ window: window === DEFAULT_WINDOW ? null : WINDOW_NAMES[window], zoom: null }),
      setPausedAt: (tick) => change({ at: tick === null ? null : String(tick) }),
      setZoom: (zoom) => change({ zoom: zoom && `${Math.round(zoom[0])}-${Math.round(zoom[1])}` }),
    }),
    [view, change],
  );
}

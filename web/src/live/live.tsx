// What the page knows about time: the newest tick, whether the server answers, and whether the reader paused.
import { useQueryClient } from '@tanstack/react-query';
import { createContext, use, useEffect, useMemo, useRef, useState, useSyncExternalStore, type ReactNode } from 'react';
import { useView } from '../state/view';
import { type LiveState, TickStream } from './stream';

const Context = createContext<{ stream: TickStream; beat: number } | null>(null);

/** Pages of one cluster hear of a tick at the same moment; they ask a little apart. */
const SPREAD_MS = 300;

export function LiveProvider({ stream, children }: { stream: TickStream; children: ReactNode }) {
  const beat = useRefresh(stream);
  const value = useMemo(() => ({ stream, beat }), [stream, beat]);
  return <Context value={value}>{children}</Context>;
}

/** Counts the moments to ask again for what is on screen: each tick, unless the page is paused or hidden, and each return of the server. */
function useRefresh(stream: TickStream): number {
  const client = useQueryClient();
  const { pausedAt } = useView();
  const { tick, instance, status } = useSyncExternalStore(stream.subscribe, stream.snapshot);
  const [beat, setBeat] = useState(0);
  const asked = useRef('');
  useEffect(() => {
    if (pausedAt !== null || status !== 'live') return;
    const moment = `${instance ?? ''} ${tick ?? ''}`;
    const ask = () => {
      if (document.hidden || asked.current === moment) return;
      const first = asked.current === '';
      asked.current = moment;
      if (first) return; // what is on screen has just been asked for
      void client.invalidateQueries({ queryKey: ['api'] });
      setBeat((count) => count + 1);
    };
    const timer = setTimeout(ask, Math.random() * SPREAD_MS);
    document.addEventListener('visibilitychange', ask);
    return () => {
      clearTimeout(timer);
      document.removeEventListener('visibilitychange', ask);
    };
  }, [client, tick, instance, status, pausedAt]);
  return beat;
}

function useLiveContext(): { stream: TickStream; beat: number } {
  const value = use(Context);
  if (!value) throw new Error('useLive outside of LiveProvider');
  return value;
}

export function useLive(): LiveState & { retry: () => void } {
  const { stream } = useLiveContext();
  const state = useSyncExternalStore(stream.subscribe, stream.snapshot);
  return { ...state, retry: stream.retry };
}

/** Changes whenever it is time to ask again. */
export function useBeat(): number {
  return useLiveContext().beat;
}

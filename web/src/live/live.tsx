// What the page knows about time: the newest tick, whether the server answers, and whether the reader paused.
import { type QueryClient, useQueryClient } from '@tanstack/react-query';
import { createContext, use, useEffect, useMemo, useRef, useState, useSyncExternalStore, type ReactNode } from 'react';
import { worthAsking } from '../api/queries';
import { useView } from '../state/view';
import { due, type Moment } from './moment';
import { type LiveState, TickStream } from './stream';

interface LiveContext {
  stream: TickStream;
  beat: number;
  shown: number | null;
}

const Context = createContext<LiveContext | null>(null);

/** Pages of one cluster hear of a tick at the same moment; they ask a little apart. */
const SPREAD_MS = 300;

export function LiveProvider({ stream, children }: { stream: TickStream; children: ReactNode }) {
  const { beat, shown } = useRefresh(stream);
  const value = useMemo(() => ({ stream, beat, shown }), [stream, beat, shown]);
  return <Context value={value}>{children}</Context>;
}

/** Counts the moments to ask again for what is on screen: each tick, unless the page is paused or hidden, and each return of the server. */
function useRefresh(stream: TickStream): { beat: number; shown: number | null } {
  const client = useQueryClient();
  const { pausedAt } = useView();
  const { tick, instance, status } = useSyncExternalStore(stream.subscribe, stream.snapshot);
  const [beat, setBeat] = useState(0);
  const [shown, setShown] = useState<number | null>(null);
  const asked = useRef<Moment | null>(null);
  const questions = useRef(0);
  const newest = useRef(0);
  useEffect(() => {
    if (status !== 'live') return;
    const ask = () => {
      if (document.hidden) return;
      const moment = due(asked.current, { instance, tick }, pausedAt !== null);
      if (!moment) {
        if (instance !== null) asked.current ??= { instance, tick: null }; // opened while paused: only another run of the server is news
        return;
      }
      asked.current = moment;
      const number = ++questions.current;
      setBeat((count) => count + 1);
      // What is still on its way is not asked for anew: slow answers would never arrive.
      void client.invalidateQueries({ queryKey: ['api'] }, { cancelRefetch: false }).then(() => {
        if (number < newest.current || someFailed(client)) return;
        newest.current = number;
        setShown(moment.tick);
      });
    };
    const timer = setTimeout(ask, Math.random() * SPREAD_MS);
    document.addEventListener('visibilitychange', ask);
    return () => {
      clearTimeout(timer);
      document.removeEventListener('visibilitychange', ask);
    };
  }, [client, tick, instance, status, pausedAt]);
  return { beat, shown };
}

/** Something on screen is older than what was asked for, because the server did not answer it. */
function someFailed(client: QueryClient): boolean {
  return client.getQueryCache().findAll({ queryKey: ['api'], type: 'active' }).some(({ state }) => state.status === 'error' && worthAsking(state.error));
}

function useLiveContext(): LiveContext {
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

/** The tick of which the answers on screen are: older than the newest one while answers are on their way or failing. */
export function useShownTick(): number | null {
  return useLiveContext().shown;
}

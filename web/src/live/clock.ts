// A second hand that all ages on a page share.
import { useSyncExternalStore } from 'react';
import { serverNow } from '../api/client';

const listeners = new Set<() => void>();
let timer: ReturnType<typeof setInterval> | undefined;
let now = Math.floor(serverNow());

function beat(): void {
  now = Math.floor(serverNow());
  for (const listener of listeners) listener();
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  if (listeners.size === 1) {
    now = Math.floor(serverNow());
    timer = setInterval(beat, 1000);
  }
  return () => {
    listeners.delete(listener);
    if (listeners.size === 0) clearInterval(timer);
  };
}

/** Whole Unix seconds, by the server's clock. */
export function useNow(): number {
  return useSyncExternalStore(subscribe, () => now);
}

// A part of the program that is loaded when it is needed. The server may be away at that moment, or have been replaced by a newer one that
// no longer has the part.
import { type ComponentType, lazy, type LazyExoticComponent } from 'react';

export interface Surroundings {
  /** Whether the server answers at all. */
  answers: () => Promise<boolean>;
  pause: () => Promise<void>;
  /** Loads the page anew; false where that was tried a moment ago. */
  reload: () => boolean;
}

const PAUSE_MS = 2000;
const DEADLINE_MS = 5000;
const RELOADED = 'kubemonitor.reloaded';
const NOT_AGAIN_WITHIN_MS = 60_000;

function reloadOnce(): boolean {
  try {
    if (Date.now() - Number(sessionStorage.getItem(RELOADED) ?? 0) < NOT_AGAIN_WITHIN_MS) return false;
    sessionStorage.setItem(RELOADED, String(Date.now()));
  } catch {
    return false; // what cannot be remembered could be repeated for ever
  }
  location.reload();
  return true;
}

const browser: Surroundings = {
  answers: () =>
    fetch('/healthz', { cache: 'no-store', signal: AbortSignal.timeout(DEADLINE_MS) }).then(
      (response) => response.ok,
      () => false,
    ),
  pause: () => new Promise((resolve) => setTimeout(resolve, PAUSE_MS)),
  reload: reloadOnce,
};

/** Waits for a server that is away; a part that the server does not have is that of another version: the page is loaded anew, once. */
export async function loadChunk<T>(load: () => Promise<T>, { answers, pause, reload }: Surroundings = browser): Promise<T> {
  for (;;) {
    try {
      return await load();
    } catch {
      if (await answers()) break;
    }
    await pause();
  }
  try {
    return await load(); // it came back in between
  } catch (error) {
    if (reload()) return new Promise(() => undefined);
    throw error;
  }
}

export function lazyPart<P extends object>(load: () => Promise<{ default: ComponentType<P> }>): LazyExoticComponent<ComponentType<P>> {
  return lazy(() => loadChunk(load));
}

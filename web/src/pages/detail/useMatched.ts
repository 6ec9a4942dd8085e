// A sum and its parts are two answers. They are drawn together only where they are of the same points in time.
import { useState } from 'react';
import type { Window } from '../../api/model';

interface Windowed {
  window?: Window;
}

export function sameWindow(a: Windowed, b: Windowed): boolean {
  return a.window !== undefined && a.window.end === b.window?.end && a.window.step === b.window.step && a.window.start === b.window.start;
}

export interface Pair<S, P> {
  sum: S;
  /** Missing where the parts are of another window. */
  parts?: P;
}

/** The newest pair that belongs together, kept while one of the two is on its way; the sum alone where the other one does not come. */
export function useMatched<S extends Windowed, P extends Windowed>(sum: S, parts: P | undefined, failed: boolean): Pair<S, P> {
  const [kept, keep] = useState<Pair<S, P> | null>(null);
  if (parts !== undefined && sameWindow(sum, parts)) {
    const pair = kept?.sum === sum && kept.parts === parts ? kept : { sum, parts };
    if (pair !== kept) keep(pair);
    return pair;
  }
  return failed || kept === null ? { sum } : kept;
}

// When what is on screen is to be asked for again.

/** What the server announced last: which run of it, and its newest tick. */
export interface Moment {
  instance: string | null;
  tick: number | null;
}

/**
 * The moment to ask for now, after the one asked for last; null: nothing is new. A tab that was opened in the background has answers of any
 * age, so that its first moment counts as new. A server that has started again is asked though the page is paused: it may know less, or more.
 */
export function due(asked: Moment | null, now: Moment, paused: boolean): Moment | null {
  if (paused) return asked !== null && asked.instance !== null && asked.instance !== now.instance ? now : null;
  return asked?.instance === now.instance && asked.tick === now.tick ? null : now;
}

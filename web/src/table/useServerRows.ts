import { useCallback, useEffect, useState, useSyncExternalStore } from 'react';
import { type Answer, type ApiPath, get, type Query } from '../api/client';
import { AGAIN_MS, worthAsking } from '../api/queries';
import { useBeat, useLive } from '../live/live';
import { useView } from '../state/view';
import type { TableRows } from './DataTable';
import { type RowPage, ServerRows, type RowsState } from './serverRows';

type ListPath = { [P in ApiPath]: Answer<P> extends { items: unknown[]; total: number } ? (Query<P> extends { offset?: number } ? P : never) : never }[ApiPath];
type Item<P extends ListPath> = Answer<P> extends { items: (infer T)[] } ? T : never;

export interface Rows<T> extends RowsState {
  source: ServerRows<T>;
  onRange: (first: number, last: number) => void;
}

/** The rows of a list path; `query` without `limit` and `offset`. */
export function useServerRows<P extends ListPath>(path: P, names: Record<string, string>, query: Query<P>, keyOf: (item: Item<P>) => string): Rows<Item<P>> {
  const [source] = useState(() => new ServerRows<Item<P>>(keyOf));
  const { pausedAt } = useView();
  const { status } = useLive();
  const beat = useBeat();
  const question = JSON.stringify([path, names, query, pausedAt]);
  useEffect(() => {
    const [askedPath, askedNames, asked, end] = JSON.parse(question) as [P, Record<string, string>, Query<P>, number | null];
    source.ask((offset, limit, signal) => {
      const page = { ...asked, offset, limit, ...(end === null ? {} : { end }) };
      return get(askedPath, askedNames, page, signal) as unknown as Promise<RowPage<Item<P>>>;
    });
  }, [source, question]);
  useEffect(() => {
    if (beat > 0) source.refresh();
  }, [source, beat]);
  useEffect(() => {
    if (status === 'live' && source.snapshot().error) source.refresh();
  }, [source, status]);
  useEffect(() => () => source.stop(), [source]);
  const state = useSyncExternalStore(source.subscribe, source.snapshot);
  const { error, version } = state;
  useEffect(() => {
    if (!error || !worthAsking(error)) return;
    const timer = setTimeout(() => source.refresh(), AGAIN_MS);
    return () => clearTimeout(timer);
  }, [source, error, version]);
  const onRange = useCallback((first: number, last: number) => source.setRange(first, last), [source]);
  return { ...state, source, onRange };
}

/** As the table wants them; so many rows are sketched until the first answer. */
export function tableRows<T>({ source, total, reordered, onRange }: Rows<T>, sketched: number): TableRows<T> {
  return {
    count: total ?? sketched,
    at: (index) => source.at(index),
    onRange,
    onHold: (held) => source.hold(held),
    reordered,
    onApplyOrder: () => source.applyOrder(),
  };
}

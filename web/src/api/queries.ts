// Questions to the server as hooks. Every one is asked again at each tick, or stands still at the tick at which the reader paused.
import { keepPreviousData, QueryClient, useQuery, type UseQueryResult } from '@tanstack/react-query';
import { useView } from '../state/view';
import { type Answer, ApiError, type ApiPath, get, type Query } from './client';

export function createQueryClient(): QueryClient {
  return new QueryClient({
    defaultOptions: {
      queries: {
        staleTime: Infinity, // a tick makes it stale, nothing else
        gcTime: 60_000,
        refetchOnWindowFocus: false,
        refetchOnReconnect: false,
        retry: (failures, error) => retryable(error) && failures < 3,
        retryDelay: (failures) => Math.min(500 * 2 ** failures, 4000),
        // No tick comes while the server is away or starting: what failed is asked again by itself.
        refetchInterval: ({ state }) => (state.status === 'error' && worthAsking(state.error) ? AGAIN_MS : false),
      },
    },
  });
}

/** After how long what failed is asked again. */
export const AGAIN_MS = 5000;

/** Whether the answer may be another one later. */
export function worthAsking(error: Error | null): boolean {
  return !(error instanceof ApiError) || error.problem.status >= 500 || error.problem.status === 429;
}

/** The server is starting or busy; what it refuses it will refuse again. */
function retryable(error: Error): boolean {
  return error instanceof ApiError && (error.problem.status === 503 || error.problem.status === 429);
}

export interface AskOptions {
  /** Do not ask. */
  skip?: boolean;
  /** Show the answer to the question before while this one is on its way. */
  keep?: boolean;
  /** The path knows no `end`: it always tells of now. */
  timeless?: boolean;
  /** Ask again so often, seconds, also while the reader has paused. */
  every?: number | undefined;
}

export function useApi<P extends ApiPath>(path: P, names: Record<string, string>, query: Query<P>, options: AskOptions = {}): UseQueryResult<Answer<P>> {
  const { pausedAt } = useView();
  const { every } = options;
  const asked: Query<P> = pausedAt === null || options.timeless || 'end' in query ? query : { ...query, end: pausedAt };
  return useQuery({
    queryKey: ['api', path, names, asked],
    queryFn: ({ signal }) => get(path, names, asked, signal),
    enabled: !options.skip,
    ...(options.keep ? { placeholderData: keepPreviousData } : {}),
    ...(every === undefined ? {} : { refetchInterval: every * 1000 }),
  });
}

/** The resolution of what the server stores, seconds. */
export function useInterval(): number {
  const status = useApi('/api/v1/status', {}, {}, { timeless: true });
  return status.data?.intervalSeconds ?? 10;
}

/** A step that gives about so many points and is a multiple of the interval, as the server wants it. */
export function stepFor(window: number, interval: number, points: number): number {
  return Math.max(1, Math.round(window / points / interval)) * interval;
}

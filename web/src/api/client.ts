// The REST client: typed by api/openapi.yaml through schema.d.ts, no dependency but fetch.
import type { paths } from './schema';

/** Every path of the API that answers JSON to GET. */
export type ApiPath = { [P in keyof paths]: paths[P] extends { get: { responses: { 200: { content: { 'application/json': unknown } } } } } ? P : never }[keyof paths];

export type Answer<P extends ApiPath> = paths[P] extends { get: { responses: { 200: { content: { 'application/json': infer Body } } } } } ? Body : never;

type Get<P extends ApiPath> = paths[P] extends { get: { parameters: infer Parameters } } ? Parameters : never;
type QueryOf<Q> = [NonNullable<Q>] extends [never] ? Record<string, never> : NonNullable<Q>;
export type Query<P extends ApiPath> = Get<P> extends { query?: infer Q } ? QueryOf<Q> : Record<string, never>;

export interface Problem {
  status: number;
  title: string;
  detail?: string;
}

/** An answer of the server that is no success. */
export class ApiError extends Error {
  readonly problem: Problem;

  constructor(problem: Problem) {
    super(problem.detail ?? problem.title);
    this.name = 'ApiError';
    this.problem = problem;
  }
}

/** No answer at all: refused, cut off, too late. */
export class Unreachable extends Error {
  constructor(cause: unknown) {
    super('the server does not answer', { cause });
    this.name = 'Unreachable';
  }
}

const DEADLINE_MS = 20_000;

// The browser's clock may be wrong; ages are told by the server's. Its Date header has whole seconds: the truth is half a second later on average.
let skewMilliseconds: number | null = null;

function observeClock(date: string | null): void {
  const server = date === null ? NaN : Date.parse(date);
  if (!Number.isNaN(server)) skewMilliseconds = server + 500 - Date.now();
}

/** Unix seconds by the server's clock, or by the browser's before the first answer. */
export function serverNow(): number {
  // Below two seconds the difference may be rounding and the way of the answer: keep the steadier clock.
  const skew = skewMilliseconds !== null && Math.abs(skewMilliseconds) > 2000 ? skewMilliseconds : 0;
  return (Date.now() + skew) / 1000;
}

type Scalar = string | number | boolean;

/** Fills {names} in a path and appends the query; everything is percent-encoded. */
export function address(path: string, names: Record<string, string>, query: Record<string, Scalar | undefined>): string {
  const filled = path.replace(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(names[name] ?? ''));
  const search = new URLSearchParams();
  for (const key of Object.keys(query).sort()) {
    const value = query[key];
    if (value !== undefined && value !== '') search.set(key, String(value));
  }
  const text = search.toString();
  return text ? `${filled}?${text}` : filled;
}

async function problemOf(response: Response): Promise<Problem> {
  const plain = { status: response.status, title: response.statusText || `HTTP ${response.status}` };
  try {
    const body = (await response.json()) as Partial<Problem>;
    return { ...plain, ...body };
  } catch {
    return plain;
  }
}

export async function get<P extends ApiPath>(path: P, names: Record<string, string>, query: Query<P>, signal?: AbortSignal): Promise<Answer<P>> {
  const late = AbortSignal.timeout(DEADLINE_MS);
  let response: Response;
  try {
    response = await fetch(address(path, names, query), {
      headers: { accept: 'application/json' },
      signal: signal ? AbortSignal.any([signal, late]) : late,
    });
  } catch (error) {
    if (signal?.aborted) throw error;
    throw new Unreachable(error);
  }
  observeClock(response.headers.get('date'));
  if (!response.ok) throw new ApiError(await problemOf(response));
  return (await response.json()) as Answer<P>;
}

// The rows of a list of which the server has sorted and counted all, and the page holds what is near the screen.

export const PAGE_SIZE = 50;
const PAGES_KEPT = 12;

export interface RowPage<T> {
  items: T[];
  total: number;
}

export type FetchPage<T> = (offset: number, limit: number, signal: AbortSignal) => Promise<RowPage<T>>;

export interface RowsState {
  /** Of the whole list; null until the first answer. */
  total: number | null;
  error: Error | null;
  /** The first page of a new question is on its way. */
  loading: boolean;
  /** A newer order is known than the one shown. */
  reordered: boolean;
  version: number;
}

/**
 * Pages come as they are scrolled to. While the list is held (the pointer or the focus is inside) rows keep their places and only their
 * values change; the newer order waits.
 */
export class ServerRows<T> {
  private pages = new Map<number, T[]>();
  private waiting = new Map<number, T[]>();
  private readonly requests = new Map<number, AbortController>();
  private readonly listeners = new Set<() => void>();
  private fetchPage: FetchPage<T> | null = null;
  private fresh = true;
  private first = 0;
  private last = PAGE_SIZE - 1;
  private held = false;
  private state: RowsState = { total: null, error: null, loading: true, reordered: false, version: 0 };

  constructor(private readonly keyOf: (item: T) => string) {}

  subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  snapshot = (): RowsState => this.state;

  at(index: number): T | undefined {
    return this.pages.get(Math.floor(index / PAGE_SIZE))?.[index % PAGE_SIZE];
  }

  /** Another question: what is shown stays until its first answer. */
  ask(fetchPage: FetchPage<T>): void {
    this.fetchPage = fetchPage;
    this.fresh = true;
    this.first = 0;
    this.last = PAGE_SIZE - 1;
    this.abort();
    this.update({ loading: true, reordered: false });
    this.load();
  }

  /** The rows on screen. */
  setRange(first: number, last: number): void {
    this.first = first;
    this.last = last;
    if (!this.fresh) this.load();
  }

  /** A tick has come: what is on screen is asked for again, the rest is forgotten when it is scrolled to. */
  refresh(): void {
    if (this.fresh) {
      this.load();
      return;
    }
    const [from, to] = this.visiblePages();
    for (const page of this.pages.keys()) if (page < from || page > to) this.forget(page);
    for (let page = from; page <= to; page++) void this.request(page);
  }

  hold(held: boolean): void {
    if (this.held === held) return;
    this.held = held;
    if (!held) this.applyOrder();
  }

  applyOrder(): void {
    if (this.waiting.size === 0 && !this.state.reordered) return;
    for (const [page, items] of this.waiting) this.pages.set(page, items);
    this.waiting.clear();
    this.update({ reordered: false });
  }

  stop(): void {
    this.abort();
  }

  private abort(): void {
    for (const request of this.requests.values()) request.abort();
    this.requests.clear();
  }

  private visiblePages(): [number, number] {
    const end = this.state.total === null ? this.last : Math.min(this.last, Math.max(0, this.state.total - 1));
    return [Math.floor(this.first / PAGE_SIZE), Math.floor(end / PAGE_SIZE)];
  }

  private load(): void {
    const [from, to] = this.visiblePages();
    for (const page of this.requests.keys()) {
      if (page >= from && page <= to) continue;
      this.requests.get(page)?.abort(); // scrolled past
      this.requests.delete(page);
    }
    for (let page = from; page <= to; page++) if (this.fresh || !this.pages.has(page)) void this.request(page);
  }

  private async request(page: number): Promise<void> {
    if (!this.fetchPage || this.requests.has(page)) return;
    const controller = new AbortController();
    this.requests.set(page, controller);
    try {
      const answer = await this.fetchPage(page * PAGE_SIZE, PAGE_SIZE, controller.signal);
      if (controller.signal.aborted) return;
      this.take(page, answer);
    } catch (error) {
      if (!controller.signal.aborted) this.update({ error: error as Error, loading: false });
    } finally {
      if (this.requests.get(page) === controller) this.requests.delete(page);
    }
  }

  private take(page: number, { items, total }: RowPage<T>): void {
    if (this.fresh) {
      this.pages.clear();
      this.waiting.clear();
      this.fresh = false;
    }
    const shown = this.pages.get(page);
    if (this.held && shown && !this.sameOrder(shown, items)) {
      const newer = new Map(items.map((item) => [this.keyOf(item), item]));
      this.pages.set(page, shown.map((item) => newer.get(this.keyOf(item)) ?? item));
      this.waiting.set(page, items);
    } else {
      this.pages.set(page, items);
      this.waiting.delete(page);
    }
    this.forgetFar();
    this.update({ total, error: null, loading: false, reordered: this.waiting.size > 0 });
    this.load(); // the answer may have shown that fewer or more rows are on screen
  }

  private sameOrder(a: T[], b: T[]): boolean {
    return a.length === b.length && a.every((item, index) => this.keyOf(item) === this.keyOf(b[index] as T));
  }

  private forgetFar(): void {
    if (this.pages.size <= PAGES_KEPT) return;
    const middle = (this.first + this.last) / 2 / PAGE_SIZE;
    const far = [...this.pages.keys()].sort((a, b) => Math.abs(b - middle) - Math.abs(a - middle));
    for (const page of far.slice(0, this.pages.size - PAGES_KEPT)) this.forget(page);
  }

  /** With its newer order, which would come back as old values. */
  private forget(page: number): void {
    this.pages.delete(page);
    this.waiting.delete(page);
  }

  private update(change: Partial<RowsState>): void {
    this.state = { ...this.state, ...change, version: this.state.version + 1 };
    for (const listener of this.listeners) listener();
  }
}

// The one table of all pages: virtual rows, a sortable header, keys, and a foot that tells where one is.
import { useVirtualizer } from '@tanstack/react-virtual';
import { memo, useEffect, useId, useRef, useState, type CSSProperties, type KeyboardEvent, type MouseEvent, type ReactNode } from 'react';
import { useNavigate, useSearchParams } from 'react-router';
import { type Breakpoint, useBreakpoint } from '../app/useMedia';
import { Icon } from '../components/Icon';
import { Skeleton } from '../components/States';
import { useFormat, useMessages } from '../i18n';
import { carry } from '../state/view';

export interface Column<T> {
  id: string;
  header: string;
  /** Where the header is short, in words. */
  title?: string;
  /** Its track of the grid. */
  track: string;
  /** The API's key to sort by. */
  sort?: string;
  /** Which direction the first click sorts in. */
  ascendingFirst?: boolean;
  right?: boolean;
  /** Layouts that have it; all without. */
  show?: readonly Breakpoint[];
  className?: string;
  cell: (item: T) => ReactNode;
}

export interface Sort {
  key: string;
  descending: boolean;
}

export interface TableRows<T> {
  count: number;
  at: (index: number) => T | undefined;
  onRange?: (first: number, last: number) => void;
  onHold?: (held: boolean) => void;
  reordered?: boolean;
  onApplyOrder?: () => void;
}

interface Props<T> {
  label: string;
  columns: readonly Column<T>[];
  rows: TableRows<T>;
  hrefOf?: (item: T) => { path: string; query?: Record<string, string> };
  /** Instead of going to a page. */
  onOpen?: (item: T) => void;
  ended?: (item: T) => boolean;
  sort?: Sort;
  onSort?: (sort: Sort) => void;
  /** Starts at its top again when this changes. */
  resetKey?: string;
  /** Fills the window, or is as high as its rows up to so many. */
  maxRows?: number;
  empty?: ReactNode;
  foot?: ReactNode;
}

const ROW_HEIGHT = 38;
const PHONE_ROW_HEIGHT = 56;
const HEAD_HEIGHT = 34;

export function DataTable<T>({ label, columns, rows, hrefOf, onOpen, ended, sort, onSort, resetKey, maxRows, empty, foot }: Props<T>) {
  const layout = useBreakpoint();
  const phone = layout === 'phone';
  const height = phone ? PHONE_ROW_HEIGHT : ROW_HEIGHT;
  const head = phone ? 0 : HEAD_HEIGHT;
  const scroller = useRef<HTMLDivElement>(null);
  const own = useId();
  const id = (index: number) => `${own}-row-${index}`;
  const [selected, setSelected] = useState<number | null>(null);
  const navigate = useNavigate();
  const [search] = useSearchParams();
  // eslint-disable-next-line react-hooks/incompatible-library -- the compiler is not used; rows are memoised by item
  const virtual = useVirtualizer({ count: rows.count, getScrollElement: () => scroller.current, estimateSize: () => height, overscan: 6, scrollMargin: head, initialRect: { width: 0, height: 800 } });
  const shown = columns.filter((column) => !column.show || column.show.includes(layout));
  const style = (phone ? {} : { '--cols': shown.map((column) => column.track).join(' ') }) as CSSProperties;
  const items = virtual.getVirtualItems();
  const first = items[0]?.index ?? 0;
  const last = items[items.length - 1]?.index ?? 0;

  useEffect(() => {
    virtual.measure();
  }, [virtual, height]);
  const { onRange } = rows;
  useEffect(() => {
    onRange?.(first, last);
  }, [onRange, first, last]);
  const [seenKey, setSeenKey] = useState(resetKey);
  if (seenKey !== resetKey) {
    setSeenKey(resetKey);
    setSelected(null);
  }
  useEffect(() => {
    // Not scrollTo: newer browsers answer it with a promise, and an effect must return nothing.
    if (scroller.current) scroller.current.scrollTop = 0;
  }, [resetKey]);

  const go = (item: T | undefined) => {
    if (item === undefined) return;
    onOpen?.(item);
    if (!hrefOf) return;
    const { path, query } = hrefOf(item);
    void navigate({ pathname: path, search: carry(search, query) });
  };
  const move = (to: number) => {
    const next = Math.min(rows.count - 1, Math.max(0, to));
    setSelected(next);
    virtual.scrollToIndex(next, { align: 'auto' });
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.metaKey || event.ctrlKey || event.altKey || rows.count === 0) return;
    const page = Math.max(1, Math.floor(((scroller.current?.clientHeight ?? 400) - head) / height) - 1);
    const at = selected ?? -1;
    const target = { ArrowDown: at + 1, ArrowUp: Math.max(0, at - 1), PageDown: Math.max(0, at) + page, PageUp: at - page, Home: 0, End: rows.count - 1 }[event.key];
    if (target !== undefined) move(target);
    else if (event.key === 'Enter' && selected !== null && event.target === scroller.current) go(rows.at(selected));
    else if (event.key === 'Escape' && selected !== null) setSelected(null);
    else return;
    event.preventDefault();
    event.stopPropagation();
  };
  const onRowClick = (event: MouseEvent, item: T | undefined) => {
    if ((event.target as Element).closest('a, button') || getSelection()?.toString()) return;
    go(item);
  };
  const ownHeight = maxRows === undefined ? undefined : Math.min(Math.max(rows.count, 1), maxRows) * height + head + 1;

  return (
    <div
      className="table"
      style={style}
      onPointerEnter={() => rows.onHold?.(true)}
      onPointerLeave={(event) => !event.currentTarget.contains(document.activeElement) && rows.onHold?.(false)}
      onFocus={() => rows.onHold?.(true)}
      onBlur={(event) => !event.currentTarget.contains(event.relatedTarget) && rows.onHold?.(false)}
    >
      <div
        className={ownHeight === undefined ? 'scroller fills' : rows.count > (maxRows ?? 0) ? 'scroller' : 'scroller short'}
        {...(ownHeight === undefined ? {} : { style: { height: ownHeight } })}
        ref={scroller}
        role="grid"
        aria-label={label}
        aria-rowcount={rows.count + 1}
        aria-activedescendant={selected === null || selected < first || selected > last ? undefined : id(selected)}
        tabIndex={0}
        onKeyDown={onKeyDown}
      >
        <Header columns={shown} sort={sort} onSort={onSort} />
        {rows.count === 0 && empty}
        <div role="rowgroup" style={{ position: 'relative', height: virtual.getTotalSize() }}>
          {items.map(({ index, start }) => {
            const item = rows.at(index);
            return (
              <div
                key={index} // an object that moves between two answers can be in both pages
                id={id(index)}
                className={`tr row ${index === selected ? 'selected' : ''} ${item === undefined ? 'waiting' : ended?.(item) ? 'ended' : ''}`}
                role="row"
                aria-rowindex={index + 2}
                aria-selected={index === selected}
                style={{ transform: `translateY(${start - head}px)` }}
                onClick={(event) => onRowClick(event, item)}
              >
                {item === undefined ? <SkeletonCells columns={shown} /> : <Cells columns={columns} layout={layout} item={item} />}
              </div>
            );
          })}
        </div>
      </div>
      {rows.reordered && (
        <button type="button" className="chip new-order" onClick={rows.onApplyOrder}>
          <Icon name="down" />
          <NewOrder />
        </button>
      )}
      <Foot first={first} last={last} count={rows.count} loading={rows.at(first) === undefined} height={height} head={head} scroller={scroller.current}>{foot}</Foot>
    </div>
  );
}

function NewOrder() {
  return useMessages().table.newOrder;
}

function Header<T>({ columns, sort, onSort }: { columns: readonly Column<T>[]; sort: Sort | undefined; onSort: ((sort: Sort) => void) | undefined }) {
  return (
    <div className="tr th" role="row" aria-rowindex={1}>
      {columns.map((column) => {
        const on = sort !== undefined && column.sort === sort.key;
        const ariaSort = on ? (sort.descending ? 'descending' : 'ascending') : undefined;
        const click = () => column.sort && onSort?.({ key: column.sort, descending: on ? !sort.descending : !column.ascendingFirst });
        return (
          <div key={column.id} className={column.right ? 'right' : undefined} role="columnheader" aria-sort={ariaSort} title={column.title}>
            {column.sort && onSort ? (
              <button type="button" className={on ? 'sorted' : undefined} onClick={click}>
                {column.header}
                {on && <Icon name={sort.descending ? 'down' : 'up'} />}
              </button>
            ) : (
              column.header
            )}
          </div>
        );
      })}
    </div>
  );
}

/** Drawn again only when the item, the layout or the columns (language, sort) have changed. */
const Cells = memo(function Cells<T>({ columns, layout, item }: { columns: readonly Column<T>[]; layout: Breakpoint; item: T }) {
  return columns
    .filter((column) => !column.show || column.show.includes(layout))
    .map((column, index) => (
      <div key={column.id} className={`${column.className ?? 'ellipsis'} ${column.right ? 'right' : ''}`} role={index === 0 ? 'rowheader' : 'gridcell'}>
        {column.cell(item)}
      </div>
    ));
}) as <T>(props: { columns: readonly Column<T>[]; layout: Breakpoint; item: T }) => ReactNode;

function SkeletonCells<T>({ columns }: { columns: readonly Column<T>[] }) {
  return columns.map((column, index) => (
    <div key={column.id} className={column.className} role={index === 0 ? 'rowheader' : 'gridcell'}>
      <Skeleton width={index === 0 ? '60%' : '80%'} />
    </div>
  ));
}

function Foot({ first, last, count, loading, height, head, scroller, children }: { first: number; last: number; count: number; loading: boolean; height: number; head: number; scroller: HTMLElement | null; children: ReactNode }) {
  const { table } = useMessages();
  const { integer } = useFormat();
  if (children === undefined) return null;
  const top = scroller ? Math.floor(scroller.scrollTop / height) : first;
  const bottom = scroller ? Math.min(count - 1, Math.ceil((scroller.scrollTop + scroller.clientHeight - head) / height) - 1) : last;
  return (
    <div className="table-foot">
      {count > 0 && !loading && <span className="num">{table.position(integer(top + 1), integer(bottom + 1), integer(count))}</span>}
      {children}
    </div>
  );
}

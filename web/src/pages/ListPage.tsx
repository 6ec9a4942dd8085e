// What the four tables have in common: title, filters, rows of the server, and the words for nothing.
import type { ReactNode } from 'react';
import { useSearchParams } from 'react-router';
import { ApiError } from '../api/client';
import type { FindingKind } from '../api/model';
import { Empty, ErrorState } from '../components/States';
import { usePageTitle } from '../app/usePageTitle';
import { useFormat, useMessages } from '../i18n';
import { useChange } from '../state/view';
import { type Column, DataTable, type Sort } from '../table/DataTable';
import { FindingChips } from '../table/FindingChips';
import { KindMenu, LabelMenu, NameFilter, ObjectMenu } from '../table/Filters';
import { type Rows, tableRows } from '../table/useServerRows';

export type FilterName = 'namespace' | 'node' | 'kind' | 'label' | 'finding';
const SKETCHED = 12;
const FILTER_KEYS = ['q', 'namespace', 'node', 'kind', 'label', 'finding'] as const;

/** The list's question as the URL has it. */
export interface ListQuestion {
  sort: string;
  search?: string;
  namespace?: string;
  node?: string;
  kind?: string;
  labelSelector?: string;
  finding?: FindingKind;
}

const PARAMETER: Record<(typeof FILTER_KEYS)[number], keyof ListQuestion> = { q: 'search', namespace: 'namespace', node: 'node', kind: 'kind', label: 'labelSelector', finding: 'finding' };

export function useListQuestion(filters: readonly FilterName[], defaultSort: string): ListQuestion {
  const [search] = useSearchParams();
  const question: ListQuestion = { sort: search.get('sort') ?? defaultSort };
  for (const key of FILTER_KEYS) {
    const value = search.get(key);
    if (value && (key === 'q' || filters.includes(key))) Object.assign(question, { [PARAMETER[key]]: value });
  }
  return question;
}

const parseSort = (text: string): Sort => (text.startsWith('-') ? { key: text.slice(1), descending: true } : { key: text, descending: false });

interface Props<T> {
  what: 'nodes' | 'namespaces' | 'workloads' | 'pods';
  filters: readonly FilterName[];
  question: ListQuestion;
  columns: readonly Column<T>[];
  rows: Rows<T>;
  hrefOf: (item: T) => { path: string; query?: Record<string, string> };
  ended?: (item: T) => boolean;
  legend: ReactNode;
}

export function ListPage<T>({ what, filters, question, columns, rows, hrefOf, ended, legend }: Props<T>) {
  const messages = useMessages();
  const { integer } = useFormat();
  const change = useChange();
  usePageTitle(messages.nav[what]);
  const sort = parseSort(question.sort);
  const filtered = FILTER_KEYS.some((key) => question[PARAMETER[key]] !== undefined);
  const problem = rows.error instanceof ApiError && rows.error.problem.status === 400 ? rows.error : null;
  const lost = rows.error && !problem && rows.total === null;
  const sortColumn = columns.find((column) => column.sort === sort.key);
  return (
    <>
      <div className="head">
        <div className="head-title">
          <h1>
            {messages.nav[what]} <span className="count num">{rows.total === null ? '' : integer(rows.total)}</span>
          </h1>
        </div>
        <div className="bar-legend hide-phone">{legend}</div>
      </div>
      <div className="filters">
        <NameFilter />
        {filters.map((filter) => {
          if (filter === 'kind') return <KindMenu key={filter} />;
          if (filter === 'label') return <LabelMenu key={filter} problem={problem?.message} />;
          if (filter === 'finding') return <FindingChips key={filter} of={what === 'nodes' ? 'nodes' : 'pods'} />;
          return <ObjectMenu key={filter} kind={filter} />;
        })}
      </div>
      {lost && rows.error ? (
        <ErrorState error={rows.error} onRetry={() => rows.source.refresh()} />
      ) : (
        <div className="panel">
          <DataTable
            label={messages.nav[what]}
            columns={columns}
            hrefOf={hrefOf}
            {...(ended ? { ended } : {})}
            sort={sort}
            onSort={({ key, descending }) => change({ sort: descending ? `-${key}` : key })}
            resetKey={JSON.stringify(question)}
            rows={{ ...tableRows(rows, SKETCHED), ...(problem ? { count: 0 } : {}) }}
            empty={<Nothing what={what} filtered={filtered} question={question} problem={problem?.message} />}
            foot={
              <>
                <span className="hide-phone">{sort.key === 'name' ? messages.table.sortedByName(sort.descending) : messages.table.sortedBy(sortColumn?.title ?? sortColumn?.header ?? sort.key, sort.descending)}</span>
                <span className="end hide-phone">
                  <kbd>↑</kbd> <kbd>↓</kbd> {messages.table.move} &nbsp;<kbd>↵</kbd> {messages.table.open} &nbsp;<kbd>/</kbd> {messages.table.filter}
                </span>
              </>
            }
          />
        </div>
      )}
    </>
  );
}

function Nothing({ what, filtered, question, problem }: { what: Props<unknown>['what']; filtered: boolean; question: ListQuestion; problem: string | undefined }) {
  const { table } = useMessages();
  const change = useChange();
  if (!filtered && !problem) return <Empty title={table.none[what]} text={table.noneText[what]} />;
  const filters = FILTER_KEYS.map((key) => question[PARAMETER[key]]).filter((value) => value !== undefined);
  return (
    <Empty
      title={table.noMatch}
      text={problem ?? table.noMatchOf(table.what[what], filters.join(' · '))}
      actions={
        <button type="button" className="btn" onClick={() => change(Object.fromEntries([...FILTER_KEYS, 'sort'].map((key) => [key, null])))}>
          {table.clearFilters}
        </button>
      }
    />
  );
}

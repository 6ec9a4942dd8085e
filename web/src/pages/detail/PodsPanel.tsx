// The pods of a node, a namespace, a workload: the same rows as on the pods' page, without the column that is the page itself.
import { useMemo, useState } from 'react';
import type { Answer, ApiPath } from '../../api/client';
import type { Pod } from '../../api/model';
import { stepFor, useInterval } from '../../api/queries';
import { AppLink } from '../../components/AppLink';
import { Icon } from '../../components/Icon';
import { Empty } from '../../components/States';
import { useFormat, useMessages } from '../../i18n';
import { useView } from '../../state/view';
import { DataTable, type Sort } from '../../table/DataTable';
import { LINE_METRICS, POD_METRICS, podColumns, podHref, podKey } from '../../table/podColumns';
import { tableRows, useServerRows } from '../../table/useServerRows';

type PodListPath = { [P in ApiPath]: Answer<P> extends { items: Pod[]; total: number } ? P : never }[ApiPath];

interface Props {
  path: PodListPath;
  names: Record<string, string>;
  leave: { namespace?: boolean; node?: boolean };
  /** The table of all of them. */
  all: Record<string, string>;
  includeTerminated?: boolean;
  columns?: readonly string[];
  maxRows?: number;
  className?: string;
}

const POINTS = 60;
const SKETCHED = 3;

export function PodsPanel({ path, names, leave, all, includeTerminated = false, columns: wanted, maxRows = 12, className = '' }: Props) {
  const messages = useMessages();
  const { integer } = useFormat();
  const { window } = useView();
  const interval = useInterval();
  const [sort, setSort] = useState<Sort>({ key: 'cpuMillicores', descending: true });
  const query = {
    window, step: stepFor(window, interval, POINTS), metrics: POD_METRICS, series: LINE_METRICS, sort: `${sort.descending ? '-' : ''}${sort.key}`, ...(includeTerminated ? { includeTerminated } : {}),
  };
  const rows = useServerRows(path, names, query, podKey);
  const { namespace = false, node = false } = leave;
  const columns = useMemo(() => podColumns(messages, { namespace, node }).filter((column) => !wanted || wanted.includes(column.id)), [messages, namespace, node, wanted]);
  return (
    <section className={`panel ${className}`}>
      <div className="panel-head">
        <h2>{messages.nav.pods}<span className="t3 num">{rows.total === null ? '' : integer(rows.total)}</span></h2>
        <AppLink className="more" to="/pods" query={all}>{messages.detail.allPodsOf}<Icon name="chevron" /></AppLink>
      </div>
      <DataTable
        label={messages.nav.pods} columns={columns} hrefOf={podHref} ended={(pod) => pod.terminated === true} sort={sort} onSort={setSort} resetKey={JSON.stringify(sort)} maxRows={maxRows}
        rows={tableRows(rows, SKETCHED)}
        empty={<Empty title={messages.table.none.pods} text={messages.table.noneText.pods} />}
      />
    </section>
  );
}

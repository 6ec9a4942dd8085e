import { useMemo, useState } from 'react';
import { useParams } from 'react-router';
import { memoryOf, type Namespace } from '../api/model';
import { stepFor, useApi, useInterval } from '../api/queries';
import { usePageTitle } from '../app/usePageTitle';
import { ChartGroup } from '../charts/ChartGroup';
import { AppLink } from '../components/AppLink';
import { Icon } from '../components/Icon';
import { useFormat, useMessages } from '../i18n';
import { useView } from '../state/view';
import { AGGREGATE_METRICS, workloadColumns, workloadHref, workloadKey } from '../table/aggregateColumns';
import { DataTable, type Sort } from '../table/DataTable';
import { LINE_METRICS } from '../table/podColumns';
import { tableRows, useServerRows } from '../table/useServerRows';
import { AggregateCharts, AGGREGATE_CHART_METRICS } from './detail/AggregateCharts';
import { DetailHead, type Fact } from './detail/DetailHead';
import { DetailStates } from './detail/DetailStates';
import { Labels } from './detail/Labels';
import { PodsPanel } from './detail/PodsPanel';
import { usedOfRequested } from './detail/usedOfRequested';
import { useChartWindow } from './detail/useChartWindow';

const SKETCHED = 3;

export default function NamespacePage() {
  const { namespace: name = '' } = useParams();
  const chart = useChartWindow();
  const { data, error, refetch } = useApi('/api/v1/namespaces/{namespace}', { namespace: name }, { ...chart, metrics: AGGREGATE_CHART_METRICS }, { keep: true });
  if (!data) return <DetailStates what="namespace" name={name} where="" error={error} onRetry={() => void refetch()} />;
  return <NamespaceDetail namespace={data} />;
}

function NamespaceDetail({ namespace }: { namespace: Namespace }) {
  const messages = useMessages();
  const format = useFormat();
  usePageTitle(namespace.name);
  const [none] = useState<number[]>([]);
  const { detail, metric } = messages;
  const facts: Fact[] = [
    [detail.pods, format.integer(namespace.podCount)],
    [detail.nodes, namespace.nodeCount === undefined ? undefined : format.integer(namespace.nodeCount)],
    [metric.cpu, usedOfRequested('cpu', namespace.usage.cpuMillicores, namespace.requests?.cpuMillicores, messages, format)],
    [metric.memory, usedOfRequested('bytes', memoryOf(namespace.usage), namespace.requests?.memoryBytes, messages, format)],
  ];
  return (
    <ChartGroup timestamps={namespace.window?.timestamps ?? none}>
      <DetailHead crumbs={[{ label: messages.nav.namespaces, path: '/namespaces' }]} name={namespace.name} plain facts={facts} />
      <AggregateCharts item={namespace} />
      <WorkloadsPanel namespace={namespace.name} />
      <PodsPanel path="/api/v1/namespaces/{namespace}/pods" names={{ namespace: namespace.name }} leave={{ namespace: true }} all={{ namespace: namespace.name }} />
      <Labels labels={namespace.labels} />
    </ChartGroup>
  );
}

function WorkloadsPanel({ namespace }: { namespace: string }) {
  const messages = useMessages();
  const { integer } = useFormat();
  const { window } = useView();
  const interval = useInterval();
  const [sort, setSort] = useState<Sort>({ key: 'cpuMillicores', descending: true });
  const query = { namespace, window, step: stepFor(window, interval, 60), metrics: AGGREGATE_METRICS, series: LINE_METRICS, sort: `${sort.descending ? '-' : ''}${sort.key}` };
  const rows = useServerRows('/api/v1/workloads', {}, query, workloadKey);
  const columns = useMemo(() => workloadColumns(messages, { namespace: true }), [messages]);
  if (rows.total === 0 && !rows.loading) return null;
  return (
    <section className="panel">
      <div className="panel-head">
        <h2>{messages.nav.workloads}<span className="t3 num">{rows.total === null ? '' : integer(rows.total)}</span></h2>
        <AppLink className="more" to="/workloads" query={{ namespace }}>{messages.error.seeAll.workload}<Icon name="chevron" /></AppLink>
      </div>
      <DataTable
        label={messages.nav.workloads} columns={columns} hrefOf={workloadHref} sort={sort} onSort={setSort} resetKey={JSON.stringify(sort)} maxRows={8}
        rows={tableRows(rows, SKETCHED)}
      />
    </section>
  );
}

import { useMemo } from 'react';
import { stepFor, useInterval } from '../api/queries';
import { BarLegend } from '../components/BarLegend';
import { useMessages } from '../i18n';
import { useView } from '../state/view';
import { workloadColumns, workloadHref, workloadKey, AGGREGATE_METRICS } from '../table/aggregateColumns';
import { LINE_METRICS } from '../table/podColumns';
import { useServerRows } from '../table/useServerRows';
import { type FilterName, ListPage, useListQuestion } from './ListPage';

const FILTERS: readonly FilterName[] = ['namespace', 'node', 'kind', 'label'];
const POINTS = 60;

export default function WorkloadsPage() {
  const messages = useMessages();
  const { window } = useView();
  const interval = useInterval();
  const question = useListQuestion(FILTERS, '-cpuMillicores');
  const rows = useServerRows('/api/v1/workloads', {}, { ...question, window, step: stepFor(window, interval, POINTS), metrics: AGGREGATE_METRICS, series: LINE_METRICS }, workloadKey);
  const columns = useMemo(() => workloadColumns(messages), [messages]);
  return <ListPage what="workloads" filters={FILTERS} question={question} columns={columns} rows={rows} hrefOf={workloadHref} legend={<BarLegend />} />;
}

import { useMemo } from 'react';
import { stepFor, useInterval } from '../api/queries';
import { BarLegend } from '../components/BarLegend';
import { useMessages } from '../i18n';
import { useView } from '../state/view';
import { namespaceColumns, namespaceHref, namespaceKey, AGGREGATE_METRICS } from '../table/aggregateColumns';
import { LINE_METRICS } from '../table/podColumns';
import { useServerRows } from '../table/useServerRows';
import { type FilterName, ListPage, useListQuestion } from './ListPage';

const FILTERS: readonly FilterName[] = ['node', 'label'];
const POINTS = 60;

export default function NamespacesPage() {
  const messages = useMessages();
  const { window } = useView();
  const interval = useInterval();
  const question = useListQuestion(FILTERS, '-cpuMillicores');
  const rows = useServerRows('/api/v1/namespaces', {}, { ...question, window, step: stepFor(window, interval, POINTS), metrics: AGGREGATE_METRICS, series: LINE_METRICS }, namespaceKey);
  const columns = useMemo(() => namespaceColumns(messages), [messages]);
  return <ListPage what="namespaces" filters={FILTERS} question={question} columns={columns} rows={rows} hrefOf={namespaceHref} legend={<BarLegend />} />;
}

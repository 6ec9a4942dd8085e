import { useMemo } from 'react';
import { stepFor, useInterval } from '../api/queries';
import { BarLegend } from '../components/BarLegend';
import { useMessages } from '../i18n';
import { useView } from '../state/view';
import { LINE_METRICS, podColumns, podHref, podKey, POD_METRICS } from '../table/podColumns';
import { useServerRows } from '../table/useServerRows';
import { type FilterName, ListPage, useListQuestion } from './ListPage';

const FILTERS: readonly FilterName[] = ['namespace', 'node', 'label', 'finding'];
const POINTS = 60;

export default function PodsPage() {
  const messages = useMessages();
  const { window } = useView();
  const interval = useInterval();
  const question = useListQuestion(FILTERS, '-cpuMillicores');
  const rows = useServerRows('/api/v1/pods', {}, { ...question, window, step: stepFor(window, interval, POINTS), metrics: POD_METRICS, series: LINE_METRICS }, podKey);
  const columns = useMemo(() => podColumns(messages), [messages]);
  return <ListPage what="pods" filters={FILTERS} question={question} columns={columns} rows={rows} hrefOf={podHref} legend={<BarLegend />} />;
}

import { useMemo } from 'react';
import { stepFor, useInterval } from '../api/queries';
import { BarLegend } from '../components/BarLegend';
import { useMessages } from '../i18n';
import { useView } from '../state/view';
import { nodeColumns, nodeHref, nodeKey, NODE_METRICS } from '../table/nodeColumns';
import { LINE_METRICS } from '../table/podColumns';
import { useServerRows } from '../table/useServerRows';
import { type FilterName, ListPage, useListQuestion } from './ListPage';

const FILTERS: readonly FilterName[] = ['label', 'finding'];
const POINTS = 60;

export default function NodesPage() {
  const messages = useMessages();
  const { window } = useView();
  const interval = useInterval();
  const question = useListQuestion(FILTERS, '-cpuMillicores');
  const rows = useServerRows('/api/v1/nodes', {}, { ...question, window, step: stepFor(window, interval, POINTS), metrics: NODE_METRICS, series: LINE_METRICS }, nodeKey);
  const columns = useMemo(() => nodeColumns(messages), [messages]);
  return <ListPage what="nodes" filters={FILTERS} question={question} columns={columns} rows={rows} hrefOf={nodeHref} legend={<BarLegend node />} />;
}

// The nodes: as rows while they are few, as cells, as a canvas when there are thousands.
import { useMemo } from 'react';
import { useSearchParams } from 'react-router';
import type { Node } from '../../api/model';
import { stepFor, useApi, useInterval } from '../../api/queries';
import { AppLink } from '../../components/AppLink';
import { Icon } from '../../components/Icon';
import { Segmented } from '../../components/Segmented';
import { Empty } from '../../components/States';
import { useFormat, useMessages } from '../../i18n';
import { useChange, useView } from '../../state/view';
import { DataTable } from '../../table/DataTable';
import { nodeColumns, nodeHref, pressureColumn } from '../../table/nodeColumns';
import { HeatCanvas } from './HeatCanvas';
import { HeatCells } from './HeatCells';
import { HeatFoot } from './HeatFoot';
import { heatGroups, heatNodes, median } from './heat';
import { useNodes } from './nodes';
import { FACTS, HEAT_METRICS, type HeatMetric, metricFrom, metricOptions } from './metrics';

const ROWS_UP_TO = 12;
const CELLS_UP_TO = 600;

export function NodesPanel({ empty }: { empty: boolean }) {
  const { data } = useNodes();
  if (!data) return <LoadingPanel />;
  return data.total <= ROWS_UP_TO ? <FewNodes count={data.total} empty={empty} /> : <ManyNodes />;
}

function LoadingPanel() {
  const { overview } = useMessages();
  return (
    <section className="panel span-8">
      <div className="panel-head"><h2>{overview.nodesTitle}</h2></div>
      <div className="heat">
        <div className="cells">{Array.from({ length: 96 }, (_, index) => <span key={index} className="skeleton cell" />)}</div>
      </div>
    </section>
  );
}

function FewNodes({ count, empty }: { count: number; empty: boolean }) {
  const messages = useMessages();
  const { window } = useView();
  const interval = useInterval();
  const { data } = useApi('/api/v1/nodes', {}, { window, step: stepFor(window, interval, 60), metrics: 'cpuMillicores,memoryBytes' }, { keep: true });
  const columns = useMemo(() => [...nodeColumns(messages).filter((column) => ['name', 'cpu', 'memory'].includes(column.id)), pressureColumn(messages)], [messages]);
  const items = data?.items ?? [];
  return (
    <section className="panel span-8">
      <div className="panel-head">
        <h2>{messages.overview.nodesTitle}<span className="t3 num">{count}</span></h2>
        <AppLink className="more" to="/nodes">{messages.overview.allNodes}<Icon name="chevron" /></AppLink>
      </div>
      <DataTable label={messages.overview.nodesTitle} columns={columns} hrefOf={nodeHref} maxRows={ROWS_UP_TO} rows={{ count, at: (index) => items[index] }} />
      {empty && count > 0 && <Empty title={messages.overview.noPods} text={messages.overview.noPodsText} />}
    </section>
  );
}

function ManyNodes() {
  const messages = useMessages();
  const { integer } = useFormat();
  const [search] = useSearchParams();
  const change = useChange();
  const metric = metricFrom(HEAT_METRICS, search.get('heat'));
  const { data } = useNodes();
  const nodes = data?.items;
  const { cells, top } = useMemo(() => heatNodes(nodes ?? [], metric), [nodes, metric]);
  const groups = useMemo(() => heatGroups(cells), [cells]);
  if (!nodes) return <LoadingPanel />;
  return (
    <section className={`panel span-8 heat-panel metric-${colourOf(metric)}`}>
      <div className="panel-head">
        <h2>{messages.overview.nodesTitle}<span className="t3 num">{integer(nodes.length)}</span></h2>
        <Summary cells={cells.map((cell) => cell.value)} nodes={nodes} metric={metric} />
        <Segmented small label={messages.overview.colourBy} options={metricOptions(HEAT_METRICS, messages)} value={metric} onChange={(value) => change({ heat: value === 'cpu' ? null : value }, true)} />
      </div>
      {nodes.length > CELLS_UP_TO ? <HeatCanvas groups={groups} metric={metric} /> : <HeatCells groups={groups} />}
      <HeatFoot metric={metric} top={top} unknown={cells.some((cell) => cell.state === 'unknown')} />
    </section>
  );
}

function colourOf(metric: HeatMetric): string {
  return metric === 'pressure' ? 'disk' : FACTS[metric].colour;
}

function Summary({ cells, nodes, metric }: { cells: (number | null)[]; nodes: Node[]; metric: HeatMetric }) {
  const { overview } = useMessages();
  const { text } = useFormat();
  const unit = metric === 'disk' || metric === 'network' ? 'rate' : 'percent';
  let highest = -1;
  cells.forEach((value, index) => {
    if (value !== null && (highest < 0 || value > (cells[highest] ?? 0))) highest = index;
  });
  const name = nodes[highest]?.name;
  if (name === undefined) return <span className="summary" />;
  return (
    <span className="summary hide-phone ellipsis">
      {overview.median} <b className="num t2">{text(unit, median(cells))}</b>, {overview.highest} <b className="num t2">{name} {text(unit, cells[highest])}</b>
    </span>
  );
}

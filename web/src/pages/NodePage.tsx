import { useMemo, useState } from 'react';
import { useParams } from 'react-router';
import { type Node, roomOf } from '../api/model';
import { useApi } from '../api/queries';
import { usePageTitle } from '../app/usePageTitle';
import { Chart } from '../charts/Chart';
import { ChartGroup, Ruler } from '../charts/ChartGroup';
import { cpuSpec, diskSpec, networkSpec, nodeMemorySpec, pressureSpec, tasksSpec, type SeriesByKey } from '../charts/specs';
import { useFormat, useMessages } from '../i18n';
import { DetailHead, type Fact } from './detail/DetailHead';
import { DetailStates } from './detail/DetailStates';
import { Disks, Interfaces, Processes, Units } from './detail/HostTables';
import { Labels } from './detail/Labels';
import { LedgerPanel } from './detail/LedgerPanel';
import { NodeNotes } from './detail/NodeNotes';
import { PodsPanel } from './detail/PodsPanel';
import { useChartWindow } from './detail/useChartWindow';

const METRICS = 'cpuMillicores,memoryBytes,disk,network,processCount,cpuSomePercent,memorySomePercent,ioSomePercent';
const POD_COLUMNS = ['name', 'namespace', 'cpu', 'memory', 'throttled'];

export default function NodePage() {
  const { node: name = '' } = useParams();
  const chart = useChartWindow();
  const { data, error, refetch } = useApi('/api/v1/nodes/{nodeName}', { nodeName: name }, { ...chart, metrics: METRICS }, { keep: true });
  if (!data) return <DetailStates what="node" name={name} where="" error={error} onRetry={() => void refetch()} />;
  return <NodeDetail node={data} />;
}

function NodeDetail({ node }: { node: Node }) {
  const messages = useMessages();
  usePageTitle(node.name);
  const [none] = useState<number[]>([]);
  const timestamps = node.window?.timestamps ?? none;
  const specs = useMemo(() => {
    const series = (node.series ?? {}) as SeriesByKey;
    const length = node.window?.timestamps.length ?? 0;
    const room = roomOf(node);
    const limitName = node.allocatable ? 'allocatable' : 'capacity';
    return {
      cpu: cpuSpec(series, length, { request: node.requests?.cpuMillicores, limit: room.cpuMillicores, node: limitName }, [], messages),
      memory: nodeMemorySpec(series, length, { request: node.requests?.memoryBytes, limit: room.memoryBytes, node: limitName }, messages),
      network: networkSpec(series, length, [], messages),
      disk: diskSpec(series, length, [], messages),
      pressure: pressureSpec(series, length, [], messages),
      processes: tasksSpec(series, length, messages.metric.processes, messages.field.total),
    };
  }, [node, messages]);
  return (
    <ChartGroup timestamps={timestamps}>
      <NodeHead node={node} />
      <NodeNotes node={node} />
      <div className="grid">
        <LedgerPanel node={node} />
        <section className="panel span-7" aria-label={messages.detail.charts}>
          <Ruler hint={messages.detail.ledgerFollows} />
          <div className="charts one">
            <Chart spec={specs.cpu} height={160} />
            <Chart spec={specs.memory} height={160} />
          </div>
        </section>
      </div>
      <section className="panel" aria-label={messages.detail.charts}>
        <div className={specs.pressure ? 'charts four alone' : 'charts three alone odd'}>
          <Chart spec={specs.network} height={146} />
          <Chart spec={specs.disk} height={146} />
          {specs.pressure && <Chart spec={specs.pressure} height={146} />}
          <Chart spec={specs.processes} height={146} />
        </div>
      </section>
      <div className="grid">
        <PodsPanel className="span-8" path="/api/v1/nodes/{nodeName}/pods" names={{ nodeName: node.name }} leave={{ node: true }} all={{ node: node.name }} columns={POD_COLUMNS} />
        <Processes node={node} className="span-4" />
      </div>
      <div className="grid">
        <Units node={node} className="span-4" />
        <Disks of={node} className="span-4" />
        <Interfaces of={node} className="span-4" />
      </div>
      <Labels labels={node.labels} />
    </ChartGroup>
  );
}

function NodeHead({ node }: { node: Node }) {
  const messages = useMessages();
  const { text, integer, duration, age } = useFormat();
  const { detail } = messages;
  const amount = (of: { cpuMillicores?: number; memoryBytes?: number } | undefined) => of && `${text('cpu', of.cpuMillicores, true)} · ${text('bytes', of.memoryBytes, true)}`;
  const facts: Fact[] = [
    [detail.capacity, amount(node.capacity)],
    [detail.allocatable, amount(node.allocatable)],
    [detail.podCapacity, node.podCapacity === undefined ? undefined : integer(node.podCapacity)],
    [detail.type, node.instanceType],
    [detail.zone, node.zone],
    [detail.kubelet, node.versions?.kubelet],
    [detail.kernel, node.versions?.kernel ?? node.kernelVersion],
    [detail.runtime, node.versions?.runtime ?? node.runtime],
    [detail.load, node.load?.load1 === undefined ? undefined : node.load.load1.toFixed(2)],
    [detail.uptime, node.uptimeSeconds === undefined ? undefined : age(node.uptimeSeconds)],
    [detail.collector, node.ageSeconds === undefined ? undefined : messages.ago(duration(node.ageSeconds))],
  ];
  const kind = [...(node.roles ?? []), ...(node.unschedulable ? [detail.cordoned] : [])].join(' · ');
  return <DetailHead crumbs={[{ label: messages.nav.nodes, path: '/nodes' }]} name={node.name} plain kind={kind} facts={facts} />;
}

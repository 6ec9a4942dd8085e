import { useMemo, useState } from 'react';
import { useParams } from 'react-router';
import { type Answer, ApiError } from '../api/client';
import { memoryOf, type Points, type Workload, WORKLOAD_PATHS } from '../api/model';
import { useApi } from '../api/queries';
import { namespacePath, workloadPath } from '../app/paths';
import { usePageTitle } from '../app/usePageTitle';
import { Chart } from '../charts/Chart';
import { ChartGroup, Ruler } from '../charts/ChartGroup';
import { cssColour } from '../charts/colours';
import type { ChartSpec } from '../charts/model';
import { throttledSpec, type SeriesByKey } from '../charts/specs';
import { AppLink } from '../components/AppLink';
import { useFormat, useMessages } from '../i18n';
import { AGGREGATE_CHART_METRICS, AggregateCharts } from './detail/AggregateCharts';
import { DetailHead, type Fact } from './detail/DetailHead';
import { DetailStates } from './detail/DetailStates';
import { Labels } from './detail/Labels';
import { Lifetimes } from './detail/Lifetimes';
import { PodsPanel } from './detail/PodsPanel';
import { podStack, type StackKey } from './detail/podStack';
import { usedOfRequested } from './detail/usedOfRequested';
import { useChartWindow } from './detail/useChartWindow';
import { useMatched } from './detail/useMatched';

const PODS_DRAWN = 40;
const POINTS = 180;
const POD_METRICS = 'cpuMillicores,memoryBytes,memoryWorkingSetBytes';

const NOT_IN_LIST = new ApiError({ status: 404, title: 'Not Found' });

// The paths of all kinds are of one form; these stand for all of them.
type WorkloadItemPath = '/api/v1/namespaces/{namespace}/statefulsets/{statefulSetName}';
type WorkloadPodsPath = `${WorkloadItemPath}/pods`;
const PODS_OF_NONE: WorkloadPodsPath = '/api/v1/namespaces/{namespace}/statefulsets/{statefulSetName}/pods';

export default function WorkloadPage() {
  const { namespace = '', kind = '', name = '' } = useParams();
  const chart = useChartWindow(POINTS);
  const plural = WORKLOAD_PATHS[kind];
  // A foreign kind has no path of its own and is found in the list.
  const path = `/api/v1/namespaces/{namespace}/${plural ?? 'deployments'}/{name}` as WorkloadItemPath;
  const question = { ...chart, metrics: AGGREGATE_CHART_METRICS };
  const own = useApi(path, { namespace, name }, question, { keep: true, skip: plural === undefined });
  const listed = useApi('/api/v1/workloads', {}, { ...question, namespace, kind, search: name }, { keep: true, skip: plural !== undefined });
  const foreign = listed.data?.items.find((item) => item.name === name);
  const workload = plural === undefined ? (foreign && { ...foreign, ...(listed.data?.window ? { window: listed.data.window } : {}) }) : own.data;
  const answer = plural === undefined ? listed : own;
  if (!workload) return <DetailStates what="workload" name={name} where={namespace} error={answer.error ?? (listed.data ? NOT_IN_LIST : null)} onRetry={() => void answer.refetch()} />;
  return <WorkloadDetail workload={workload} podsPath={plural && (`${path}/pods` as WorkloadPodsPath)} />;
}

function WorkloadDetail({ workload, podsPath }: { workload: Workload; podsPath: WorkloadPodsPath | undefined }) {
  usePageTitle(workload.name);
  const [none] = useState<number[]>([]);
  const chart = useChartWindow(POINTS);
  const { namespace, name } = workload;
  const question = { ...chart, metrics: POD_METRICS, includeTerminated: true, limit: PODS_DRAWN, sort: '-cpuMillicores.avg' };
  const { data, error } = useApi(podsPath ?? PODS_OF_NONE, { namespace, name }, question, { keep: true, skip: podsPath === undefined });
  const { sum, parts } = useMatched(workload, data, error !== null);
  return (
    <ChartGroup timestamps={sum.window?.timestamps ?? none}>
      <WorkloadHead workload={workload} />
      {podsPath ? <StackPanel workload={sum} pods={parts} /> : <AggregateCharts item={workload} />}
      {podsPath && <AggregateCharts item={sum} ruler={false} />}
      {podsPath && <PodsPanel path={podsPath} names={{ namespace, name }} leave={{ namespace: true }} all={{ namespace, q: name }} includeTerminated />}
      <Labels labels={workload.labels} />
    </ChartGroup>
  );
}

function StackPanel({ workload, pods: answer }: { workload: Workload; pods: Answer<WorkloadPodsPath> | undefined }) {
  const messages = useMessages();
  const pods = answer?.items;
  const specs = useMemo(() => {
    const series = (workload.series ?? {}) as SeriesByKey;
    const length = workload.window?.timestamps.length ?? 0;
    const stack = (key: StackKey, metric: 'cpu' | 'mem', title: string, unit: 'cpu' | 'bytes', request: number | undefined): ChartSpec => {
      const total: Points = series[key] ?? new Array<null>(length).fill(null);
      return { title, unit, stack: true, series: podStack(pods ?? [], total, key, metric, messages.field), lines: [{ label: messages.field.requested, value: request, dashed: true }] };
    };
    const memoryKey = workload.usage.memoryWorkingSetBytes == null ? 'memoryBytes' : 'memoryWorkingSetBytes';
    return {
      cpu: stack('cpuMillicores', 'cpu', messages.metric.cpu, 'cpu', workload.requests?.cpuMillicores),
      throttled: throttledSpec(series, [], messages),
      memory: stack(memoryKey, 'mem', messages.metric.memory, 'bytes', workload.requests?.memoryBytes),
    };
  }, [workload, pods, messages]);
  return (
    <section className="panel" aria-label={messages.detail.charts}>
      <Ruler hint={messages.detail.oneCursor}>
        <span className="key"><i className="swatch" style={{ background: cssColour({ metric: 'cpu', share: 90 }) }} />{messages.detail.running}</span>
        <span className="key"><i className="swatch" style={{ background: cssColour({ metric: 'text-3', share: 32 }) }} />{messages.detail.ended}</span>
      </Ruler>
      <div className="charts one">
        <Chart spec={specs.cpu} height={210}>{specs.throttled && <Chart strip spec={specs.throttled} height={62} />}</Chart>
        <Chart spec={specs.memory} height={170} />
      </div>
      {answer && answer.items.length > 0 && <Lifetimes pods={answer.items} total={answer.total} />}
    </section>
  );
}

function WorkloadHead({ workload }: { workload: Workload }) {
  const messages = useMessages();
  const format = useFormat();
  const { detail, metric } = messages;
  const { replicas, owner, namespace } = workload;
  const count = (value: number | undefined) => format.integer(value ?? 0);
  const ready = replicas?.active !== undefined ? detail.jobs(count(replicas.active), count(replicas.succeeded), count(replicas.failed)) : replicas?.desired === undefined ? undefined : detail.ready(count(replicas.ready), count(replicas.desired));
  const facts: Fact[] = [
    [detail.pods, format.integer(workload.podCount)],
    [detail.replicas, ready],
    [detail.nodes, workload.nodeCount === undefined ? undefined : format.integer(workload.nodeCount)],
    [metric.cpu, usedOfRequested('cpu', workload.usage.cpuMillicores, workload.requests?.cpuMillicores, messages, format)],
    [metric.memory, usedOfRequested('bytes', memoryOf(workload.usage), workload.requests?.memoryBytes, messages, format)],
    [metric.throttled, workload.throttling?.throttledPercent == null ? undefined : format.text('percent', workload.throttling.throttledPercent)],
    [owner?.kind ?? '', owner && <AppLink className="link-text" to={workloadPath(namespace, owner.kind, owner.name)}>{owner.name}</AppLink>],
  ];
  const crumbs = [{ label: messages.nav.workloads, path: '/workloads' }, { label: namespace, path: namespacePath(namespace) }];
  return <DetailHead crumbs={crumbs} name={workload.name} plain kind={workload.kind} facts={facts} />;
}

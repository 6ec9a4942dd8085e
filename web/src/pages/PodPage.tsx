import { useMemo, useState } from 'react';
import { useParams, useSearchParams } from 'react-router';
import type { Container, Pod } from '../api/model';
import { useApi } from '../api/queries';
import { namespacePath, nodePath, workloadPath } from '../app/paths';
import { usePageTitle } from '../app/usePageTitle';
import { useBreakpoint } from '../app/useMedia';
import { Chart } from '../charts/Chart';
import { ChartGroup, Ruler } from '../charts/ChartGroup';
import { cpuSpec, diskSpec, memorySpec, networkSpec, pressureSpec, tasksSpec, throttledSpec, type SeriesByKey } from '../charts/specs';
import { AppLink } from '../components/AppLink';
import { Segmented } from '../components/Segmented';
import { parseTime } from '../format/time';
import { useFormat, useMessages } from '../i18n';
import { useNow } from '../live/clock';
import { useChange } from '../state/view';
import { containerColumns } from '../table/containerColumns';
import { DataTable } from '../table/DataTable';
import { DetailHead, type Fact } from './detail/DetailHead';
import { DetailStates } from './detail/DetailStates';
import { EventsPanel } from './detail/EventsPanel';
import { Disks, Interfaces } from './detail/HostTables';
import { Labels } from './detail/Labels';
import { podEvents, podMarks } from './detail/podEvents';
import { PodNotes } from './detail/PodNotes';
import { useChartWindow } from './detail/useChartWindow';

const METRICS = 'cpuMillicores,memoryBytes,memoryWorkingSetBytes,memoryRssBytes,disk,network,processCount,throttledPercent,cpuSomePercent,memorySomePercent,ioSomePercent';
const TALL = 246;

export default function PodPage() {
  const { namespace = '', pod: name = '' } = useParams();
  const [search] = useSearchParams();
  const uid = search.get('uid');
  const chart = useChartWindow();
  const { data, error, refetch } = useApi('/api/v1/namespaces/{namespace}/pods/{podName}', { namespace, podName: name }, { ...chart, metrics: METRICS, ...(uid ? { uid } : {}) }, { keep: true });
  if (!data) return <DetailStates what="pod" name={name} where={namespace} error={error} onRetry={() => void refetch()} />;
  return <PodDetail pod={data} />;
}

function PodDetail({ pod }: { pod: Pod }) {
  const messages = useMessages();
  usePageTitle(pod.name);
  const [search] = useSearchParams();
  const change = useChange();
  const [none] = useState<never[]>([]);
  const timestamps = pod.window?.timestamps ?? none;
  const containers = pod.containers ?? none;
  const chosen = containers.find((container) => container.name === search.get('container')) ?? null;
  const events = useMemo(() => podEvents(pod), [pod]);
  const columns = useMemo(() => containerColumns(messages), [messages]);
  const choose = (name: string) => change({ container: name || null });
  return (
    <ChartGroup timestamps={timestamps}>
      <PodHead pod={pod} />
      <PodNotes pod={pod} />
      {containers.length > 0 && (
        <section className="panel">
          <DataTable
            label={messages.detail.containers} columns={columns} maxRows={8} ended={(container) => container.terminated === true}
            onOpen={(container) => choose(container === chosen ? '' : container.name)} rows={{ count: containers.length, at: (index) => containers[index] }}
          />
        </section>
      )}
      <section className="panel" aria-label={messages.detail.charts}>
        <Ruler hint={messages.detail.oneCursor}>
          {containers.length > 1 && (
            <Segmented
              small label={messages.detail.containers} value={chosen?.name ?? ''} onChange={choose}
              options={[{ value: '', label: messages.detail.wholePod }, ...containers.map(({ name }) => ({ value: name, label: name }))]}
            />
          )}
        </Ruler>
        <Charts pod={pod} chosen={chosen} />
      </section>
      <EventsPanel events={events} />
      <div className="grid">
        <Disks of={pod} className="span-5" />
        <Interfaces of={pod} className="span-7" />
      </div>
      <Labels labels={pod.labels} />
    </ChartGroup>
  );
}

function Charts({ pod, chosen }: { pod: Pod; chosen: Container | null }) {
  const messages = useMessages();
  const wide = useBreakpoint() === 'wide';
  const specs = useMemo(() => {
    const shown = chosen ?? pod;
    const series = (shown.series ?? {}) as SeriesByKey;
    const length = pod.window?.timestamps.length ?? 0;
    const marks = podMarks(podEvents(pod), messages.event.started);
    return {
      cpu: cpuSpec(series, length, { request: shown.requests?.cpuMillicores, limit: shown.limits?.cpuMillicores }, marks, messages),
      throttled: throttledSpec(series, marks, messages),
      memory: memorySpec(series, length, { request: shown.requests?.memoryBytes, limit: shown.limits?.memoryBytes }, marks, messages),
      network: chosen || pod.hostNetwork ? null : networkSpec(series, length, marks, messages),
      disk: diskSpec(series, length, marks, messages),
      pressure: pressureSpec(series, length, marks, messages),
      tasks: tasksSpec(series, length, messages.detail.processes, messages.detail.tasks),
    };
  }, [pod, chosen, messages]);
  const tall = specs.throttled ? TALL : 168;
  const count = 4 + Number(specs.network !== null) + Number(specs.pressure !== null);
  return (
    <div className={`charts ${count % 3 ? '' : 'three'} ${count % 2 ? 'odd' : ''}`}>
      <Chart spec={specs.cpu}>{specs.throttled && <Chart strip spec={specs.throttled} height={62} />}</Chart>
      <Chart spec={specs.memory} height={tall} />
      {specs.network && <Chart spec={specs.network} height={wide ? tall : 168} />}
      <Chart spec={specs.disk} />
      {specs.pressure && <Chart spec={specs.pressure} />}
      <Chart spec={specs.tasks} />
    </div>
  );
}

function PodHead({ pod }: { pod: Pod }) {
  const messages = useMessages();
  const { integer, age } = useFormat();
  const now = useNow();
  const { detail } = messages;
  const namespace = pod.namespace ?? '';
  const started = parseTime(pod.startedAt ?? pod.createdAt);
  const owner = pod.owner;
  const facts: Fact[] = [
    [detail.workload, owner && <><OwnerLink namespace={namespace} kind={owner.kind} name={owner.name} /> <span className="t3">· {owner.kind}</span></>],
    [detail.node, pod.node && <AppLink className="link-text" to={nodePath(pod.node)}>{pod.node}</AppLink>],
    [detail.phase, pod.phase],
    [detail.qos, pod.qosClass],
    [detail.priority, pod.priorityClass],
    [detail.started, started === null ? undefined : messages.ago(age(now - started))],
    [detail.restarts, pod.restartCount === undefined ? undefined : integer(pod.restartCount)],
  ];
  const crumbs = [{ label: messages.nav.pods, path: '/pods' }, { label: namespace, path: namespacePath(namespace) }];
  return <DetailHead crumbs={crumbs} name={pod.name} facts={facts} />;
}

function OwnerLink({ namespace, kind, name }: { namespace: string; kind: string; name: string }) {
  const to = kind === 'Node' ? nodePath(name) : workloadPath(namespace, kind, name);
  return <AppLink className="link-text" to={to}>{name}</AppLink>;
}

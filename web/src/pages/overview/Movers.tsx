// The pods that changed most: the mean of the newer half of the window against the older half.
import { useMemo } from 'react';
import { useSearchParams } from 'react-router';
import type { Pod, Points } from '../../api/model';
import { stepFor, useApi, useInterval } from '../../api/queries';
import { podPath } from '../../app/paths';
import { AppLink } from '../../components/AppLink';
import { Name } from '../../components/Name';
import { Segmented } from '../../components/Segmented';
import { Skeleton } from '../../components/States';
import { Sparkline } from '../../components/Sparkline';
import { useFormat, useMessages } from '../../i18n';
import { useChange, useView } from '../../state/view';
import { podKey } from '../../table/podColumns';
import { FACTS, metricFrom, METRICS, metricOptions, type Metric } from './metrics';

const SHOWN = 7;
const POINTS = 60;

export interface Mover {
  pod: Pod;
  before: number;
  now: number;
  points: Points;
}

const mean = (points: Points): number | null => {
  const known = points.filter((value) => value !== null);
  return known.length ? known.reduce((total, value) => total + value, 0) / known.length : null;
};

export function moverOf(pod: Pod, metric: Metric): Mover | null {
  const points = (pod.series as Record<string, Points> | undefined)?.[FACTS[metric].sort];
  if (!points) return null;
  const half = points.length >> 1;
  const before = mean(points.slice(0, half));
  const now = mean(points.slice(half));
  return before === null || now === null || before === now ? null : { pod, before, now, points };
}

export function Movers() {
  const messages = useMessages();
  const [search] = useSearchParams();
  const change = useChange();
  const { window } = useView();
  const interval = useInterval();
  const metric = metricFrom(METRICS, search.get('movers'));
  const key = FACTS[metric].sort;
  const query = { window, step: stepFor(window, interval, POINTS), metrics: key, limit: SHOWN };
  const risen = useApi('/api/v1/pods', {}, { ...query, sort: `-${key}.change` }, { keep: true });
  const fallen = useApi('/api/v1/pods', {}, { ...query, sort: `${key}.change` }, { keep: true });
  const movers = useMemo(() => {
    const pods = new Map([...(risen.data?.items ?? []), ...(fallen.data?.items ?? [])].map((pod) => [podKey(pod), pod]));
    const list = [...pods.values()].map((pod) => moverOf(pod, metric)).filter((mover) => mover !== null);
    return list.sort((a, b) => Math.abs(b.now - b.before) - Math.abs(a.now - a.before)).slice(0, SHOWN);
  }, [risen.data, fallen.data, metric]);
  const waiting = !risen.data && !risen.error;
  return (
    <section className={`panel span-7 movers metric-${FACTS[metric].colour}`}>
      <div className="panel-head">
        <h2>{messages.overview.movers}<span className="t3 hide-phone">{messages.overview.moversHint}</span></h2>
        <Segmented small label={messages.overview.movers} options={metricOptions(METRICS, messages)} value={metric} onChange={(value) => change({ movers: value === 'cpu' ? null : value }, true)} />
      </div>
      <div className="rows">
        <div className="list-row header">
          <span className="ellipsis">{messages.column.pod} · {messages.overview.rankedBy[metric]}</span>
          <span>{messages.top.windows[window]}</span>
          <span className="right hide-phone">{messages.column.beforeNow}</span>
          <span className="right">{messages.column.change}</span>
        </div>
        {waiting && Array.from({ length: SHOWN }, (_, index) => <div key={index} className="list-row"><Skeleton width="60%" /></div>)}
        {movers.map((mover) => <MoverRow key={podKey(mover.pod)} mover={mover} metric={metric} />)}
        {!waiting && movers.length === 0 && <p className="calm">{messages.overview.noMovers}</p>}
      </div>
    </section>
  );
}

function MoverRow({ mover: { pod, before, now, points }, metric }: { mover: Mover; metric: Metric }) {
  const { text, signed } = useFormat();
  const { unit, colour } = FACTS[metric];
  return (
    <div className="list-row">
      <div className="object">
        <AppLink className="name-link" to={podPath(pod.namespace ?? '', pod.name)}><Name name={pod.name} /></AppLink>
        <span className="where hide-phone">{pod.namespace}</span>
      </div>
      <div className="line"><Sparkline points={points} metric={colour} /></div>
      <div className="right num t2 hide-phone"><span className="t3">{text(unit, before)} →</span> {text(unit, now)}</div>
      <div className="right num strong">{signed(unit, now - before)}</div>
    </div>
  );
}

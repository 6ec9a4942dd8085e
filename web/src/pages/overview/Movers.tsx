// The pods that changed most.
import { useMemo } from 'react';
import { useSearchParams } from 'react-router';
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
import { type Mover, moverOf, spanFor } from './movers';

const SHOWN = 7;
const POINTS = 60;

export function Movers() {
  const messages = useMessages();
  const [search] = useSearchParams();
  const change = useChange();
  const { duration } = useFormat();
  const { window } = useView();
  const interval = useInterval();
  const metric = metricFrom(METRICS, search.get('movers'));
  const key = FACTS[metric].sort;
  const status = useApi('/api/v1/status', {}, {}, { timeless: true });
  const span = spanFor(window, status.data?.retention.heldSeconds);
  const query = { window: span, step: stepFor(span, interval, POINTS), metrics: key, limit: SHOWN };
  const options = { keep: true, skip: status.isPending };
  const risen = useApi('/api/v1/pods', {}, { ...query, sort: `-${key}.change` }, options);
  const fallen = useApi('/api/v1/pods', {}, { ...query, sort: `${key}.change` }, options);
  const compared = useMemo(() => {
    const pods = new Map([...(risen.data?.items ?? []), ...(fallen.data?.items ?? [])].map((pod) => [podKey(pod), pod]));
    const list = [...pods.values()].map((pod) => moverOf(pod, metric)).filter((mover) => mover !== null);
    return list.sort((a, b) => Math.abs(b.now - b.before) - Math.abs(a.now - a.before));
  }, [risen.data, fallen.data, metric]);
  const movers = compared.filter(({ before, now }) => before !== now).slice(0, SHOWN);
  const waiting = !risen.data && !risen.error;
  return (
    <section className={`panel span-7 movers metric-${FACTS[metric].colour}`}>
      <div className="panel-head">
        <h2>{messages.overview.movers}<span className="t3 hide-phone">{messages.overview.rankedBy[metric]}, {messages.overview.moversHint}</span></h2>
        <Segmented small label={messages.overview.movers} options={metricOptions(METRICS, messages)} value={metric} onChange={(value) => change({ movers: value === 'cpu' ? null : value }, true)} />
      </div>
      <div className="rows">
        <div className="list-row header">
          <span className="ellipsis">{messages.column.pod} · {messages.overview.rankedBy[metric]}</span>
          <span>{duration(span)}</span>
          <span className="right hide-phone">{messages.column.beforeNow}</span>
          <span className="right">{messages.column.change}</span>
        </div>
        {waiting && Array.from({ length: SHOWN }, (_, index) => <div key={index} className="list-row"><Skeleton width="60%" /></div>)}
        {movers.map((mover) => <MoverRow key={podKey(mover.pod)} mover={mover} metric={metric} />)}
        {!waiting && movers.length === 0 && <p className="calm">{compared.length > 0 ? messages.overview.noMovers : messages.overview.noComparison}</p>}
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

import type { CSSProperties } from 'react';
import { useSearchParams } from 'react-router';
import { useApi } from '../../api/queries';
import { workloadPath } from '../../app/paths';
import { AppLink } from '../../components/AppLink';
import { Name } from '../../components/Name';
import { Segmented } from '../../components/Segmented';
import { Skeleton } from '../../components/States';
import { Value } from '../../components/Value';
import { useFormat, useMessages } from '../../i18n';
import { useChange } from '../../state/view';
import { FACTS, metricFrom, METRICS, metricOptions } from './metrics';

const SHOWN = 7;

/** The workloads that use most. */
export function Consumers() {
  const messages = useMessages();
  const { integer, text } = useFormat();
  const [search] = useSearchParams();
  const change = useChange();
  const metric = metricFrom(METRICS, search.get('top'));
  const { colour, unit, sort, other } = FACTS[metric];
  const { data } = useApi('/api/v1/workloads', {}, { limit: SHOWN, sort: `-${sort}`, metrics: other ? `${sort},${other.key}` : sort }, { keep: true });
  const items = (data?.items ?? []).map((workload) => ({ workload, value: workload.usage[sort] ?? null })).filter(({ value }) => value !== null);
  const most = Math.max(1, ...items.map(({ value }) => value ?? 0));
  return (
    <section className={`panel span-5 consumers metric-${colour}`}>
      <div className="panel-head">
        <h2>{messages.overview.consumers}<span className="t3 hide-phone">{messages.overview.workloadsHint}</span></h2>
        <Segmented small label={messages.overview.consumers} options={metricOptions(METRICS, messages)} value={metric} onChange={(value) => change({ top: value === 'cpu' ? null : value }, true)} />
      </div>
      <div className="rows">
        <div className="list-row header">
          <span />
          <span>{messages.column.workload}</span>
          <span className="hide-phone" />
          <span className="right">{messages.overview.rankedBy[metric]}</span>
        </div>
        {!data && Array.from({ length: SHOWN }, (_, index) => <div key={index} className="list-row"><span /><Skeleton width="60%" /></div>)}
        {items.map(({ workload, value }, index) => (
          <div className="list-row" key={`${workload.namespace}/${workload.kind}/${workload.name}`}>
            <span className="t3 num right">{index + 1}</span>
            <div className="object">
              <AppLink className="name-link" to={workloadPath(workload.namespace, workload.kind, workload.name)}><Name plain name={workload.name} /></AppLink>
              <span className="where">{messages.overview.pods(integer(workload.podCount))}</span>
            </div>
            <span className="bar hide-phone" style={{ '--v': (((value ?? 0) / most) * 100).toFixed(1) } as CSSProperties}><span className="fill" /></span>
            <div className="right" title={other && `${messages.column[other.label]} ${text(unit, workload.usage[other.key])}`}><Value unit={unit} value={value} /></div>
          </div>
        ))}
      </div>
    </section>
  );
}

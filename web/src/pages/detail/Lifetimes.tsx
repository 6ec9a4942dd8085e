import type { CSSProperties } from 'react';
import { Fragment } from 'react';
import type { Pod } from '../../api/model';
import { cssColour } from '../../charts/colours';
import { AppLink } from '../../components/AppLink';
import { splitName } from '../../format/name';
import { useFormat, useMessages } from '../../i18n';
import { podHref, podKey } from '../../table/podColumns';
import { inOrder, lifetimeOf, podColour } from './podStack';

/** A pod template has a hash; what it ran before has another one. */
function revisionOf(pod: Pod): string {
  return pod.labels?.['pod-template-hash'] ?? pod.labels?.['controller-revision-hash'] ?? splitName(pod.name).hash.slice(1);
}

const SHOWN = 24;

/** Those that were there last, in the order in which they came. */
function lastOnes(pods: readonly Pod[]): { pod: Pod; index: number }[] {
  const end = ({ pod }: { pod: Pod }) => pod.series?.cpuMillicores?.findLastIndex((value) => value != null) ?? -1;
  const all = inOrder(pods).map((pod, index) => ({ pod, index }));
  const kept = new Set([...all].sort((a, b) => end(b) - end(a)).slice(0, SHOWN));
  return all.filter((entry) => kept.has(entry));
}

/** One bar a pod, on the same time axis as the charts above. */
export function Lifetimes({ pods, total }: { pods: readonly Pod[]; total: number }) {
  const { detail } = useMessages();
  const { integer } = useFormat();
  const groups = new Map<string, { pod: Pod; index: number }[]>();
  for (const entry of lastOnes(pods)) {
    const revision = revisionOf(entry.pod);
    groups.set(revision, [...(groups.get(revision) ?? []), entry]);
  }
  return (
    <div className="chart">
      <div className="chart-head"><h3>{detail.lifetimes}</h3></div>
      <div className="lifetimes">
        {[...groups].map(([revision, members]) => (
          <Fragment key={revision}>
            {revision && <div className="lifetime group"><span /><span>{detail.revision(revision)}</span></div>}
            {members.map(({ pod, index }) => <Bar key={podKey(pod)} pod={pod} index={index} />)}
          </Fragment>
        ))}
        {total > SHOWN && <div className="lifetime group"><span /><span>{detail.more(integer(total - SHOWN))}</span></div>}
      </div>
    </div>
  );
}

function Bar({ pod, index }: { pod: Pod; index: number }) {
  const lifetime = lifetimeOf(pod);
  if (!lifetime) return null;
  const { path, query } = podHref(pod);
  const { suffix, stem } = splitName(pod.name);
  const style = { '--from': lifetime.from.toFixed(2), '--w': lifetime.width.toFixed(2), '--k': cssColour(podColour(index, pod.terminated === true, 'cpu')) } as CSSProperties;
  return (
    <div className="lifetime">
      <AppLink className="num" to={path} {...(query ? { query } : {})} title={pod.name} aria-label={pod.name}>{suffix.slice(1) || stem}</AppLink>
      <div className="track"><i style={style} /></div>
    </div>
  );
}

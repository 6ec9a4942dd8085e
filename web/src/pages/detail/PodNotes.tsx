import type { ReactNode } from 'react';
import type { Pod } from '../../api/model';
import { memoryOfLimit, NEAR_LIMIT_PERCENT, THROTTLED_PERCENT } from '../../components/flags';
import { Note } from '../../components/States';
import { clock, parseTime } from '../../format/time';
import { useFormat, useMessages } from '../../i18n';

/** What is wrong with a pod, in words. */
export function PodNotes({ pod }: { pod: Pod }) {
  const { banner, missing, detail } = useMessages();
  const { text, integer } = useFormat();
  const notes: ReactNode[] = [];
  const oomKills = pod.events?.oomKills ?? 0;
  if (oomKills > 0) notes.push(<Note key="oom" icon="critical" title={banner.oomPod(integer(oomKills))}>{banner.oomPodText}</Note>);
  if (pod.terminated) {
    const ended = parseTime(pod.sampledAt);
    notes.push(<Note key="ended" icon="info" title={banner.endedPod(ended === null ? '–' : clock(ended))}>{banner.endedPodText}</Note>);
    return <div className="notes">{notes}</div>;
  }
  if (pod.stale) notes.push(<Note key="stale" icon="stale" title={banner.stalePod} />);
  else if (pod.usage === null) notes.push(<Note key="missing" icon="missing" title={banner.missingUsage}>{pod.usageMissingReason && missing[pod.usageMissingReason]}</Note>);
  const waiting = pod.containers?.find((container) => container.state === 'waiting' && container.reason);
  const reason = waiting?.reason ?? pod.reason;
  if (reason) notes.push(<Note key="waiting" icon={pod.reason === 'CrashLoopBackOff' ? 'critical' : 'warning'} title={banner.waiting(reason)}>{waiting?.name}</Note>);
  const throttled = pod.throttling?.throttledPercent ?? 0;
  if (throttled > THROTTLED_PERCENT) notes.push(<Note key="throttled" icon="warning" title={banner.throttledPod(text('percent', throttled))}>{banner.throttledPodText}</Note>);
  const near = memoryOfLimit(pod) ?? 0;
  if (near > NEAR_LIMIT_PERCENT) notes.push(<Note key="near" icon="warning" title={banner.nearLimitPod(text('percent', near))}>{banner.nearLimitPodText}</Note>);
  if (pod.hostNetwork) notes.push(<Note key="network" icon="info" title={detail.hostNetwork} />);
  return notes.length === 0 ? null : <div className="notes">{notes}</div>;
}

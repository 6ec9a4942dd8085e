// Cells that several tables share.
import type { Pod } from '../api/model';
import { parseTime } from '../format/time';
import { Icon } from '../components/Icon';
import { Name } from '../components/Name';
import { AppLink } from '../components/AppLink';
import { Value } from '../components/Value';
import type { Flag } from '../components/flags';
import { useFormat, useMessages } from '../i18n';
import { useNow } from '../live/clock';
import { MISSING, type Measured } from '../format/units';

export function NameCell({ name, plain = false, path, query, flag, note }: { name: string; plain?: boolean; path: string; query?: Record<string, string>; flag?: Flag | null; note?: string | undefined }) {
  const messages = useMessages();
  return (
    <>
      <AppLink to={path} {...(query ? { query } : {})} className="name-link" tabIndex={-1}>
        <Name name={name} plain={plain} />
      </AppLink>
      {flag && <Icon name={flag.icon} label={messages.flag[flag.kind]} />}
      {note && <span className="t3 small ellipsis">{note}</span>}
    </>
  );
}

/** What Kubernetes says of a pod where it is not simply running. */
export function podNote(pod: Pick<Pod, 'phase' | 'reason' | 'terminating'>): string | undefined {
  if (pod.terminating) return 'Terminating';
  if (pod.reason) return pod.reason;
  return pod.phase && pod.phase !== 'Running' ? pod.phase : undefined;
}

export function LinkCell({ text, path }: { text: string | undefined; path: (text: string) => string }) {
  if (!text) return <span className="t3">{MISSING}</span>;
  return (
    <AppLink to={path(text)} className="link-text t2" tabIndex={-1} title={text}>
      {text}
    </AppLink>
  );
}

export function ShareCell({ value, hotAbove }: { value: Measured; hotAbove?: number }) {
  return <Value unit="percent" value={value} hot={hotAbove !== undefined && value != null && value > hotAbove} />;
}

interface Other {
  name: string;
  value: Measured;
}

/** A rate, with what goes the other way as its tip. */
export function RateCell({ value, other }: { value: Measured; other?: Other }) {
  const { text } = useFormat();
  return <span title={other && `${other.name} ${text('rate', other.value)}`}><Value unit="rate" value={value} /></span>;
}

export function CountCell({ value }: { value: Measured }) {
  if (value == null) return <span className="t3">{MISSING}</span>;
  return <CountText value={value} />;
}

function CountText({ value }: { value: number }) {
  const { integer } = useFormat();
  return <span className={value === 0 ? 'num t3' : 'num'}>{integer(value)}</span>;
}

export function AgeCell({ since }: { since: string | undefined }) {
  const now = useNow();
  const { age } = useFormat();
  const start = parseTime(since);
  return <span className="num t2">{start === null ? MISSING : age(now - start)}</span>;
}

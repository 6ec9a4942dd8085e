// One row a kind of finding, so that it stays short on 5,000 nodes.
import type { Finding } from '../../api/model';
import { nodePath, podPath } from '../../app/paths';
import { AppLink } from '../../components/AppLink';
import { findingIcon } from '../../components/flags';
import { Icon } from '../../components/Icon';
import { Name } from '../../components/Name';
import { Skeleton } from '../../components/States';
import { useFormat, useMessages, type Format } from '../../i18n';

const WORST_SHOWN = 2;

export function Attention({ findings, pending }: { findings: Finding[] | undefined; pending: boolean }) {
  const { overview } = useMessages();
  return (
    <section className={`panel span-4 first-when-narrow ${pending ? 'pending' : ''}`}>
      <div className="panel-head"><h2>{overview.attentionTitle}</h2></div>
      {findings === undefined ? (
        <div className="calm"><Skeleton width="70%" /></div>
      ) : findings.length === 0 ? (
        <p className="calm">{overview.calm}</p>
      ) : (
        <ul className="attention">
          {findings.map((finding) => <FindingRow key={finding.kind} finding={finding} />)}
        </ul>
      )}
    </section>
  );
}

function valueText({ value, unit }: Finding['members'][number], format: Format): string {
  if (value === undefined) return '';
  if (unit === 'percent') return format.text('percent', value);
  if (unit === 'seconds') return format.duration(value);
  return `× ${format.integer(value)}`;
}

/** What Kubernetes calls it comes first: "CrashLoopBackOff · × 12". */
function memberText(member: Finding['members'][number], format: Format): string {
  return [member.reason, valueText(member, format)].filter((part) => part).join(' · ');
}

/** A container's page is its pod's. */
function memberPath({ kind, namespace = '', name }: Finding['members'][number]): string {
  return kind === 'node' ? nodePath(name) : podPath(namespace, name);
}

function FindingRow({ finding }: { finding: Finding }) {
  const messages = useMessages();
  const format = useFormat();
  const { kind, members } = finding;
  const count = format.integer(finding.count);
  const member = members[0]?.kind ?? 'pod';
  const counted = { node: messages.overview.nodes, pod: messages.overview.pods, container: messages.overview.containers }[member](count);
  return (
    <li>
      <Icon name={findingIcon(finding)} />
      <AppLink className="what" to={member === 'node' ? '/nodes' : '/pods'} query={{ finding: kind }}>{messages.finding[kind]}</AppLink>
      <span className="count num">{counted}</span>
      {members.slice(0, WORST_SHOWN).map((entry) => (
        <div className="who" key={`${entry.namespace ?? ''}/${entry.name}/${entry.container ?? ''}`}>
          <AppLink className="name-link" to={memberPath(entry)}>
            <Name plain={entry.kind === 'node'} name={entry.name} />
          </AppLink>
          <span className="num">{memberText(entry, format)}</span>
        </div>
      ))}
    </li>
  );
}

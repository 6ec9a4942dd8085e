// One row a kind of finding, so that it stays short on 5,000 nodes.
import type { Finding, FindingKind } from '../../api/model';
import { nodePath, podPath } from '../../app/paths';
import { AppLink } from '../../components/AppLink';
import { Icon, type IconName } from '../../components/Icon';
import { Name } from '../../components/Name';
import { Skeleton } from '../../components/States';
import { useFormat, useMessages, type Format } from '../../i18n';

const ICONS: Partial<Record<FindingKind, IconName>> = { stale: 'stale', noCollector: 'missing', pending: 'missing' };
const SEVERITY_ICONS: Record<Finding['severity'], IconName> = { critical: 'critical', warning: 'warning', info: 'info' };
const WORST_SHOWN = 2;

/** The table that shows a kind of finding, worst first. */
const WHERE: Record<FindingKind, { page: '/pods' | '/nodes'; sort?: string }> = {
  oomKilled: { page: '/pods', sort: '-oomKills' },
  pressure: { page: '/nodes', sort: '-ioSomePercent' },
  throttled: { page: '/pods', sort: '-throttledPercent' },
  nearLimit: { page: '/pods', sort: '-memoryWorkingSetBytes' },
  stale: { page: '/nodes' },
  noCollector: { page: '/nodes' },
  notReady: { page: '/nodes' },
  restarting: { page: '/pods', sort: '-restartCount' },
  pending: { page: '/pods' },
  clockSkew: { page: '/nodes' },
  conflict: { page: '/nodes' },
};

export function Attention({ findings }: { findings: Finding[] | undefined }) {
  const { overview } = useMessages();
  return (
    <section className="panel span-4 first-when-narrow">
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

function memberText(member: Finding['members'][number], format: Format): string {
  if (member.value === undefined) return member.node ?? '';
  if (member.unit === 'percent') return format.text('percent', member.value);
  if (member.unit === 'seconds') return format.duration(member.value);
  return `× ${format.integer(member.value)}`;
}

/** A container's page is its pod's. */
function memberPath({ kind, namespace = '', name }: Finding['members'][number]): string {
  return kind === 'node' ? nodePath(name) : podPath(namespace, name);
}

function FindingRow({ finding }: { finding: Finding }) {
  const messages = useMessages();
  const format = useFormat();
  const { page, sort } = WHERE[finding.kind];
  const count = format.integer(finding.count);
  return (
    <li>
      <Icon name={ICONS[finding.kind] ?? SEVERITY_ICONS[finding.severity]} />
      <AppLink className="what" to={page} query={sort ? { sort } : {}}>{messages.finding[finding.kind]}</AppLink>
      <span className="count num">{page === '/nodes' ? messages.overview.nodes(count) : messages.overview.pods(count)}</span>
      {finding.members.slice(0, WORST_SHOWN).map((member) => (
        <div className="who" key={`${member.namespace ?? ''}/${member.name}/${member.container ?? ''}`}>
          <AppLink className="name-link" to={memberPath(member)}>
            <Name plain={member.kind !== 'pod' && member.kind !== 'container'} name={member.name} />
          </AppLink>
          <span className="num">{memberText(member, format)}</span>
        </div>
      ))}
    </li>
  );
}

import { useSearchParams } from 'react-router';
import type { Finding } from '../api/model';
import { useApi } from '../api/queries';
import { findingIcon } from '../components/flags';
import { Icon } from '../components/Icon';
import { useFormat, useMessages } from '../i18n';
import { useChange } from '../state/view';

const isOf = (finding: Finding, of: 'nodes' | 'pods') => finding.members.some((member) => (member.kind === 'node') === (of === 'nodes'));

/** What needs attention among the rows, as switches: only those with the finding stay. */
export function FindingChips({ of }: { of: 'nodes' | 'pods' }) {
  const messages = useMessages();
  const { integer } = useFormat();
  const [search] = useSearchParams();
  const change = useChange();
  const { data } = useApi('/api/v1/findings', {}, {}, { timeless: true });
  const chosen = search.get('finding');
  const findings = data?.items.filter((finding) => finding.kind === chosen || isOf(finding, of)) ?? [];
  const gone = chosen !== null && data !== undefined && !findings.some((finding) => finding.kind === chosen);
  if (findings.length === 0 && !gone) return null;
  return (
    <>
      <span className="separator" />
      {gone && (
        <button type="button" className="chip" aria-pressed="true" onClick={() => change({ finding: null })}>
          {messages.finding[chosen as Finding['kind']]} <b className="num">0</b>
        </button>
      )}
      {findings.map((finding) => (
        <button
          key={finding.kind} type="button" className="chip" aria-pressed={finding.kind === chosen}
          onClick={() => change({ finding: finding.kind === chosen ? null : finding.kind })}
        >
          <Icon name={findingIcon(finding)} />
          {messages.finding[finding.kind]} <b className="num">{integer(finding.count)}</b>
        </button>
      ))}
    </>
  );
}

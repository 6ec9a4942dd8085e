import { useMessages } from '../../i18n';

/** Labels as chips. They are whatever somebody wrote: text, however it looks. */
export function Labels({ labels }: { labels: Readonly<Record<string, string>> | undefined }) {
  const { detail } = useMessages();
  const entries = Object.entries(labels ?? {}).sort(([a], [b]) => (a < b ? -1 : 1));
  if (entries.length === 0) return null;
  return (
    <section className="panel">
      <div className="panel-head"><h2>{detail.labels}<span className="t3 num">{entries.length}</span></h2></div>
      <ul className="labels">
        {entries.map(([key, value]) => (
          <li key={key} className="label">{key}{value && <>=<b>{value}</b></>}</li>
        ))}
      </ul>
    </section>
  );
}

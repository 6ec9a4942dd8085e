import { splitName } from '../format/name';

/** The workload's part is strong; when narrow the hash gives way first, the last characters never. */
export function Name({ name }: { name: string }) {
  const { stem, hash, suffix } = splitName(name);
  return (
    <span className="name" title={name}>
      <span className="link-text">{stem}</span>
      {hash && <span className="hash">{hash}</span>}
      {suffix && <span className="suffix">{suffix}</span>}
    </span>
  );
}

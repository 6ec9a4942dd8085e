import { splitName } from '../format/name';

/** The workload's part is strong; when narrow the hash gives way first, the last characters never. */
/** Of other objects than pods the whole name is chosen by somebody: `plain`. */
export function Name({ name, plain = false }: { name: string; plain?: boolean }) {
  if (plain) return <span className="name" title={name}><span className="link-text">{name}</span></span>;
  const { stem, hash, suffix } = splitName(name);
  return (
    <span className="name" title={name}>
      <span className="link-text">{stem}</span>
      {hash && <span className="hash">{hash}</span>}
      {suffix && <span className="suffix">{suffix}</span>}
    </span>
  );
}

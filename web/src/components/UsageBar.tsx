import { useFormat, useMessages } from '../i18n';
import type { Measured } from '../format/units';

export type BarMetric = 'cpu' | 'mem';

interface Props {
  metric: BarMetric;
  used: Measured;
  request: Measured;
  limit: Measured;
  thick?: boolean;
  /** Of a node: limit is what it can give. */
  node?: boolean;
}

const bounded = (value: number) => Math.min(100, Math.max(0, value));

/** Track = limit, tick = request, fill = usage. Without a limit the track fades out; without either there is no bar. */
export function UsageBar({ metric, used, request, limit, thick = false, node = false }: Props) {
  const messages = useMessages();
  const { text } = useFormat();
  if (used == null || (!request && !limit)) return <span className="no-bar" />;
  const full = limit != null && limit > 0 ? limit : Math.max((request ?? 0) * 1.6, used * 1.15);
  const unit = metric === 'cpu' ? 'cpu' : 'bytes';
  const parts = [text(unit, used), request ? text(unit, request, true) : messages.field.none, limit ? text(unit, limit, true) : messages.field.none] as const;
  const label = node ? messages.usage.nodeBar(...parts) : messages.usage.bar(...parts);
  const style = { '--v': bounded((used / full) * 100).toFixed(1), '--q': Math.min(99, bounded(((request ?? 0) / full) * 100)).toFixed(1) };
  return (
    <span className={`bar metric-${metric} ${limit ? '' : 'open'} ${thick ? 'thick' : ''}`} style={style as React.CSSProperties} role="img" aria-label={label} title={label}>
      <span className="fill" />
      {request && request !== limit ? <span className="tick" /> : null}
    </span>
  );
}

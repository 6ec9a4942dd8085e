import type { CSSProperties } from 'react';
import { useFormat, useMessages } from '../../i18n';
import type { HeatMetric } from './metrics';

const PALE = { '--v': 0.3 } as CSSProperties;

/** How to read the cells. */
export function HeatFoot({ metric, top, unknown }: { metric: HeatMetric; top: number; unknown: boolean }) {
  const { overview, missing } = useMessages();
  const { text } = useFormat();
  const unit = metric === 'disk' || metric === 'network' ? 'rate' : 'percent';
  return (
    <div className="heat-foot">
      <span className="key num">{text(unit, 0)}<span className="ramp" />{text(unit, top)}</span>
      <span className="key"><i className="cell finding" style={PALE} />{overview.needsAttention}</span>
      {unknown && <span className="key"><i className="cell unknown" />{missing.notReported}</span>}
      <span className="key"><i className="cell stale" />{overview.noRecentData}</span>
      <span className="key"><i className="cell missing" />{overview.noCollector}</span>
    </div>
  );
}

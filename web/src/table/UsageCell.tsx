import type { Points } from '../api/model';
import { Sparkline } from '../components/Sparkline';
import { UsageBar, type BarMetric } from '../components/UsageBar';
import { Value } from '../components/Value';
import type { Measured } from '../format/units';

interface Props {
  metric: BarMetric;
  used: Measured;
  request: Measured;
  limit: Measured;
  points: Points | undefined;
  /** Close to its limit: the number says so, the fill keeps its colour. */
  hot?: boolean;
  ended?: boolean;
  node?: boolean;
}

/** A sparkline, the value of now, and the bar. */
export function UsageCell({ metric, used, request, limit, points, hot = false, ended = false, node = false }: Props) {
  return (
    <>
      <span className="line">
        <Sparkline points={points} metric={metric} ended={ended} />
      </span>
      <span className="value">
        <Value unit={metric === 'cpu' ? 'cpu' : 'bytes'} value={used} hot={hot} />
      </span>
      <UsageBar metric={metric} used={used} request={request} limit={limit} node={node} />
    </>
  );
}

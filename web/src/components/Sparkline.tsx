import { memo } from 'react';
import type { Points } from '../api/model';
import { linePath } from './linePath';

const WIDTH = 100;
const HEIGHT = 22;

/** A line of the window, from 0, no axis; gaps stay gaps. */
export const Sparkline = memo(function Sparkline({ points, metric, ended = false }: { points: Points | undefined; metric: string; ended?: boolean }) {
  if (!points) return null;
  const { line } = linePath(points, { width: WIDTH, height: HEIGHT, low: 0, high: null, pad: 2 });
  return (
    <svg className={`spark metric-${metric} ${ended ? 'ended' : ''}`} viewBox={`0 0 ${WIDTH} ${HEIGHT}`} preserveAspectRatio="none" aria-hidden="true">
      {line && <path d={line} />}
    </svg>
  );
});

import type { Points } from '../../api/model';
import { linePath } from '../../components/linePath';

const WIDTH = 300;
const HEIGHT = 52;
const MIDDLE = 28;
const LEAST_SPAN = 0.05;

/** From the first tick on from which fewer nodes report than did before. */
function uncoveredFrom(coverage: Points | undefined): number {
  if (!coverage) return Infinity;
  const most = Math.max(0, ...coverage.filter((value) => value !== null));
  let from = Infinity;
  for (let index = coverage.length - 1; index >= 0; index--) {
    const value = coverage[index];
    if (value == null || value >= most) break;
    from = index;
  }
  return from;
}

/** A scale that does not blow noise up: it spans at least a few percent of the value. */
export function calm(points: Points): { low: number; high: number } {
  const known = points.filter((value) => value !== null);
  if (known.length === 0) return { low: 0, high: 1 };
  const [low, high] = [Math.min(...known), Math.max(...known)];
  const more = Math.max(0, high * LEAST_SPAN - (high - low)) / 2;
  return { low: low - more, high: high + more };
}

/** A line without area: its scale does not start at 0, so it must not be filled. What is not covered by all nodes is dotted. */
export function TotalLine({ points, coverage }: { points: Points | undefined; coverage?: Points | undefined }) {
  if (!points) return <div className="total-line" />;
  const from = uncoveredFrom(coverage);
  const box = { width: WIDTH, height: HEIGHT, ...calm(points), pad: 6 };
  const whole = linePath(points.map((value, index) => (index < from ? value : null)), box).line;
  const rest = from === Infinity ? '' : linePath(points.map((value, index) => (index >= from - 1 ? value : null)), box).line;
  return (
    <div className="total-line">
      <svg className="spark" viewBox={`0 0 ${WIDTH} ${HEIGHT}`} preserveAspectRatio="none" aria-hidden="true">
        {whole && <path d={whole} />}
        {rest && <path className="dotted" d={rest} />}
      </svg>
    </div>
  );
}

/** Two directions from a zero line: up and down, not two hues. */
export function MirroredLine({ up, down }: { up: Points | undefined; down: Points | undefined }) {
  if (!up || !down) return <div className="total-line" />;
  const peak = Math.max(1, ...up.filter((value) => value !== null), ...down.filter((value) => value !== null));
  const upper = linePath(up, { width: WIDTH, height: MIDDLE, low: 0, high: peak, pad: 2 });
  const lower = linePath(down, { width: WIDTH, height: HEIGHT - MIDDLE, low: 0, high: peak, pad: 2 });
  return (
    <div className="total-line">
      <svg className="spark" viewBox={`0 0 ${WIDTH} ${HEIGHT}`} preserveAspectRatio="none" aria-hidden="true">
        <path className="area" d={upper.area} />
        <path d={upper.line} />
        <g transform={`translate(0 ${HEIGHT}) scale(1 -1)`}>
          <path className="area lower" d={lower.area} />
          <path className="lower" d={lower.line} />
        </g>
        <path className="zero" d={`M0 ${MIDDLE}H${WIDTH}`} />
      </svg>
    </div>
  );
}

import { stepFor, useInterval } from '../../api/queries';
import { useView } from '../../state/view';

const POINTS = 360;

export interface ChartWindow {
  window: number;
  step: number;
  end?: number;
}

/** What the charts of a page ask for: the window, or exactly what is zoomed into. */
export function useChartWindow(points = POINTS): ChartWindow {
  const { window, zoom } = useView();
  const interval = useInterval();
  if (zoom) {
    // From the tick before the left edge to the one after the right edge, so that lines reach both.
    const end = Math.ceil(zoom[1] / interval) * interval;
    const wide = Math.min(3600, Math.ceil((end - zoom[0]) / interval) * interval + 2 * interval);
    return { window: wide, step: stepFor(wide, interval, points), end };
  }
  return { window, step: stepFor(window, interval, points) };
}

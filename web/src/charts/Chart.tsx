// One chart: header with read-out, uPlot below. The legend tells the values at the cursor; nothing covers the data.
import 'uplot/dist/uPlot.min.css';
import { useEffect, useMemo, useRef, useState, type KeyboardEvent } from 'react';
import uPlot from 'uplot';
import { useFormat, useMessages } from '../i18n';
import { usePreferences } from '../state/preferences';
import { useCursor, useGroup, useSlow } from './ChartGroup';
import { type Drawing, makeDrawing, uplotOptions } from './drawing';
import { Legend, readOut } from './Legend';
import { type ChartSpec, indexAt, plotOf, range } from './model';

interface Props {
  /** The same object as long as nothing changes: it is drawn again with each new one. */
  spec: ChartSpec;
  height?: number;
  /** A narrow strip below another chart: no time axis, its own small title. */
  strip?: boolean;
  children?: React.ReactNode;
}

const TICKS_BY_SHIFT = 10;

export function Chart({ spec, height = 168, strip = false, children }: Props) {
  const messages = useMessages();
  const format = useFormat();
  const { timestamps, cursor } = useGroup();
  const [focused, setFocused] = useState(false);
  const main = spec.series.find((entry) => entry.over) ?? spec.series[0];
  const { low, high } = range(main?.points ?? []);
  const now = main?.points[timestamps.length - 1];
  const summary = messages.detail.summary(spec.title, format.text(spec.unit, now), format.text(spec.unit, low), format.text(spec.unit, high));

  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key !== 'ArrowLeft' && event.key !== 'ArrowRight') return;
    const by = (event.key === 'ArrowLeft' ? -1 : 1) * (event.shiftKey ? TICKS_BY_SHIFT : 1);
    const time = cursor.snapshot();
    const at = time === null ? timestamps.length - 1 : indexAt(timestamps, time);
    cursor.set(timestamps[Math.min(timestamps.length - 1, Math.max(0, at + by))] ?? null);
    event.preventDefault();
  };
  const plot = <Plotted spec={spec} height={height} bare={strip} />;
  if (strip) {
    return (
      <div className="strip" role="img" aria-label={summary}>
        <div className="strip-head">
          <span>{spec.title}</span>
          <b className="num"><Legend spec={spec} plain /></b>
        </div>
        {plot}
      </div>
    );
  }
  return (
    <section className="chart" tabIndex={0} aria-label={`${summary}. ${messages.detail.chartHelp}`} onKeyDown={onKeyDown} onFocus={() => setFocused(true)} onBlur={() => setFocused(false)}>
      <div className="chart-head">
        <h3>
          {spec.title} {spec.hint && <span className="t3">{spec.hint}</span>}
        </h3>
        <div className="legend"><Legend spec={spec} /></div>
      </div>
      {plot}
      {children}
      {focused && <Spoken spec={spec} />}
    </section>
  );
}

/** What the arrow keys read, said politely and not too often. */
function Spoken({ spec }: { spec: ChartSpec }) {
  const format = useFormat();
  const { timestamps } = useGroup();
  const time = useSlow(useCursor());
  return <div className="unseen" aria-live="polite">{time === null ? '' : readOut(spec, timestamps, time, format)}</div>;
}

function Plotted({ spec, height, bare }: { spec: ChartSpec; height: number; bare: boolean }) {
  const messages = useMessages();
  const { theme, language } = usePreferences();
  const { timestamps, cursor, zoom, setZoom } = useGroup();
  const host = useRef<HTMLDivElement>(null);
  const chart = useRef<uPlot | null>(null);
  const plot = useMemo(() => plotOf(spec), [spec]);
  const x = useMemo(() => zoom ?? ([timestamps[0] ?? 0, timestamps[timestamps.length - 1] ?? 1] as const), [zoom, timestamps]);
  const drawing = useMemo(() => makeDrawing(spec, plot, x, height, bare, messages.units), [spec, plot, x, height, bare, messages]);
  const latest = useRef<{ drawing: Drawing; timestamps: readonly number[]; setZoom: typeof setZoom }>({ drawing, timestamps, setZoom });
  const data = useMemo(() => [timestamps, ...plot.rows] as unknown as uPlot.AlignedData, [timestamps, plot]);
  // A new instance where what is drawn changes in kind; new data goes into the one there is.
  const kind = JSON.stringify([theme, language, height, bare, spec.stack, plot.mirrored, plot.order.map((index) => [spec.series[index]?.id, spec.series[index]?.colour])]);

  useEffect(() => {
    latest.current = { drawing, timestamps, setZoom };
    chart.current?.setData(data);
  }, [drawing, timestamps, setZoom, data]);

  useEffect(() => {
    const element = host.current;
    if (!element) return;
    const read = () => latest.current;
    const u = new uPlot(
      uplotOptions(() => read().drawing, element.clientWidth || 320, height, {
        onCursor: (index) => cursor.set(index === null ? null : (read().timestamps[index] ?? null)),
        onSelect: (from, to) => read().setZoom([from, to]),
        onReset: () => read().setZoom(null),
      }),
      [read().timestamps, ...read().drawing.plot.rows] as unknown as uPlot.AlignedData,
      element,
    );
    chart.current = u;
    const follow = () => {
      const time = cursor.snapshot();
      const left = time === null ? -10 : u.valToPos(time, 'x');
      u.setCursor({ left, top: time === null ? -10 : 10 }, false);
    };
    const forget = cursor.subscribe(follow);
    const sizes = new ResizeObserver(() => {
      const width = element.clientWidth;
      if (width && Math.abs(width - u.width) > 1) u.setSize({ width, height });
    });
    sizes.observe(element);
    // Canvas text is drawn once: again when the font is there.
    void document.fonts.load('11px Inter').then(() => u.redraw(false, true));
    return () => {
      forget();
      sizes.disconnect();
      u.destroy();
      chart.current = null;
    };
  }, [kind, height, cursor]);

  const empty = plot.rows.every((row) => row.every((value) => value == null));
  return (
    <div className="plot" ref={host} style={{ height }}>
      {empty && <div className="plot-empty">{messages.detail.noData}</div>}
    </div>
  );
}

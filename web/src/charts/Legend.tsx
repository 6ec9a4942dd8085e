// The legend is the read-out: under the cursor the value there, else the newest.
import type { CSSProperties } from 'react';
import { clock } from '../format/time';
import { useFormat, type Format } from '../i18n';
import { useGroup, useReadIndex } from './ChartGroup';
import { cssColour } from './colours';
import { type ChartSeries, type ChartSpec, indexAt, isDrawn, plotOf } from './model';

const ARROW = { up: '↑', down: '↓' };

function swatch(entry: ChartSeries, spec: ChartSpec): string {
  if (spec.stack && !entry.over) return 'box';
  return entry.dash ?? '';
}

export function Legend({ spec, plain = false }: { spec: ChartSpec; plain?: boolean }) {
  const format = useFormat();
  const { timestamps } = useGroup();
  const index = useReadIndex(timestamps);
  const mirrored = spec.series.some((entry) => entry.below);
  if (plain) return format.text(spec.unit, spec.series[0]?.points[index]);
  const plot = plotOf(spec);
  return (
    <>
      {spec.series.filter((entry) => entry.label).map((entry) => (
        <span key={entry.id} style={{ '--c': cssColour(entry.colour) } as CSSProperties}>
          <i className={swatch(entry, spec)} />
          {entry.label}
          {mirrored && ` ${entry.below ? ARROW.down : ARROW.up}`}
          <b className="num">{format.text(spec.unit, entry.points[index])}</b>
        </span>
      ))}
      {spec.lines?.filter((line) => line.value != null).map((line) => (
        <span key={line.label} style={{ '--c': 'var(--text)' } as CSSProperties}>
          <i className={line.dashed ? 'dashed thin' : 'thin'} />
          {line.label}
          <b className="num">
            {format.text(spec.unit, line.value, true)}
            {!isDrawn(line, plot) && ` ${ARROW.up}`}
          </b>
        </span>
      ))}
    </>
  );
}

/** The same as a sentence. */
export function readOut(spec: ChartSpec, timestamps: readonly number[], time: number, format: Format): string {
  const index = indexAt(timestamps, time);
  const values = spec.series.filter((entry) => entry.label).map((entry) => `${entry.label ?? ''} ${format.text(spec.unit, entry.points[index])}`);
  return `${clock(time)}: ${values.join(', ')}`;
}

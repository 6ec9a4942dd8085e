// The cluster's four sums: now, against what there is, and over the window.
import type { ReactNode } from 'react';
import { type Cluster, roomOf } from '../../api/model';
import { Skeleton } from '../../components/States';
import { UsageBar } from '../../components/UsageBar';
import { Value } from '../../components/Value';
import { share, type Measured, type Unit } from '../../format/units';
import { useFormat, useMessages } from '../../i18n';
import { useView } from '../../state/view';
import type { ClusterBounds } from './nodes';
import { MirroredLine, TotalLine } from './TotalLine';

export function Totals({ cluster, bounds, partial }: { cluster: Cluster | undefined; bounds: ClusterBounds; partial: boolean }) {
  const { metric, overview } = useMessages();
  return (
    <section className="panel totals" aria-label={overview.totals}>
      <Capacity cluster={cluster} bounds={bounds} partial={partial} name={metric.cpu} colour="cpu" unit="cpu" usageKey="cpuMillicores" />
      <Capacity cluster={cluster} bounds={bounds} partial={partial} name={metric.memory} colour="mem" unit="bytes" usageKey="memoryBytes" />
      <Flow
        cluster={cluster} partial={partial} name={metric.disk} colour="disk" keys={['diskReadBytesPerSecond', 'diskWriteBytesPerSecond']}
        labels={[overview.readLabel, overview.writeLabel]} peaks={[overview.peakRead, overview.peakWrite]}
      />
      <Flow
        cluster={cluster} partial={partial} name={metric.network} colour="net" keys={['networkRxBytesPerSecond', 'networkTxBytesPerSecond']}
        labels={[overview.receivedLabel, overview.sentLabel]} peaks={[overview.peakReceived, overview.peakSent]}
      />
    </section>
  );
}

function Label({ name, children }: { name: string; children?: ReactNode }) {
  return (
    <h2 className="total-label">
      <span className="swatch" />
      {name}
      <span className="end num">{children}</span>
    </h2>
  );
}

function Big({ unit, value, partial }: { unit: Unit; value: Measured; partial: boolean }) {
  return (
    <div className="big">
      <Value unit={unit} value={value} atLeast={partial && value != null} />
    </div>
  );
}

interface CapacityProps {
  cluster: Cluster | undefined;
  bounds: ClusterBounds;
  partial: boolean;
  name: string;
  colour: 'cpu' | 'mem';
  unit: 'cpu' | 'bytes';
  usageKey: 'cpuMillicores' | 'memoryBytes';
}

function Capacity({ cluster, bounds, partial, name, colour, unit, usageKey }: CapacityProps) {
  const { overview, top } = useMessages();
  const { text } = useFormat();
  const { window } = useView();
  if (!cluster) return <Loading name={name} colour={colour} />;
  const used = cluster.usage[usageKey];
  const room = roomOf({ ...cluster, ...bounds })[usageKey];
  const requested = bounds.requests?.[usageKey];
  const part = share(used, room);
  const statistics = cluster.statistics?.[usageKey];
  const facts: [string, string][] = [];
  if (requested !== undefined) facts.push([overview.requested, `${text(unit, requested)}${room ? ` · ${text('percent', share(requested, room))}` : ''}`]);
  facts.push([bounds.allocatable?.[usageKey] == null ? overview.capacity : overview.allocatable, text(unit, room, true)]);
  if (statistics?.min != null) facts.push([overview.range(top.windowNames[window]), rangeText(text(unit, statistics.min), text(unit, statistics.max))]);
  const shareText = part === null ? '' : bounds.allocatable?.[usageKey] == null ? overview.ofCapacity(text('percent', part)) : overview.ofAllocatable(text('percent', part));
  return (
    <div className={`total metric-${colour}`}>
      <Label name={name}>{shareText}</Label>
      <Big unit={unit} value={used} partial={partial} />
      <UsageBar metric={colour} used={used} request={requested} limit={room} thick node />
      <Facts facts={facts} />
      <TotalLine points={cluster.series?.[usageKey]} coverage={cluster.series?.nodeCount} />
    </div>
  );
}

/** The unit once where it is the same: "74.5 – 75.3 cores". */
function rangeText(low: string, high: string): string {
  const [number = '', unit] = low.split(' ');
  return unit !== undefined && high.endsWith(` ${unit}`) ? `${number} – ${high}` : `${low} – ${high}`;
}

type Rate = 'diskReadBytesPerSecond' | 'diskWriteBytesPerSecond' | 'networkRxBytesPerSecond' | 'networkTxBytesPerSecond';

interface FlowProps {
  cluster: Cluster | undefined;
  partial: boolean;
  name: string;
  colour: 'disk' | 'net';
  keys: readonly [Rate, Rate];
  labels: readonly [string, string];
  peaks: readonly [string, string];
}

function Flow({ cluster, partial, name, colour, keys, labels, peaks }: FlowProps) {
  const { top } = useMessages();
  const { text } = useFormat();
  const { window } = useView();
  if (!cluster) return <Loading name={name} colour={colour} />;
  const facts = keys.map((key, index): [string, string] => [peaks[index] ?? '', text('rate', cluster.statistics?.[key]?.max)]);
  return (
    <div className={`total metric-${colour}`}>
      <Label name={name}>{top.windowNames[window]}</Label>
      <div className="pair">
        {keys.map((key, index) => (
          <div key={key}>
            <Big unit="rate" value={cluster.usage[key]} partial={partial} />
            <small>{labels[index]}</small>
          </div>
        ))}
      </div>
      <Facts facts={facts} />
      <MirroredLine up={cluster.series?.[keys[0]]} down={cluster.series?.[keys[1]]} />
    </div>
  );
}

function Facts({ facts }: { facts: [string, string][] }) {
  return (
    <dl className="total-facts">
      {facts.map(([name, value], index) => (
        <div key={name} className={index > 1 ? 'hide-phone' : undefined}>
          <dt>{name}</dt>
          <dd className="num">{value}</dd>
        </div>
      ))}
    </dl>
  );
}

function Loading({ name, colour }: { name: string; colour: string }) {
  return (
    <div className={`total metric-${colour}`}>
      <Label name={name} />
      <div className="big"><Skeleton width="50%" height={30} /></div>
      <span className="bar thick" />
      <div className="total-facts"><Skeleton width="80%" height={18} /><Skeleton width="70%" height={18} /></div>
      <div className="total-line" />
    </div>
  );
}

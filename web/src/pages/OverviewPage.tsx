import { Fragment } from 'react';
import type { Cluster, Finding, Status } from '../api/model';
import { roomOf } from '../api/model';
import { stepFor, useApi, useInterval } from '../api/queries';
import { usePageTitle } from '../app/usePageTitle';
import { WindowSwitch } from '../app/WindowSwitch';
import { AppLink } from '../components/AppLink';
import { ErrorState, Note } from '../components/States';
import { clock, parseTime } from '../format/time';
import { share } from '../format/units';
import { useFormat, useMessages } from '../i18n';
import { useView } from '../state/view';
import { Attention } from './overview/Attention';
import { Consumers } from './overview/Consumers';
import { Movers } from './overview/Movers';
import { boundsOf, type ClusterBounds, useNodes } from './overview/nodes';
import { NodesPanel } from './overview/NodesPanel';
import { Setup } from './overview/Setup';
import { Totals } from './overview/Totals';

const LINE_POINTS = 120;
const TIGHT_PERCENT = 90;
const PARTIAL_BELOW = 0.95;
const TOTAL_METRICS = 'cpuMillicores,memoryBytes,disk,network,nodeCount';

export default function OverviewPage() {
  const messages = useMessages();
  const { window } = useView();
  const interval = useInterval();
  usePageTitle(messages.overview.title);
  const cluster = useApi('/api/v1/cluster', {}, { window, step: stepFor(window, interval, LINE_POINTS), metrics: TOTAL_METRICS }, { keep: true });
  const findings = useApi('/api/v1/findings', {}, {}, { timeless: true });
  const status = useApi('/api/v1/status', {}, {}, { timeless: true });
  const listed = useNodes();
  if (cluster.error && !cluster.data) return <ErrorState error={cluster.error} onRetry={() => void cluster.refetch()} />;

  const data = cluster.data;
  const bounds = boundsOf(data);
  const noPods = data?.podCount === 0;
  // What stands below has its place when the height of these is known.
  const settled = !listed.isPending && !findings.isPending;
  const partial = data !== undefined && coverageOf(data) < PARTIAL_BELOW;
  return (
    <>
      <Head cluster={data} bounds={bounds} findings={findings.data?.items} status={status.data} />
      {partial && <PartialNote cluster={data} />}
      <Totals cluster={data} bounds={bounds} partial={partial} />
      <div className="grid">
        <NodesPanel empty={noPods} />
        {noPods ? <Setup status={status.data} cluster={data} /> : <Attention findings={findings.data?.items} pending={findings.isPending} />}
      </div>
      {settled && !noPods && (
        <div className="grid">
          <Movers />
          <Consumers />
        </div>
      )}
    </>
  );
}

function coverageOf({ nodes }: Cluster): number {
  return nodes.total > 0 ? nodes.reporting / nodes.total : 1;
}

function Head({ cluster, bounds, findings, status }: { cluster: Cluster | undefined; bounds: ClusterBounds; findings: Finding[] | undefined; status: Status | undefined }) {
  const { overview } = useMessages();
  const { integer } = useFormat();
  const verdict = useVerdict(cluster, bounds, findings);
  const facts: string[] = [];
  if (cluster) {
    facts.push(overview.coverage(integer(cluster.nodes.reporting), integer(cluster.nodes.total)), overview.pods(integer(cluster.podCount)));
    const { heldSeconds = 0, configuredSeconds = 0, oldestTickAt } = status?.retention ?? {};
    const oldest = parseTime(oldestTickAt);
    if (oldest !== null && heldSeconds < configuredSeconds * 0.95) facts.push(overview.fills(clock(oldest)));
  }
  return (
    <div className="head">
      <div className="head-title">
        <h1>{verdict ? <span>{verdict.map((sentence) => <Fragment key={sentence}><span className="sentence">{sentence}</span> </Fragment>)}</span> : <span className="skeleton" style={{ width: 320, height: 28 }} />}</h1>
        <p className="num-text">{facts.join(' · ') || '\u00a0'}</p>
      </div>
      <div className="only-phone"><WindowSwitch /></div>
    </div>
  );
}

/** The page answers in words first. */
function useVerdict(cluster: Cluster | undefined, bounds: ClusterBounds, findings: Finding[] | undefined): string[] | undefined {
  const { overview, metric } = useMessages();
  if (!cluster) return undefined;
  const nodes = cluster.nodes.total;
  if (nodes === 0) return [overview.noNodesTitle];
  if (cluster.podCount === 0) return [overview.firstRunTitle(nodes)];
  const room = roomOf({ ...cluster, ...bounds });
  const tight = [
    (share(cluster.usage.cpuMillicores, room.cpuMillicores) ?? 0) > TIGHT_PERCENT && metric.cpu,
    (share(cluster.usage.memoryBytes, room.memoryBytes) ?? 0) > TIGHT_PERCENT && metric.memory,
  ].find((name) => name !== false);
  const capacity = tight ? overview.tight(tight) : overview.fine;
  return findings === undefined ? [capacity] : [capacity, overview.attention(findings.length)];
}

function PartialNote({ cluster }: { cluster: Cluster }) {
  const { overview } = useMessages();
  const { integer } = useFormat();
  const { nodes } = cluster;
  return (
    <Note icon="info" title={overview.partial(integer(nodes.reporting), integer(nodes.total))} actions={<AppLink className="btn" to="/nodes">{overview.showThem}</AppLink>}>
      {overview.partialText}
    </Note>
  );
}

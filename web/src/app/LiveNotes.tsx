// What is wrong with the data as a whole stands above every page, and is said to screen readers once. That the connection is lost comes and goes
// while somebody reads: it lies over the page's end and moves nothing.
import { useApi } from '../api/queries';
import { Note } from '../components/States';
import { clock, parseTime } from '../format/time';
import { useFormat, useMessages } from '../i18n';
import { useNow } from '../live/clock';
import { useLive } from '../live/live';
import { useView } from '../state/view';

export function LiveNotes() {
  const { status } = useLive();
  return (
    <div className="notes">
      <Announcement />
      {status === 'lost' && <LostNote />}
      <PausedTooLong />
      <KubernetesNote />
    </div>
  );
}

function Announcement() {
  const { top } = useMessages();
  const { status } = useLive();
  const { pausedAt } = useView();
  const text = status === 'lost' ? top.nowLost : pausedAt !== null ? top.nowPaused(clock(pausedAt)) : status === 'live' ? top.nowLive : '';
  return <div className="unseen" role="status">{text}</div>;
}

function LostNote() {
  const { banner, top } = useMessages();
  const { duration } = useFormat();
  const { lostSince, retry } = useLive();
  const now = useNow();
  return (
    <Note floating icon="offline" title={banner.lost(duration(now - (lostSince ?? now)))} actions={<button type="button" className="btn" onClick={retry}>{top.retry}</button>}>
      {banner.lostText} <code>{location.host}</code>
    </Note>
  );
}

/** Ticks do not count while the page is paused; how the server is does. */
const STATUS_EVERY_SECONDS = 20;

function PausedTooLong() {
  const { banner } = useMessages();
  const { pausedAt, setPausedAt } = useView();
  const status = useApi('/api/v1/status', {}, {}, { timeless: true, every: pausedAt === null ? undefined : STATUS_EVERY_SECONDS });
  const oldest = parseTime(status.data?.retention.oldestTickAt);
  if (pausedAt === null || oldest === null || pausedAt >= oldest) return null;
  return (
    <Note icon="stale" title={banner.pausedOld} actions={<button type="button" className="btn" onClick={() => setPausedAt(null)}>{banner.goLive}</button>}>
      {banner.pausedOldText}
    </Note>
  );
}

function KubernetesNote() {
  const { banner, list } = useMessages();
  const { duration } = useFormat();
  const { data } = useApi('/api/v1/status', {}, {}, { timeless: true });
  const kubernetes = data?.kubernetes;
  if (!kubernetes || kubernetes.mode === 'off') return null;
  if (kubernetes.state === 'stale' || kubernetes.state === 'failed') {
    return <Note icon="stale" title={banner.kubernetes}>{kubernetes.ageSeconds === undefined ? undefined : banner.kubernetesText(duration(kubernetes.ageSeconds))}</Note>;
  }
  const unread = kubernetes.kinds?.filter((kind) => kind.state === 'forbidden' || kind.state === 'failing').map((kind) => kind.kind) ?? [];
  return unread.length === 0 ? null : <Note icon="info" title={banner.kubernetesPartial(unread.join(list))}>{banner.kubernetesPartialText}</Note>;
}

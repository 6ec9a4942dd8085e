// ● Live 3 s ⏸ · ▶ Paused 14:32:50 · ○ Connecting · ⊘ Offline 42 s. The age of the data is always there.
import { Icon } from '../components/Icon';
import { clock } from '../format/time';
import { useFormat, useMessages } from '../i18n';
import { useNow } from '../live/clock';
import { useLive, useShownTick } from '../live/live';
import { useView } from '../state/view';

export function LiveButton() {
  const { top } = useMessages();
  const { pausedAt, setPausedAt } = useView();
  const { status, tick, retry } = useLive();
  const shown = useShownTick();
  const lost = status === 'lost';
  if (lost) {
    return (
      <button type="button" className="btn live lost" onClick={retry}>
        <Icon name="offline" />
        {top.offline}
        <LostAge />
        <span className="unseen">{top.retry}</span>
      </button>
    );
  }
  if (pausedAt !== null) {
    return (
      <button type="button" className="btn live paused" onClick={() => setPausedAt(null)}>
        <Icon name="play" />
        {top.paused}
        <span className="age num">{clock(pausedAt)}</span>
        <span className="unseen">{top.resume}</span>
      </button>
    );
  }
  return (
    <button type="button" className="btn live" disabled={tick === null} onClick={() => setPausedAt(tick)}>
      <span className={status === 'live' ? 'dot beating' : 'dot waiting'} />
      {status === 'live' ? top.live : top.connecting}
      {shown !== null && <TickAge tick={shown} />}
      {tick !== null && <Icon name="pause" />}
      <span className="unseen">{top.pause}</span>
    </button>
  );
}

function TickAge({ tick }: { tick: number }) {
  const now = useNow();
  return <span className="age num">{useFormat().duration(Math.max(0, now - tick))}</span>;
}

function LostAge() {
  const now = useNow();
  const { lostSince } = useLive();
  const { duration } = useFormat();
  return lostSince === null ? null : <span className="age num">{duration(now - lostSince)}</span>;
}

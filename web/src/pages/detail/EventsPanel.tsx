import { Icon, type IconName } from '../../components/Icon';
import { MISSING } from '../../format/units';
import { clock } from '../../format/time';
import { useFormat, useMessages, type Format, type Messages } from '../../i18n';
import { useView } from '../../state/view';
import type { PodEvent } from './podEvents';

const ICONS: Record<PodEvent['kind'], IconName> = { oom: 'critical', started: 'info', podStarted: 'info', podEnded: 'info', throttled: 'warning', nearLimit: 'warning' };

function words(event: PodEvent, { event: text }: Messages, format: Format): [string, string] {
  switch (event.kind) {
    case 'oom':
      return [text.oom(event.container), text.oomCount(format.integer(event.count))];
    case 'started':
      return [text.started(event.container), text.restarts(format.integer(event.restarts))];
    case 'podStarted':
      return [text.podStarted, ''];
    case 'podEnded':
      return [text.podEnded, ''];
    default:
      return [text[event.kind], text.sinceWorst(clock(event.time), format.text('percent', event.worst), clock(event.worstAt))];
  }
}

export function EventsPanel({ events }: { events: readonly PodEvent[] }) {
  const messages = useMessages();
  const format = useFormat();
  const { window } = useView();
  return (
    <section className="panel">
      <div className="panel-head"><h2>{messages.detail.events}<span className="t3">{messages.top.windowNames[window]}</span></h2></div>
      {events.length === 0 ? (
        <p className="calm">{messages.detail.noEvents}</p>
      ) : (
        <ul className="events">
          {events.map((event) => {
            const [title, more] = words(event, messages, format);
            return (
              <li key={`${event.kind} ${event.time ?? ''} ${'container' in event ? event.container : ''}`}>
                <span className="num t3">{event.time === null ? MISSING : clock(event.time)}</span>
                <Icon name={ICONS[event.kind]} />
                <span>{title} <span className="t3">{more}</span></span>
              </li>
            );
          })}
        </ul>
      )}
    </section>
  );
}

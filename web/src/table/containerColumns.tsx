import { type Container, memoryOf, usageNow } from '../api/model';
import { memoryOfLimit, NEAR_LIMIT_PERCENT, podFlag, THROTTLED_PERCENT } from '../components/flags';
import { Icon } from '../components/Icon';
import type { Messages } from '../i18n';
import { AgeCell, CountCell, ShareCell } from './cells';
import type { Column } from './DataTable';
import { UsageCell } from './UsageCell';

export function containerColumns(messages: Messages): Column<Container>[] {
  const { column, metric, flag } = messages;
  const flagOf = (container: Container) => podFlag(container);
  return [
    {
      id: 'name', header: column.container, track: 'minmax(140px,1fr)', className: 'name-cell',
      cell: (container) => {
        const found = flagOf(container);
        return (
          <>
            <span className="ellipsis" title={container.name}>{container.name}</span>
            {found && <Icon name={found.icon} label={flag[found.kind]} />}
            {container.type && container.type !== 'app' && <span className="t3 small">{container.type}</span>}
          </>
        );
      },
    },
    {
      id: 'cpu', header: metric.cpu, track: 'minmax(200px,1.2fr)', className: 'usage first-line',
      cell: (container) => <UsageCell metric="cpu" used={usageNow(container)?.cpuMillicores} request={container.requests?.cpuMillicores} limit={container.limits?.cpuMillicores} points={container.series?.cpuMillicores} ended={container.terminated === true} />,
    },
    {
      id: 'memory', header: metric.memory, track: 'minmax(200px,1.2fr)', className: 'usage second-line',
      cell: (container) => (
        <UsageCell
          metric="mem" used={memoryOf(usageNow(container))} request={container.requests?.memoryBytes} limit={container.limits?.memoryBytes}
          points={container.usage?.memoryWorkingSetBytes == null ? container.series?.memoryBytes : container.series?.memoryWorkingSetBytes}
          hot={(memoryOfLimit(container) ?? 0) > NEAR_LIMIT_PERCENT} ended={container.terminated === true}
        />
      ),
    },
    { id: 'throttled', header: metric.throttled, track: '72px', right: true, show: ['normal', 'wide'], cell: (container) => <ShareCell value={usageNow(container) && container.throttling?.throttledPercent} hotAbove={THROTTLED_PERCENT} /> },
    { id: 'restarts', header: column.restarts, title: column.restartsLong, track: '52px', right: true, show: ['normal', 'wide'], cell: (container) => <CountCell value={container.restartCount} /> },
    { id: 'state', header: column.state, track: 'minmax(90px,.5fr)', className: 'under-name ellipsis', cell: (container) => <span className="t2">{container.reason ?? container.state ?? '–'}</span> },
    { id: 'age', header: column.age, track: '52px', right: true, show: ['narrow', 'normal', 'wide'], cell: (container) => <AgeCell since={container.startedAt} /> },
  ];
}

// The charts of a sum over pods.
import { useMemo } from 'react';
import type { Namespace, Workload } from '../../api/model';
import { Chart } from '../../charts/Chart';
import { Ruler } from '../../charts/ChartGroup';
import { cpuSpec, diskSpec, memorySpec, networkSpec, podCountSpec, throttledSpec, type SeriesByKey } from '../../charts/specs';
import { useMessages } from '../../i18n';

export const AGGREGATE_CHART_METRICS = 'cpuMillicores,memoryBytes,memoryWorkingSetBytes,memoryRssBytes,disk,network,processCount,throttledPercent,podCount';

export function AggregateCharts({ item, ruler = true }: { item: Namespace | Workload; ruler?: boolean }) {
  const messages = useMessages();
  const specs = useMemo(() => {
    const series = (item.series ?? {}) as SeriesByKey;
    const length = item.window?.timestamps.length ?? 0;
    return {
      cpu: cpuSpec(series, length, { request: item.requests?.cpuMillicores, limit: item.limits?.cpuMillicores }, [], messages),
      throttled: throttledSpec(series, [], messages),
      memory: memorySpec(series, length, { request: item.requests?.memoryBytes, limit: item.limits?.memoryBytes }, [], messages),
      network: networkSpec(series, length, [], messages),
      disk: diskSpec(series, length, [], messages),
      pods: podCountSpec(series, length, messages),
    };
  }, [item, messages]);
  return (
    <section className="panel" aria-label={messages.detail.charts}>
      {ruler && <Ruler hint={messages.detail.oneCursor} />}
      <div className={ruler ? 'charts odd' : 'charts alone'}>
        {ruler && <Chart spec={specs.cpu}>{specs.throttled && <Chart strip spec={specs.throttled} height={62} />}</Chart>}
        {ruler && <Chart spec={specs.memory} height={specs.throttled ? 246 : 168} />}
        <Chart spec={specs.network} />
        <Chart spec={specs.disk} />
        {ruler && <Chart spec={specs.pods} height={110} />}
      </div>
    </section>
  );
}

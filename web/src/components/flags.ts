// What is wrong with an object, judged once for tables, heat map and pages alike.
import { type Finding, memoryOf, type Node, type Pod } from '../api/model';
import { share } from '../format/units';
import type { Messages } from '../i18n';
import type { IconName } from './Icon';

export const THROTTLED_PERCENT = 25;
export const NEAR_LIMIT_PERCENT = 90;
export const PRESSURE_PERCENT = 10;

export type FlagKind = keyof Messages['flag'];
export interface Flag {
  kind: FlagKind;
  icon: IconName;
}

type Judged = Pick<Pod, 'stale' | 'terminated' | 'events' | 'throttling' | 'usage' | 'limits'> & { reason?: string; phase?: string };

export function memoryOfLimit(item: Pick<Judged, 'usage' | 'limits'>): number | null {
  return share(memoryOf(item.usage), item.limits?.memoryBytes);
}

/** The worst first; nothing where all is well. */
export function podFlag(pod: Judged): Flag | null {
  if (pod.terminated) return null;
  if (pod.events?.oomKills) return { kind: 'oomKilled', icon: 'critical' };
  if (pod.reason === 'CrashLoopBackOff') return { kind: 'restarting', icon: 'critical' };
  if (pod.stale) return { kind: 'stale', icon: 'stale' };
  if ((pod.throttling?.throttledPercent ?? 0) > THROTTLED_PERCENT) return { kind: 'throttled', icon: 'warning' };
  if ((memoryOfLimit(pod) ?? 0) > NEAR_LIMIT_PERCENT) return { kind: 'nearLimit', icon: 'warning' };
  if (pod.phase === 'Pending') return { kind: 'pending', icon: 'missing' };
  return null;
}

/** The pressure that hurts: memory or I/O, some task waiting. */
export function worstPressure(node: Pick<Node, 'pressure'>): number | null {
  const values = [node.pressure?.memorySomePercent, node.pressure?.ioSomePercent].filter((value) => value != null);
  return values.length ? Math.max(...values) : null;
}

export function nodeFlag(node: Pick<Node, 'stale' | 'pressure' | 'collector' | 'ready' | 'clockRefused' | 'conflict' | 'usage' | 'events'>): Flag | null {
  if (node.ready === false) return { kind: 'notReady', icon: 'critical' };
  if (node.clockRefused) return { kind: 'clockSkew', icon: 'warning' };
  if (node.collector === 'missing') return { kind: 'noCollector', icon: 'missing' };
  if (node.stale) return { kind: 'stale', icon: 'stale' };
  if (node.conflict) return { kind: 'conflict', icon: 'warning' };
  if ((worstPressure(node) ?? 0) > PRESSURE_PERCENT) return { kind: 'pressure', icon: 'warning' };
  return null;
}

const FINDING_ICONS: Record<string, IconName> = { stale: 'stale', noCollector: 'missing', pending: 'missing' };
const SEVERITY_ICONS: Record<Finding['severity'], IconName> = { critical: 'critical', warning: 'warning', info: 'info' };

export const findingIcon = ({ kind, severity }: Finding): IconName => FINDING_ICONS[kind] ?? SEVERITY_ICONS[severity];

// The objects of the API by name, and what the pages need to know about them beyond their fields.
import type { components } from './schema';

type Schemas = components['schemas'];
export type Node = Schemas['Node'];
export type Pod = Schemas['Pod'];
export type Container = Schemas['Container'];
export type Namespace = Schemas['Namespace'];
export type Workload = Schemas['Workload'];
export type Cluster = Schemas['Cluster'];
export type Status = Schemas['Status'];
export type Finding = Schemas['Finding'];
/** Those that lists can be filtered by. */
export type FindingKind = Finding['kind'];
export type Resources = Schemas['Requests'];
export type SearchHit = Schemas['SearchMatch'];
export type Series = Schemas['Series'];
export type Window = Schemas['Window'];
export type Points = (number | null)[];

type AnyUsage = Schemas['Usage'] | Schemas['AggregateUsage'] | null | undefined;

/** What counts against a limit: the working set; whole memory where a simple client sends nothing else. */
export function memoryOf(usage: AnyUsage): number | null {
  return usage?.memoryWorkingSetBytes ?? usage?.memoryBytes ?? null;
}

/** An object whose last values are old or of the past: shown as missing, not as if they were of now. */
export function usageNow<T extends { stale?: boolean; terminated?: boolean; usage?: AnyUsage }>(item: T): NonNullable<T['usage']> | null {
  return item.stale || item.terminated ? null : ((item.usage ?? null));
}

/** What a node can give to pods where Kubernetes tells, else what it has. */
export function roomOf(item: { allocatable?: Resources; capacity?: Resources }): Resources {
  return {
    ...(item.capacity?.cpuMillicores == null ? {} : { cpuMillicores: item.capacity.cpuMillicores }),
    ...(item.capacity?.memoryBytes == null ? {} : { memoryBytes: item.capacity.memoryBytes }),
    ...item.allocatable,
  };
}

/** Where the kinds with a path of their own are. */
export const WORKLOAD_PATHS: Readonly<Record<string, 'deployments' | 'statefulsets' | 'daemonsets' | 'jobs' | 'cronjobs'>> = {
  Deployment: 'deployments',
  StatefulSet: 'statefulsets',
  DaemonSet: 'daemonsets',
  Job: 'jobs',
  CronJob: 'cronjobs',
};

// All nodes, asked for once by all panels of the overview.
import type { UseQueryResult } from '@tanstack/react-query';
import type { Answer } from '../../api/client';
import type { Node, Resources } from '../../api/model';
import { useApi } from '../../api/queries';

const METRICS = 'cpuMillicores,memoryBytes,disk,network';

export function useNodes(): UseQueryResult<Answer<'/api/v1/nodes'>> {
  return useApi('/api/v1/nodes', {}, { metrics: METRICS }, { keep: true });
}

export interface ClusterBounds {
  allocatable?: Resources;
  requests?: Resources;
}

/** A sum over nodes of which one is not known is not known. */
function summed(nodes: readonly Node[], of: (node: Node) => Resources | undefined, key: keyof Resources): number | undefined {
  let total = 0;
  for (const node of nodes) {
    const value = of(node)?.[key];
    if (value === undefined) return undefined;
    total += value;
  }
  return nodes.length ? total : undefined;
}

/** What the cluster's nodes can give and what its pods ask for; nothing without Kubernetes. */
export function boundsOf(nodes: readonly Node[]): ClusterBounds {
  const counted = nodes.filter((node) => !node.stale && node.collector !== 'missing');
  const all = (of: (node: Node) => Resources | undefined): Resources | undefined => {
    const cpuMillicores = summed(counted, of, 'cpuMillicores');
    const memoryBytes = summed(counted, of, 'memoryBytes');
    return cpuMillicores === undefined || memoryBytes === undefined ? undefined : { cpuMillicores, memoryBytes };
  };
  const allocatable = all((node) => node.allocatable);
  const requests = all((node) => node.requests);
  return { ...(allocatable ? { allocatable } : {}), ...(requests ? { requests } : {}) };
}

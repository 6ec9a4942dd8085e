// All nodes, asked for once by all panels of the overview.
import type { UseQueryResult } from '@tanstack/react-query';
import type { Answer } from '../../api/client';
import type { Cluster, Resources } from '../../api/model';
import { useApi } from '../../api/queries';

const METRICS = 'cpuMillicores,memoryBytes,disk,network';

export function useNodes(): UseQueryResult<Answer<'/api/v1/nodes'>> {
  return useApi('/api/v1/nodes', {}, { metrics: METRICS }, { keep: true });
}

export interface ClusterBounds {
  allocatable?: Resources;
  requests?: Resources;
}

/** What the cluster's nodes can give and what its pods ask for; nothing without Kubernetes, or where it does not tell of both CPU and memory. */
export function boundsOf(cluster: Cluster | undefined): ClusterBounds {
  const allocatable = whole(cluster?.allocatable);
  const requests = whole(cluster?.requests);
  return { ...(allocatable ? { allocatable } : {}), ...(requests ? { requests } : {}) };
}

function whole(amounts: Resources | undefined): Resources | undefined {
  return amounts?.cpuMillicores === undefined || amounts.memoryBytes === undefined ? undefined : amounts;
}

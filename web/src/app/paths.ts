// Where each object has its page. Names are percent-encoded, so that none can change the path.
const part = encodeURIComponent;

export const PAGES = ['overview', 'nodes', 'namespaces', 'workloads', 'pods'] as const;
export type PageName = (typeof PAGES)[number];

export const pagePath = (page: PageName) => (page === 'overview' ? '/' : `/${page}`);
export const nodePath = (name: string) => `/nodes/${part(name)}`;
export const namespacePath = (name: string) => `/namespaces/${part(name)}`;
export const workloadPath = (namespace: string, kind: string, name: string) => `/workloads/${part(namespace)}/${part(kind)}/${part(name)}`;
export const podPath = (namespace: string, name: string) => `/pods/${part(namespace)}/${part(name)}`;

// Every page and state as pictures in out/screenshots/ (or the folder given): `npm run screenshots`. BIN as for the browser suite.
import { mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { launch, openPage } from './browser.mjs';
import { eventually, get, startCluster, startServer, startSimulator, stopAll } from './cluster.mjs';

const target = resolve(process.argv[2] ?? join(import.meta.dirname, '../../out/screenshots'));
mkdirSync(target, { recursive: true });
const browser = await launch();
const FAULTS = [/50\d|40\d|ERR_/];

async function picture(url, name, path, { full = true, act, ...options } = {}) {
  const opened = await openPage(browser, url, path, { quiet: FAULTS, ...options });
  await opened.page.waitForTimeout(1800);
  if (act) await act(opened.page);
  await opened.page.screenshot({ path: join(target, `${name}.png`), fullPage: full });
  await opened.context.close();
  console.log(name);
}

const SIZES = [
  { width: 360, height: 780, theme: 'light', lang: 'ko' },
  { width: 360, height: 780, theme: 'dark', lang: 'en' },
  { width: 1280, height: 900, theme: 'light', lang: 'en' },
  { width: 1280, height: 900, theme: 'dark', lang: 'ko' },
  { width: 1920, height: 1080, theme: 'dark', lang: 'en' },
  { width: 3840, height: 2160, theme: 'light', lang: 'en' },
];

const cluster = await startCluster({ nodes: 40, flags: ['--churn', '4'] });
const { items } = await get(cluster.url, '/api/v1/pods?sort=-cpuMillicores&limit=200');
const pod = items.filter((item) => item.owner?.kind === 'Deployment').sort((a, b) => (a.startedAt < b.startedAt ? -1 : 1))[0] ?? items[0];
const pages = {
  overview: '/', nodes: '/nodes', namespaces: '/namespaces', workloads: '/workloads', pods: '/pods',
  node: `/nodes/${pod.node}`, namespace: `/namespaces/${pod.namespace}`, pod: `/pods/${pod.namespace}/${pod.name}`,
  workload: `/workloads/${pod.namespace}/${pod.owner?.kind ?? 'Deployment'}/${pod.owner?.name ?? ''}`,
};
for (const [name, path] of Object.entries(pages)) {
  for (const size of SIZES) await picture(cluster.url, `${name}-${size.width}-${size.theme}-${size.lang}`, path, { ...size, full: !/s$/.test(name) });
}
const keys = (...list) => async (page) => {
  for (const key of list) await page.keyboard.press(key);
  await page.waitForTimeout(400);
};
await picture(cluster.url, 'state-jump', '/pods', { full: false, theme: 'dark', act: async (page) => {
  await page.keyboard.press('Control+k');
  await page.getByRole('combobox').fill('app-00');
  await page.waitForTimeout(700);
} });
await picture(cluster.url, 'state-keys', '/', { full: false, act: keys('?') });
await picture(cluster.url, 'state-paused', '/', { full: false, act: keys(' ') });
await picture(cluster.url, 'state-no-match', '/pods?q=chekout', { full: false });
await picture(cluster.url, 'state-not-found', '/pods/payments/gone', { full: false });
await picture(cluster.url, 'state-cursor', pages.pod, { full: false, act: async (page) => {
  const box = await page.locator('.u-over').first().boundingBox();
  await page.mouse.move(box.x + box.width * 0.7, box.y + 60);
  await page.waitForTimeout(300);
} });
await picture(cluster.url, 'state-loading', '/', { full: false, act: async (page) => {
  await page.route('**/api/v1/{cluster,nodes,findings,pods,workloads}*', () => undefined);
  await page.reload();
  await page.waitForTimeout(900);
} });

const lost = await openPage(browser, cluster.url, '/', { theme: 'dark', quiet: FAULTS });
await lost.page.waitForTimeout(1500);
await stopAll();
await lost.page.getByText(/Connection lost/).waitFor({ timeout: 30_000 });
await lost.page.screenshot({ path: join(target, 'state-lost.png') });
await lost.page.getByRole('link', { name: 'Pods', exact: true }).first().click();
await lost.page.waitForTimeout(2500);
await lost.page.screenshot({ path: join(target, 'state-error.png') });
await lost.context.close();

const small = await startServer();
await picture(small.url, 'state-no-nodes', '/', { full: false });
const three = await startSimulator(small.grpc, ['--nodes', '1', '--pods-per-node', '4']);
await eventually(async () => (await get(small.url, '/api/v1/nodes')).total === 1, 'the node');
await picture(small.url, 'state-one-node', '/');
await three.stop();
await small.stop();

const large = await startServer();
const many = await startSimulator(large.grpc, ['--nodes', '1200', '--pods-per-node', '5']);
await eventually(async () => (await get(large.url, '/api/v1/nodes?limit=1')).total === 1200, 'the nodes', 120);
for (const theme of ['light', 'dark']) await picture(large.url, `overview-1200-nodes-${theme}`, '/', { theme });
await many.stop();
await large.stop();
await browser.close();

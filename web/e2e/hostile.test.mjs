// Names of a cluster are text: markup, Korean, and as long as they may be.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { launch, openPage } from './browser.mjs';
import { eventually, get, startOddNode, startServer } from './cluster.mjs';

const NODE = `<img src=x onerror=alert(1)>-노드-${'아주긴이름'.repeat(9)}-${'n'.repeat(60)}`;
const NAMESPACE = 'ns<script>alert(2)<&>"';
const POD = `파드-<svg onload=alert(3)>-${'p'.repeat(130)}`;
const CONTAINER = '컨테이너"><b>굵게<&b>';

let server;
let odd;
let browser;
before(async () => {
  server = await startServer({ flags: ['--interval', '1s'] });
  odd = await startOddNode(server.grpc, { node: NODE, namespace: NAMESPACE, pod: POD, container: CONTAINER });
  await eventually(async () => (await get(server.url, '/api/v1/pods')).items.some((pod) => pod.name === POD), 'the odd pod');
  browser = await launch();
});
after(async () => {
  await browser?.close();
  await odd?.stop();
  await server?.stop();
});

async function seen(path, text, options) {
  const opened = await openPage(browser, server.url, path, options);
  opened.page.on('dialog', () => opened.faults.push('a script of a name ran'));
  await opened.page.getByTitle(text, { exact: true }).first().waitFor();
  const made = await opened.page.evaluate(() => document.querySelectorAll('#root img, #root script, #root b > b, #root svg[onload]').length);
  assert.equal(made, 0, 'a name became an element');
  const wide = await opened.page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
  assert.ok(wide <= 0, `${path} is ${wide} pixels too wide`);
  await opened.close();
}

for (const options of [{}, { width: 360, lang: 'ko', theme: 'dark' }]) {
  const where = options.width ?? 1280;
  test(`tables show them as they are, at ${where}`, async () => {
    await seen('/nodes', NODE, options);
    await seen('/pods', POD, options);
    await seen('/namespaces', NAMESPACE, options);
  });
  test(`pages of them open, at ${where}`, async () => {
    await seen(`/nodes/${encodeURIComponent(NODE)}`, NODE, options);
    await seen(`/namespaces/${encodeURIComponent(NAMESPACE)}`, NAMESPACE, options);
    await seen(`/pods/${encodeURIComponent(NAMESPACE)}/${encodeURIComponent(POD)}`, POD, options);
    await seen(`/pods/${encodeURIComponent(NAMESPACE)}/${encodeURIComponent(POD)}`, CONTAINER, options);
  });
}

test('the overview of one node shows it as a row', () => seen('/', NODE, {}));

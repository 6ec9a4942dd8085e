// Names of a cluster are text: markup, Korean, and as long as they may be. The programs refuse names that Kubernetes could not have, so the
// answers are changed on their way to the page: it must not depend on that.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { launch, openPage, tooWide } from './browser.mjs';
import { get, startCluster, stopAll } from './cluster.mjs';

const MARKUP = '<img src=x onerror=alert(1)><b>굵게</b>"&amp;<script>alert(2)</script>';
const KOREAN = '아주-긴-이름-'.repeat(36) + '끝';
const LONG = `${'very-long-name-'.repeat(16)}-7d9f8b6c5-x2m9k`;

let cluster;
let browser;
let pod;
before(async () => {
  cluster = await startCluster({ nodes: 3 });
  browser = await launch();
  [pod] = (await get(cluster.url, '/api/v1/pods?namespace=ns-001&sort=name&limit=1')).items;
});
after(async () => {
  await browser?.close();
  await stopAll();
});

/** All that is called like one of the cluster's things is called otherwise, names and labels alike; the server is asked by the real names. */
async function rename(page, evil) {
  const names = [pod.name, 'node-0001', 'ns-001', pod.owner.name, 'sidecar-1'];
  await page.route('**/api/v1/**', async (route) => {
    if (route.request().url().includes('/stream')) return route.continue();
    const response = await route.fetch({ url: realAddress(route.request().url(), evil) });
    let text = await response.text();
    for (const name of names) text = text.replaceAll(`:"${name}"`, `:${JSON.stringify(evil)}`);
    await route.fulfill({ response, body: text });
  });
}

/** The address with the real name where the page has asked for `evil`: what is meant is told by the part of the path before, or by the parameter. */
function realAddress(text, evil) {
  const url = new URL(text);
  const real = { nodes: 'node-0001', namespaces: 'ns-001', pods: pod.name };
  const parts = url.pathname.split('/').map((part) => decodeURIComponent(part));
  url.pathname = parts.map((part, index) => encodeURIComponent(part === evil ? (real[parts[index - 1]] ?? pod.owner.name) : part)).join('/');
  for (const [parameter, name] of [['node', 'node-0001'], ['namespace', 'ns-001']]) if (url.searchParams.get(parameter) === evil) url.searchParams.set(parameter, name);
  return url.href;
}

for (const [what, evil] of [['markup', MARKUP], ['Korean of 253 characters', KOREAN.slice(0, 253)], ['253 characters', LONG.slice(0, 253)]]) {
  for (const options of [{ width: 1280 }, { width: 360, lang: 'ko', theme: 'dark' }]) {
    test(`${what}, at ${options.width}`, async () => {
      const opened = await openPage(browser, cluster.url, '/', options);
      const { page } = opened;
      page.on('dialog', () => opened.faults.push('a script of a name ran'));
      await rename(page, evil);
      for (const path of ['/', '/nodes?sort=name', '/namespaces?sort=name', '/pods?sort=name', '/nodes/node-0001', '/namespaces/ns-001', `/pods/ns-001/${pod.name}`]) {
        await page.goto(cluster.url + path);
        await page.getByTitle(evil, { exact: true }).first().waitFor({ state: 'attached' });
        await page.waitForTimeout(300);
        const made = await page.evaluate(() => document.querySelectorAll('#root :is(img, script, b > b)').length);
        assert.equal(made, 0, `${path}: a name became an element`);
        assert.equal(await tooWide(page), '', path);
      }
      await opened.close();
    });
  }
}

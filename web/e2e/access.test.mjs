// For everybody: axe, both themes, both languages, 320 pixels to 4K, the keyboard alone.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { after, before, test } from 'node:test';
import { launch, openPage, tooWide, withPage } from './browser.mjs';
import { get, startCluster, stopAll } from './cluster.mjs';

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
let cluster;
let browser;
let paths;
before(async () => {
  cluster = await startCluster({ nodes: 13 });
  browser = await launch();
  const { items } = await get(cluster.url, '/api/v1/pods?sort=name&limit=1');
  const [{ namespace, name, owner }] = items;
  paths = ['/', '/nodes', '/namespaces', '/workloads', '/pods', '/nodes/node-0001', `/namespaces/${namespace}`, `/workloads/${namespace}/${owner.kind}/${owner.name}`, `/pods/${namespace}/${name}`];
});
after(async () => {
  await browser?.close();
  await stopAll();
});

/** Something of the page is there. */
const ready = async (page) => {
  await page.locator('h1').first().waitFor();
  await page.locator('.tr.row .name, .uplot, .total .big .num').first().waitFor();
  await page.locator('.skeleton').first().waitFor({ state: 'detached' });
  await twoFrames(page);
};
const twoFrames = (page) => page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))));

async function seriousFindings(page) {
  // Through the debugger, not as a script of the page: the policy allows no foreign one.
  await page.evaluate(axe);
  const { violations } = await page.evaluate(() => window.axe.run(document, { resultTypes: ['violations'] }));
  return violations.filter(({ impact }) => impact === 'serious' || impact === 'critical').map(({ id, nodes }) => `${id}: ${nodes.slice(0, 3).map((node) => node.html.slice(0, 160)).join(' | ')}`);
}

test('axe finds nothing serious on any page, light and dark', async () => {
  for (const path of paths) {
    await withPage(browser, cluster.url, path, {}, async (page) => {
      await ready(page);
      for (const theme of ['light', 'dark']) {
        await page.emulateMedia({ colorScheme: theme });
        await page.waitForFunction((name) => document.documentElement.dataset.theme === name, theme);
        assert.deepEqual(await seriousFindings(page), [], `${path}, ${theme}`);
      }
    });
  }
});

test('axe finds nothing serious in dialogs and menus', () =>
  withPage(browser, cluster.url, '/pods', {}, async (page) => {
    await ready(page);
    await page.keyboard.press('?');
    await page.getByRole('dialog').waitFor();
    assert.deepEqual(await seriousFindings(page), []);
    await page.keyboard.press('Escape');
    await page.keyboard.press('Control+k');
    await page.getByRole('combobox').fill('app');
    await page.getByRole('option').nth(2).waitFor();
    assert.deepEqual(await seriousFindings(page), []);
    await page.keyboard.press('Escape');
    await page.getByRole('button', { name: /Namespace/ }).click();
    await page.getByRole('button', { name: 'ns-001', exact: true }).waitFor();
    assert.deepEqual(await seriousFindings(page), []);
  }));

test('no page is wider than its window, from 320 pixels to 4K, in both languages', async () => {
  for (const lang of ['en', 'ko']) {
    const opened = await openPage(browser, cluster.url, '/', { width: 320, height: 900, lang });
    const { page } = opened;
    for (const path of paths) {
      await page.setViewportSize({ width: 320, height: 900 });
      await page.goto(cluster.url + path);
      await ready(page);
      for (const width of [320, 360, 768, 1280, 1920, 3840]) {
        await page.setViewportSize({ width, height: 900 });
        await twoFrames(page);
        assert.equal(await tooWide(page), '', `${path} at ${width} in ${lang}`);
      }
    }
    await opened.context.close();
  }
});

test('Korean by the browser’s language, English by the switch, and it is remembered', () =>
  withPage(browser, cluster.url, '/', { lang: 'ko' }, async (page) => {
    await page.getByRole('heading', { level: 1, name: /용량/ }).waitFor();
    assert.equal(await page.locator('html').getAttribute('lang'), 'ko');
    await page.getByText('노드 13개 수신 중').waitFor();
    const english = await page.evaluate(() => document.body.innerText.match(/\b(nodes|pods|memory|used|needs|last)\b/gi));
    assert.equal(english, null);
    await page.getByRole('button', { name: /view in English/ }).click();
    await page.getByRole('heading', { level: 1, name: /attention/ }).waitFor();
    await page.reload();
    await page.getByRole('heading', { level: 1, name: /attention/ }).waitFor();
  }));

test('the theme follows the system until one is chosen', () =>
  withPage(browser, cluster.url, '/nodes/node-0001', { theme: 'dark' }, async (page) => {
    const ground = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
    assert.equal(await ground(), 'rgb(10, 11, 13)');
    await page.emulateMedia({ colorScheme: 'light' });
    await page.waitForFunction(() => document.documentElement.dataset.theme === 'light');
    await page.getByRole('button', { name: 'Switch theme' }).click();
    assert.equal(await ground(), 'rgb(10, 11, 13)');
    await page.reload();
    assert.equal(await ground(), 'rgb(10, 11, 13)');
  }));

test('the keyboard alone: from the address bar to a pod’s chart and back', () =>
  withPage(browser, cluster.url, '/', {}, async (page) => {
    await ready(page);
    await page.keyboard.press('g');
    await page.keyboard.press('p');
    await page.waitForURL(/\/pods/);
    await page.locator('.tr.row .name').first().waitFor();
    const grid = page.getByRole('grid');
    const all = await grid.getAttribute('aria-rowcount');
    await page.keyboard.press('/');
    await page.keyboard.type('app-00');
    await page.waitForURL(/q=app-00/);
    await page.locator(`[role="grid"]:not([aria-rowcount="${all}"])`).waitFor();
    await page.keyboard.press('Escape');
    await page.waitForURL((url) => !url.searchParams.has('q'));
    await page.locator(`[role="grid"][aria-rowcount="${all}"]`).waitFor();
    await page.keyboard.press('Escape');
    await grid.focus();
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('ArrowDown');
    await page.locator('[aria-selected="true"]').waitFor();
    await page.keyboard.press('End');
    await page.waitForFunction(() => document.querySelector('[aria-selected="true"]')?.getAttribute('aria-rowindex') === document.querySelector('[role="grid"]')?.getAttribute('aria-rowcount'));
    await page.keyboard.press('Home');
    await page.keyboard.press('Enter');
    await page.waitForURL(/\/pods\/[^/]+\/[^/]+/);
    await page.keyboard.press('[');
    await page.waitForURL(/\/workloads/);
  }));

test('the policy allows no inline script, and the page needs none', async () => {
  const response = await fetch(cluster.url);
  const policy = response.headers.get('content-security-policy') ?? '';
  assert.match(policy, /script-src 'self'/);
  assert.doesNotMatch(policy, /unsafe-inline|unsafe-eval/);
  assert.doesNotMatch(await response.text(), /<script(?![^>]*\bsrc=)[^>]*>|\son\w+=/);
});

test('the first load is at most 150 KB of compressed script', async () => {
  const sizes = new Map();
  const opened = await openPage(browser, cluster.url, '/');
  await opened.page.route('**/*.js', async (route) => {
    const response = await fetch(route.request().url(), { headers: { 'accept-encoding': 'br' } });
    sizes.set(route.request().url(), Number(response.headers.get('content-length')));
    await route.continue();
  });
  await opened.page.reload();
  await ready(opened.page);
  const total = [...sizes.values()].reduce((sum, size) => sum + size, 0);
  console.log(`first load: ${(total / 1024).toFixed(1)} KB of script in ${sizes.size} files`);
  assert.ok(total > 0 && total <= 150 * 1024, `${total} bytes`);
  await opened.close();
});

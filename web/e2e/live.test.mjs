// Time: live, paused, lost and back; one stream a browser.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { launch, openPage, withPage } from './browser.mjs';
import { eventually, get, startServer, startSimulator, stopAll } from './cluster.mjs';
import { says } from './says.mjs';

const FLAGS = ['--nodes', '14', '--interval', '1s', '--backfill', '2m', '--seed', '7'];
let server;
let browser;
before(async () => {
  server = await startServer({ flags: ['--interval', '1s'] });
  await startSimulator(server.grpc, FLAGS);
  await eventually(async () => (await get(server.url, '/api/v1/nodes?limit=1')).total === 14, 'the nodes');
  browser = await launch();
});
after(async () => {
  await browser?.close();
  await stopAll();
});

const bigNumber = (page) => page.locator('.total .big', { has: page.locator('.num') }).first().textContent();

test('new ticks appear by themselves', () =>
  withPage(browser, server.url, '/nodes/node-0001?window=5m', {}, async (page) => {
    const time = page.locator('.ruler b');
    await time.waitFor();
    const before = await time.textContent();
    await page.waitForFunction((text) => document.querySelector('.ruler b')?.textContent !== text, before);
    await page.getByRole('button', { name: /Live/ }).waitFor();
  }));

test('pause freezes the page and is in the URL; resume goes on', () =>
  withPage(browser, server.url, '/', {}, async (page) => {
    await page.getByRole('button', { name: /Live/ }).click();
    await page.waitForURL(/at=\d+/);
    await page.getByRole('button', { name: /Paused/ }).waitFor();
    const at = new URL(page.url()).searchParams.get('at');
    const { usage } = await get(server.url, `/api/v1/cluster?end=${at}&window=3600`);
    await eventually(async () => says(await bigNumber(page), usage.cpuMillicores), 'the figure of the tick');
    const frozen = await bigNumber(page);
    await page.waitForTimeout(3500);
    assert.equal(await bigNumber(page), frozen);
    // A colleague who opens the link sees the same figures.
    await withPage(browser, server.url, new URL(page.url()).pathname + new URL(page.url()).search, {}, async (other) => {
      await other.waitForFunction((text) => document.querySelector('.total .big')?.textContent === text, frozen);
    });
    await page.keyboard.press('Space');
    await page.waitForURL((url) => !url.searchParams.has('at'));
    await page.waitForFunction((text) => document.querySelector('.total .big')?.textContent !== text, frozen);
  }));

test('what has moved is told from the minutes there are', () =>
  withPage(browser, server.url, '/', {}, async (page) => {
    await page.locator('.movers .list-row .name').first().waitFor();
    await page.locator('.movers .header').getByText('2 m', { exact: true }).waitFor();
  }));

test('the window is a key, a button, and in the URL; back works', () =>
  withPage(browser, server.url, '/nodes', {}, async (page) => {
    await page.getByRole('button', { name: '1 h', pressed: true }).waitFor();
    await page.keyboard.press('1');
    await page.waitForURL(/window=5m/);
    await page.getByRole('button', { name: '15 m' }).click();
    await page.waitForURL(/window=15m/);
    await page.getByRole('link', { name: 'Pods' }).click();
    await page.waitForURL(/\/pods\?window=15m/);
    await page.goBack();
    await page.goBack();
    await page.waitForURL(/\/nodes\?window=5m/);
    await page.getByRole('button', { name: '5 m', pressed: true }).waitFor();
  }));

test('rows keep their places under the pointer; the new order is offered', () =>
  withPage(browser, server.url, '/pods?window=5m', {}, async (page) => {
    const names = () => page.locator('.tr.row .name').evaluateAll((all) => all.slice(0, 12).map((name) => name.title));
    await page.locator('.tr.row .name').nth(11).waitFor();
    await page.locator('.tr.row').nth(2).hover();
    const held = await names();
    await page.getByRole('button', { name: 'New order' }).waitFor({ timeout: 20_000 });
    assert.deepEqual(await names(), held);
    await page.mouse.move(5, 5);
    await page.getByRole('button', { name: 'New order' }).waitFor({ state: 'detached' });
  }));

test('one stream for all tabs of a browser', async () => {
  const first = await openPage(browser, server.url, '/nodes');
  await first.page.getByRole('button', { name: /Live/ }).waitFor();
  let streams = 0;
  const count = (request) => request.url().includes('/api/v1/stream') && streams++;
  first.page.on('request', count);
  const second = await openPage(browser, server.url, '/pods', { context: first.context });
  second.page.on('request', count);
  await second.page.getByRole('button', { name: /Live/ }).waitFor();
  await second.page.waitForTimeout(1500);
  assert.equal(streams, 0, 'the second tab opens no stream of its own');
  const taken = second.page.waitForRequest(/\/api\/v1\/stream/);
  await first.page.close();
  await taken;
  await second.close();
  await first.context.close();
});

/** What the keyboard goes to is never under the note: to the page's end and back. */
async function reachesAll(page, width) {
  await page.setViewportSize({ width, height: 780 });
  const seen = new Set();
  for (const key of ['Tab', 'Shift+Tab']) {
    for (let step = 0; step < 200; step++) {
      await page.keyboard.press(key);
      const focus = await page.evaluate(() => {
        const at = document.activeElement;
        if (!at || at === document.body) return null;
        const { left, right, top, bottom } = at.getBoundingClientRect();
        const over = document.elementFromPoint((left + right) / 2, (top + bottom) / 2)?.closest('.note.floating, .top');
        return { name: at.outerHTML.slice(0, 120), hidden: over !== null && over !== undefined && !over.contains(at) };
      });
      if (!focus) break;
      seen.add(focus.name);
      assert.ok(!focus.hidden, `under the note or the top bar at ${width}: ${focus.name}`);
    }
  }
  assert.ok(seen.size > 20, `only ${seen.size} reached`);
}

test('a lost server is shown, and the page heals by itself', async () => {
  const own = await startServer({ flags: ['--interval', '1s'] });
  let feed = await startSimulator(own.grpc, FLAGS);
  await eventually(async () => (await get(own.url, '/api/v1/nodes?limit=1')).total === 14, 'the nodes');
  const opened = await openPage(browser, own.url, '/', { quiet: [/net::ERR_|50\d/] });
  const { page } = opened;
  await page.getByRole('button', { name: /Live/ }).waitFor();
  await page.locator('.total .big .num').first().waitFor();
  const heading = () => page.locator('h1').boundingBox();
  const before = await heading();
  await own.stop('SIGKILL');
  await feed.stop();
  await page.getByText(/Connection lost/).waitFor();
  assert.deepEqual(await heading(), before, 'the note moves nothing');
  await page.getByRole('button', { name: /Offline/ }).waitFor();
  assert.equal(await page.locator('.lost-data').count(), 1, 'colour is live data');
  assert.notEqual(await bigNumber(page), '–', 'the last known state stays');
  for (const width of [1280, 360]) await reachesAll(page, width);
  const back = await startServer({ http: own.http, grpc: own.grpc, flags: ['--interval', '1s'] });
  feed = await startSimulator(back.grpc, FLAGS);
  await page.getByText(/Connection lost/).waitFor({ state: 'detached', timeout: 30_000 });
  await page.getByRole('button', { name: /Live/ }).waitFor();
  const number = await bigNumber(page);
  await page.waitForFunction((text) => document.querySelector('.total .big')?.textContent !== text, number);
  // Findings have come and gone, more or fewer by how fast the nodes return: shifts that are meant.
  assert.deepEqual(opened.faults, []);
  await opened.context.close();
  await feed.stop();
  await back.stop();
});

test('a new user with one node and no pods sees a page that makes sense', async () => {
  const own = await startServer();
  await withPage(browser, own.url, '/', { quiet: [/503/] }, async (page) => {
    await page.getByText(/The server is (starting|running)/).waitFor({ timeout: 30_000 });
  });
  await own.stop();
});

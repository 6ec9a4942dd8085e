// A dashboard that stays open for days: its memory does not grow with the ticks, nor with the pages gone through. MEMORY_MINUTES (1) is how
// long it is watched after the warm-up.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { launch, openPage } from './browser.mjs';
import { eventually, get, startServer, startSimulator, stopAll } from './cluster.mjs';

const MINUTES = Number(process.env.MEMORY_MINUTES ?? 1);
const WARM_UP_ROUNDS = 12; // what the engine compiles, and what each page keeps once
const WINDOW = '?window=5m'; // full from the start: the answers do not grow either
let server;
let browser;
before(async () => {
  server = await startServer({ flags: ['--interval', '1s'] });
  await startSimulator(server.grpc, ['--nodes', '14', '--interval', '1s', '--backfill', '6m', '--churn', '60', '--seed', '7']);
  await eventually(async () => (await get(server.url, '/api/v1/nodes?limit=1')).total === 14 && (await get(server.url, '/api/v1/status')).retention.heldSeconds > 330, 'the nodes');
  browser = await launch();
});
after(async () => {
  await browser?.close();
  await stopAll();
});

/** What a page holds once its garbage is gone. */
async function meter(page) {
  const session = await page.context().newCDPSession(page);
  return async () => {
    await page.evaluate(() => void window.shifts.splice(0)); // what the test itself keeps
    await session.send('HeapProfiler.collectGarbage');
    const { usedSize, backingStorageSize = 0 } = await session.send('Runtime.getHeapUsage');
    const { documents, nodes, jsEventListeners: listeners } = await session.send('Memory.getDOMCounters');
    return { heapBytes: usedSize + backingStorageSize, documents, nodes, listeners };
  };
}

/** From page to page without loading anew, and back to where it began. */
async function goRound(page) {
  const open = (name) => page.getByRole('navigation').getByRole('link', { name, exact: true }).click();
  for (const name of ['Overview', 'Nodes', 'Namespaces', 'Workloads']) {
    await open(name);
    await page.locator('.tr.row .name, .total .big .num').first().waitFor();
  }
  await page.keyboard.press('Control+k');
  await page.getByRole('combobox').fill('node-0001');
  await page.getByRole('option', { name: 'node-0001', exact: true }).waitFor();
  await page.keyboard.press('Enter');
  await page.waitForURL(/node-0001/);
  await page.locator('.uplot').first().waitFor();
  await open('Pods');
  await page.locator('.tr.row .name').nth(9).waitFor();
}

/** The least of the samples: the engine frees the page before late, and what leaks never. */
const least = (samples, key) => Math.min(...samples.map((sample) => sample[key]));
/** By how much that may grow: the engine goes on to compile what is used often, a page before is not always gone. */
const ALLOWED = { heapBytes: 1.25, documents: 1, nodes: 1.15, listeners: 1.5 };

function assertSteady(name, samples) {
  const third = Math.floor(samples.length / 3);
  const grown = [];
  const told = Object.entries(ALLOWED).map(([key, allowed]) => {
    const [first, last] = [samples.slice(0, third), samples.slice(-third)].map((part) => least(part, key));
    if (last > first * allowed) grown.push(key);
    return `${key} ${first} → ${last}`;
  });
  const text = `${name}: ${told.join(', ')} (${samples.length} samples)`;
  console.log(text);
  assert.deepEqual(grown, [], text);
}

test('memory is steady while ticks come and pages go', { timeout: (MINUTES + 8) * 60_000 }, async () => {
  const overview = await openPage(browser, server.url, `/${WINDOW}`);
  const pods = await openPage(browser, server.url, `/pods${WINDOW}`, { context: overview.context });
  overview.context.setDefaultTimeout(120_000); // a busy machine is no leak
  const meters = { overview: await meter(overview.page), pods: await meter(pods.page) };
  const samples = { overview: [], pods: [] };
  let end = Infinity;
  for (let round = 0; performance.now() < end; round++) {
    await goRound(pods.page);
    if (round < WARM_UP_ROUNDS) continue;
    if (round === WARM_UP_ROUNDS) end = performance.now() + MINUTES * 60_000;
    for (let rest = 0; rest < 3; rest++) {
      await pods.page.waitForTimeout(500);
      for (const [name, measure] of Object.entries(meters)) samples[name].push(await measure());
    }
  }
  for (const { faults } of [overview, pods]) assert.deepEqual(faults, []);
  await overview.context.close();
  for (const name of Object.keys(samples)) assertSteady(name, samples[name]);
});

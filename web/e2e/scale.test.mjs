// A large cluster: what a reader feels, measured and said; nothing here is held to a time. SCALE_NODES=5000 is the largest.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { launch, openPage } from './browser.mjs';
import { eventually, get, startServer, startSimulator, stopAll } from './cluster.mjs';

const NODES = Number(process.env.SCALE_NODES ?? 1000);
const PODS = NODES * 30;
const FRAMES = 120;
let server;
let browser;
before(async () => {
  server = await startServer();
  await startSimulator(server.grpc, ['--nodes', String(NODES), '--namespaces', '100', '--deployments', '3000']);
  await eventually(async () => (await get(server.url, '/api/v1/pods?limit=1&metrics=cpuMillicores')).total >= PODS * 0.99 && (await get(server.url, '/api/v1/nodes?limit=1')).total === NODES, `${PODS} pods`, 240);
  browser = await launch();
}, { timeout: 280_000 });
after(async () => {
  await browser?.close();
  await stopAll();
});

/** The slowest interaction so far: from the key or click to the next painted frame. */
async function watchInteractions(page) {
  await page.evaluate(() => {
    window.interactions = [];
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries()) if (entry.interactionId) window.interactions.push(entry.duration);
    }).observe({ type: 'event', durationThreshold: 16 });
  });
  return () => page.evaluate(() => window.interactions.splice(0));
}

/** Scrolls the table by so many pixels a frame; how long the frames took, in order. */
function scroll(page, pixels) {
  return page.evaluate(async ([count, by]) => {
    const scroller = document.querySelector('.scroller');
    const gaps = [];
    let before = performance.now();
    for (let frame = 0; frame < count; frame++) {
      scroller.scrollTop += by;
      await new Promise((done) => requestAnimationFrame(done));
      const now = performance.now();
      gaps.push(now - before);
      before = now;
    }
    return gaps.sort((a, b) => a - b);
  }, [FRAMES, pixels]);
}

test('first contentful paint from a warm server', async () => {
  const times = [];
  for (let round = 0; round < 3; round++) {
    const opened = await openPage(browser, server.url, '/', {});
    await opened.page.locator('.total .big .num').first().waitFor();
    times.push(await opened.page.evaluate(() => performance.getEntriesByName('first-contentful-paint')[0].startTime));
    const useful = await opened.page.evaluate(() => performance.now());
    console.log(`first contentful paint ${Math.round(times.at(-1))} ms, figures by ${Math.round(useful)} ms`);
    await opened.close();
  }
});

test('the heat map holds all nodes; its keys answer at once', async () => {
  const opened = await openPage(browser, server.url, '/', {});
  const { page } = opened;
  const map = page.getByRole('group', { name: /Arrow keys/ });
  await map.waitFor({ timeout: 30_000 });
  const read = await watchInteractions(page);
  await map.focus();
  for (let step = 0; step < 12; step++) await page.keyboard.press(step % 3 ? 'ArrowRight' : 'ArrowDown');
  await page.locator('.tip').waitFor();
  const slowest = Math.max(0, ...(await read()));
  console.log(`heat map: slowest interaction ${slowest} ms`);
  await opened.close();
});

test('all pods: scroll, sort, filter, move', async () => {
  const opened = await openPage(browser, server.url, '/pods', {});
  const { page } = opened;
  await page.locator('.tr.row .name').first().waitFor({ timeout: 30_000 });
  const read = await watchInteractions(page);
  const session = await page.context().newCDPSession(page);
  await session.send('Performance.enable');
  const work = async () => Object.fromEntries((await session.send('Performance.getMetrics')).metrics.map(({ name, value }) => [name, value * 1000]));
  for (const [how, pixels] of [['as a wheel that is turned fast', 120], ['as a dragged bar, all rows new', 900]]) {
    const before = await work();
    const frames = await scroll(page, pixels);
    // Without the drawing itself, which a graphics card does elsewhere.
    const own = await work();
    const each = ['ScriptDuration', 'RecalcStyleDuration', 'LayoutDuration'].map((name) => ((own[name] - before[name]) / FRAMES).toFixed(1));
    console.log(`scrolling, ${how}: script ${each[0]} ms, style ${each[1]} ms, layout ${each[2]} ms a frame; frame median ${frames[FRAMES * 0.5].toFixed(1)} ms, 95th percentile ${frames[FRAMES * 0.95].toFixed(1)} ms`);
  }
  await page.getByRole('grid').focus();
  for (const key of ['End', 'PageUp', 'ArrowUp', 'Home', 'ArrowDown', 'PageDown']) {
    await page.keyboard.press(key);
    await page.waitForTimeout(60);
  }
  await page.getByRole('button', { name: 'Memory' }).click();
  await page.getByRole('textbox', { name: 'Filter by name' }).pressSequentially('app-100', { delay: 40 });
  await page.waitForURL(/q=app-100/);
  await page.waitForFunction(() => {
    const names = [...document.querySelectorAll('.tr.row .name')];
    return names.length > 0 && names.every((name) => name.title.startsWith('app-100'));
  });
  const all = (await read()).sort((a, b) => a - b);
  const next = all[Math.floor(all.length * 0.98)] ?? 0;
  console.log(`interaction to next paint: ${next} ms (98th percentile of ${all.length}), slowest ${all.at(-1) ?? 0} ms`);
  assert.ok(all.length > 0, 'no interaction was seen');
  await opened.close();
});

// Each question that the dashboard answers, as a user would ask it.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { launch, withPage } from './browser.mjs';
import { get, startCluster, stopAll } from './cluster.mjs';

let cluster;
let browser;
before(async () => {
  cluster = await startCluster({ nodes: 20, flags: ['--churn', '6'] });
  browser = await launch();
});
after(async () => {
  await browser?.close();
  await stopAll();
});
const on = (path, options, run) => withPage(browser, cluster.url, path, options, run);

test('is the cluster all right? one sentence, sums, nodes', () =>
  on('/', {}, async (page) => {
    await page.getByRole('heading', { level: 1, name: /Capacity is fine\.|nearly used up\./ }).waitFor();
    await page.getByText('20 nodes report').waitFor();
    assert.equal(await page.locator('a.cell').count(), 20);
    await page.locator('.consumers .list-row .name').first().waitFor();
    await page.locator('a.cell').nth(3).hover();
    await page.locator('.tip').getByText(/CPU \d+ %/).waitFor();
    for (const name of ['Needs attention', 'Biggest movers', 'Top consumers']) await page.getByRole('heading', { name, exact: name === 'Needs attention' }).waitFor();
    assert.equal(await page.locator('.consumers .list-row').count(), 8);
  }));

test('who uses it? sort and filter on the server, in the URL', () =>
  on('/pods', {}, async (page) => {
    const total = (await get(cluster.url, '/api/v1/pods?limit=1')).total;
    await page.getByText(`of ${total.toLocaleString('en-US')}`).waitFor();
    await page.getByRole('button', { name: 'Memory' }).click();
    await page.waitForURL(/sort=-memoryWorkingSetBytes/);
    await page.locator('[aria-sort="descending"]', { hasText: 'Memory' }).waitFor();
    await page.getByRole('textbox', { name: 'Filter by name' }).fill('app-001');
    await page.waitForURL(/q=app-001/);
    await page.waitForFunction(() => [...document.querySelectorAll('.tr.row .name')].length > 0 && [...document.querySelectorAll('.tr.row .name')].every((name) => name.title.includes('app-001')));
    await page.getByRole('button', { name: /Namespace/ }).click();
    await page.getByRole('button', { name: 'ns-001', exact: true }).click();
    await page.waitForURL(/namespace=ns-001/);
    await page.reload();
    assert.equal(await page.getByRole('textbox', { name: 'Filter by name' }).inputValue(), 'app-001');
    await page.locator('.tr.row .under-name', { hasText: 'ns-001' }).first().waitFor();
    await page.getByRole('textbox', { name: 'Filter by name' }).fill('nothing-is-called-so');
    await page.getByText('No match').waitFor();
    await page.getByRole('button', { name: 'Clear filters' }).click();
    await page.getByText(`of ${total.toLocaleString('en-US')}`).waitFor();
  }));

test('every kind of object has its table and its page', async () => {
  for (const [list, row, heading] of [['/nodes', 'node-0001', 'Where it goes'], ['/namespaces', 'ns-001', 'Workloads'], ['/workloads', 'app-001', 'Lifetimes']]) {
    await on(`${list}?sort=name`, {}, async (page) => {
      await page.locator('.tr.row').getByTitle(row).first().click();
      await page.waitForURL((url) => url.pathname.startsWith(`${list}/`));
      await page.getByRole('heading', { level: 1, name: row }).waitFor();
      await page.getByRole('heading', { name: heading }).waitFor();
      await page.locator('.uplot').first().waitFor();
    });
  }
});

test('why? a node’s ledger adds up as printed', () =>
  on('/nodes/node-0002', {}, async (page) => {
    await page.getByRole('row', { name: /Node, used/ }).waitFor();
    const rows = await page.locator('.ledger tbody tr').evaluateAll((all) => all.map((row) => [...row.querySelectorAll('td')].map((cell) => Number(cell.textContent.replace('−', '-')))));
    for (const [column, digits] of [[0, 3], [2, 2]]) {
      const parts = rows.slice(0, 4).reduce((sum, row) => sum + row[column], 0);
      assert.equal(parts.toFixed(digits), rows[4][column].toFixed(digits));
    }
    await page.getByRole('heading', { name: /Host processes/ }).waitFor();
    await page.getByText('kubelet', { exact: true }).waitFor();
  }));

test('one cursor for all charts tells exact time and values', async () => {
  const { items } = await get(cluster.url, '/api/v1/pods?sort=name&limit=1');
  const { namespace, name } = items[0];
  await on(`/pods/${namespace}/${name}`, {}, async (page) => {
    const plots = page.locator('.u-over');
    await plots.nth(1).waitFor();
    const box = await plots.first().boundingBox();
    await page.mouse.move(box.x + box.width - 30, box.y + 40);
    const time = await page.locator('.ruler b').textContent();
    await page.getByText(/ago/).first().waitFor();
    const lines = await page.locator('.u-cursor-x').evaluateAll((all) => all.map((line) => line.style.transform));
    assert.ok(lines.length >= 4 && lines.every((line) => !line.includes('-10px')), `a cursor on every chart: ${lines}`);
    const at = Date.parse(`${new Date().toISOString().slice(0, 10)}T${time}Z`) / 1000;
    const pod = await get(cluster.url, `/api/v1/namespaces/${namespace}/pods/${name}?end=${at}&window=10&metrics=cpuMillicores`);
    const value = pod.series.cpuMillicores[0];
    const shown = await page.locator('.chart').first().locator('.legend b').first().textContent();
    if (value !== null) assert.equal(shown, value < 9.95 ? `${value.toFixed(1)} m` : `${Math.round(value)} m`);
    await page.locator('.chart').first().focus();
    await page.keyboard.press('Shift+ArrowLeft');
    await page.waitForFunction((before) => document.querySelector('.ruler b')?.textContent !== before, time);
  });
});

test('a drag zooms all charts, the URL has it, Esc takes it back', () =>
  on('/nodes/node-0003', {}, async (page) => {
    const plot = page.locator('.u-over').first();
    await plot.waitFor();
    const box = await plot.boundingBox();
    await page.mouse.move(box.x + box.width * 0.3, box.y + 50);
    await page.mouse.down();
    await page.mouse.move(box.x + box.width * 0.6, box.y + 50, { steps: 6 });
    await page.mouse.up();
    await page.waitForURL(/zoom=\d+-\d+/);
    await page.getByRole('button', { name: /Reset zoom/ }).waitFor();
    const [from, to] = new URL(page.url()).searchParams.get('zoom').split('-').map(Number);
    assert.ok(to - from > 900 && to - from < 1300, `${to - from} s`);
    await page.reload();
    await page.getByRole('button', { name: /Reset zoom/ }).waitFor();
    await page.keyboard.press('Escape');
    await page.waitForURL((url) => !url.searchParams.has('zoom'));
    await page.goBack();
    await page.waitForURL(/zoom=/);
  }));

test('⌘K jumps to any object by a part of its name', () =>
  on('/', {}, async (page) => {
    await page.getByRole('heading', { level: 1, name: /Capacity|CPU|Memory/ }).waitFor();
    await page.keyboard.press('Control+k');
    await page.getByRole('combobox').fill('node-0007');
    await page.getByRole('option', { name: 'node-0007' }).first().waitFor();
    await page.keyboard.press('Enter');
    await page.waitForURL(/\/nodes\/node-0007/);
    await page.keyboard.press('Control+k');
    await page.getByRole('combobox').fill('there-is-no-such-thing');
    await page.getByText('No object is called').waitFor();
    await page.keyboard.press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'detached' });
  }));

test('⌘K takes what is typed at once, while the parts that are loaded later are on their way', async () => {
  const first = await (await fetch(cluster.url)).text();
  await on('/', {}, async (page) => {
    let held = 0;
    await page.route('**/*.js', async (route) => {
      if (!first.includes(new URL(route.request().url()).pathname)) {
        held++;
        await new Promise((done) => setTimeout(done, 2000));
      }
      await route.continue();
    });
    await page.reload();
    await page.getByRole('link', { name: 'Pods', exact: true }).waitFor();
    await page.keyboard.press('Control+k');
    await page.keyboard.type('node-0007');
    assert.equal(await page.getByRole('combobox').inputValue(), 'node-0007');
    assert.ok(held > 0, 'nothing was held back');
  });
});

test('what is not there is said, with the next step', async () => {
  for (const [path, words] of [['/pods/ns-001/gone', 'No pod gone in ns-001'], ['/nodes/gone', 'No node gone'], ['/nonsense', 'There is no such page.']]) {
    await withPage(browser, cluster.url, path, { quiet: [/404/] }, async (page) => {
      await page.getByText(words).waitFor();
      await page.getByRole('link', { name: /^(All|To the)/ }).waitFor();
    });
  }
});

// The figures of now that lists, the overview's sums, a node's ledger and a pod's containers show, against the REST API's at the same tick: of
// a simulated cluster, or of the running server that FIGURES_URL names.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { launch, withPage } from './browser.mjs';
import { get, startCluster, stopAll } from './cluster.mjs';
import { says } from './says.mjs';

const ROWS = 12; // looked at in each list: they are on the screen
const WINDOW = 'window=5m';
let url = process.env.FIGURES_URL?.replace(/\/$/, '');
let browser;
let tick;
before(async () => {
  url ??= (await startCluster({ nodes: 3, flags: ['--churn', '6'] })).url;
  browser = await launch();
  ({ end: tick } = (await get(url, '/api/v1/cluster?window=10&metrics=cpuMillicores')).window);
});
after(async () => {
  await browser?.close();
  await stopAll();
});
const at = (path, run) => withPage(browser, url, `${path}?at=${tick}&${WINDOW}`, { width: 2200 }, run);

const gone = (item) => item.stale || item.terminated || item.usage === null;
const usage = (key) => (item) => (gone(item) ? null : item.usage[key]);
const workingSet = (item) => (gone(item) ? null : (item.usage.memoryWorkingSetBytes ?? item.usage.memoryBytes));
const RATES = {
  Received: usage('networkRxBytesPerSecond'), Sent: usage('networkTxBytesPerSecond'), 'Disk read': usage('diskReadBytesPerSecond'), 'Disk write': usage('diskWriteBytesPerSecond'),
};
const THROTTLED = { Throttled: (item) => (gone(item) ? null : item.throttling?.throttledPercent) };
const OF_SUMS = { CPU: usage('cpuMillicores'), Memory: workingSet, ...THROTTLED, ...RATES, Nodes: (item) => item.nodeCount, Pods: (item) => item.podCount };
const OF_CONTAINERS = { CPU: usage('cpuMillicores'), Memory: workingSet, ...THROTTLED, 'Rest.': (item) => item.restartCount };
const NOT_SIMULATED = ['Throttled'];
const LISTS = {
  nodes: {
    CPU: usage('cpuMillicores'), Memory: usage('memoryBytes'), ...RATES, Processes: usage('processCount'),
    'I/O pressure': (item) => (gone(item) ? null : item.pressure?.ioSomePercent), 'Memory pressure': (item) => (gone(item) ? null : item.pressure?.memorySomePercent),
  },
  namespaces: OF_SUMS,
  workloads: OF_SUMS,
  pods: { CPU: usage('cpuMillicores'), Memory: workingSet, ...THROTTLED, ...RATES, 'Rest.': (item) => item.restartCount },
};

/** Compares a table's rows, in order, with the items: how many figures there were, and the columns without any. */
async function compareRows(page, table, items, columns) {
  await table.locator('[aria-rowindex="2"] .name-cell').waitFor();
  const names = await table.locator('.th > div').evaluateAll((all) => all.map((cell) => cell.textContent));
  for (const name of Object.keys(columns)) assert.ok(names.includes(name), `no column ${name} in ${names}`);
  const wrong = [];
  const measured = Object.fromEntries(Object.keys(columns).map((name) => [name, 0]));
  for (const [index, item] of items.entries()) {
    const cells = await table.locator(`[aria-rowindex="${index + 2}"] > div`).evaluateAll((all) => all.map((cell) => [(cell.querySelector('.value') ?? cell).textContent, cell.querySelector('[title]')?.title]));
    if (cells[0]?.[1] !== item.name) wrong.push(`row ${index} is ${cells[0]?.[1]}, not ${item.name}`);
    for (const [name, value] of Object.entries(columns)) {
      if (value(item) != null) measured[name]++;
      const text = cells[names.indexOf(name)]?.[0] ?? '';
      if (!says(text, value(item))) wrong.push(`${item.name}: ${name} is ${text}, not ${value(item)}`);
    }
  }
  assert.deepEqual(wrong, []);
  const figures = Object.values(measured).reduce((sum, count) => sum + count, 0);
  return { figures, empty: Object.keys(measured).filter((name) => measured[name] === 0) };
}

for (const [list, columns] of Object.entries(LISTS)) {
  test(`the figures of ${list} are the REST API’s`, async () => {
    const { items } = await get(url, `/api/v1/${list}?end=${tick}&limit=${ROWS}&sort=-cpuMillicores`);
    assert.ok(items.length > 0);
    await at(`/${list}`, async (page) => {
      const { figures, empty } = await compareRows(page, page.getByRole('grid'), items, columns);
      console.log(`${list}: ${figures} figures are equal; not measured: ${empty.join(', ') || 'nothing'}`);
      if (!process.env.FIGURES_URL) assert.deepEqual(empty, NOT_SIMULATED.filter((name) => name in columns));
    });
  });
}

test('the overview’s sums are the REST API’s', async () => {
  const cluster = await get(url, `/api/v1/cluster?end=${tick}&window=300`);
  await at('/', async (page) => {
    await page.locator('.total .big .num').nth(5).waitFor();
    const shown = await page.locator('.total .big').allTextContents();
    const keys = ['cpuMillicores', 'memoryBytes', 'diskReadBytesPerSecond', 'diskWriteBytesPerSecond', 'networkRxBytesPerSecond', 'networkTxBytesPerSecond'];
    const wrong = keys.map((key, index) => [key, shown[index] ?? '', cluster.usage[key]]).filter(([, text, value]) => !says(text, value));
    assert.deepEqual(wrong, []);
  });
});

test('a node’s ledger is the REST API’s', async () => {
  const { items } = await get(url, `/api/v1/nodes?end=${tick}&sort=-cpuMillicores&limit=${ROWS}`);
  const nodes = await Promise.all(items.map(({ name }) => get(url, `/api/v1/nodes/${name}?end=${tick}`)));
  const node = nodes.find(({ breakdown }) => breakdown); // of one without cgroup v2 there is none
  await at(`/nodes/${node.name}`, async (page) => {
    await page.getByRole('row', { name: /Node, used/ }).waitFor();
    const rows = await page.locator('.ledger tbody tr').evaluateAll((all) => all.map((row) => [...row.querySelectorAll('td')].map((cell) => cell.textContent)));
    for (const [index, part] of ['pods', 'systemServices', 'kernelAndOther', 'unattributed'].entries()) {
      const { cpuMillicores, memoryBytes } = node.breakdown[part];
      assert.ok(says(rows[index][0], cpuMillicores, 'cores'), `${part}: ${rows[index]}, not ${cpuMillicores}`);
      assert.ok(says(rows[index][2], memoryBytes, 'GiB'), `${part}: ${rows[index]}, not ${memoryBytes}`);
    }
  });
});

test('the figures of a pod’s containers are the REST API’s', async () => {
  const { items } = await get(url, `/api/v1/pods?end=${tick}&sort=-cpuMillicores&limit=1`);
  const pod = await get(url, `/api/v1/namespaces/${items[0].namespace}/pods/${items[0].name}?end=${tick}`);
  await at(`/pods/${pod.namespace}/${pod.name}`, async (page) => {
    const table = page.getByRole('grid', { name: /Containers/ });
    const { figures } = await compareRows(page, table, pod.containers, OF_CONTAINERS);
    console.log(`containers: ${figures} figures are equal`);
  });
});

// The browser suite against the real server: `npm run e2e`. BIN is the folder with the programs (default ../out/bin), CHROMIUM the browser.
// Arguments name test files; none: all.
import { globSync } from 'node:fs';
import { basename, join } from 'node:path';
import { run } from 'node:test';
import { spec } from 'node:test/reporters';

const wanted = process.argv.slice(2);
const files = globSync(join(import.meta.dirname, '*.test.mjs')).sort().filter((file) => wanted.length === 0 || wanted.some((name) => basename(file).startsWith(name)));
let passed = 0;
let failed = files.length === 0 ? 1 : 0;
const leaf = (event) => event.details?.type !== 'suite';
const stream = run({ files, concurrency: 1, timeout: 1_800_000 });
stream.on('test:pass', (event) => {
  if (leaf(event) && event.name !== event.file && !event.skip) passed++;
});
stream.on('test:fail', (event) => {
  if (leaf(event)) failed++;
});
stream.compose(new spec()).pipe(process.stdout);
stream.on('end', () => {
  process.exitCode = failed === 0 ? 0 : 1;
  setImmediate(() => process.stdout.write(`${passed} passed, ${failed} failed\n`));
});

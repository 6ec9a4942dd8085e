// The checks of the dashboard, one after the other, and one line that counts them: `npm run check`. BIN is the folder with the programs. The large
// cluster of the browser suite is a middling one here (700 nodes: a canvas, no cells), SCALE_NODES for another size; `npm run e2e` by itself has 1,000 nodes.
import { spawnSync } from 'node:child_process';

let passed = 0;
let failed = 0;
const environment = { SCALE_NODES: '700', ...process.env, NO_COLOR: '1' };
const count = (good, bad) => {
  passed += good;
  failed += bad;
};

/** Runs a script of package.json; shows its output and returns it. */
function run(script) {
  console.log(`\n> ${script}`);
  const { status, stdout } = spawnSync('npm', ['run', '--silent', script], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'], env: environment, maxBuffer: 1 << 28 });
  process.stdout.write(stdout);
  return { ok: status === 0, stdout };
}

for (const script of ['lint', 'typecheck']) count(...(run(script).ok ? [1, 0] : [0, 1]));

// A runner that ends without its summary has failed, whatever it printed before.
function suite(script, pattern) {
  const { ok, stdout } = run(script);
  const line = [...stdout.matchAll(pattern)].at(-1)?.groups;
  const bad = Number(line?.failed ?? 0);
  count(Number(line?.passed ?? 0), ok ? bad : Math.max(1, bad));
}
suite('test', /Tests\s+(?:(?<failed>\d+) failed \| )?(?<passed>\d+) passed/g);
suite('e2e', /^(?<passed>\d+) passed, (?<failed>\d+) failed$/gm);

console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed === 0 ? 0 : 1;

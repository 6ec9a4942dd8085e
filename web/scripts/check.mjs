// The checks of the dashboard, one after the other, and one line that counts them: `npm run check`. BIN is the folder with the programs. Of the
// browser suite it runs what a user asks; `npm run e2e` runs all.
import { spawnSync } from 'node:child_process';

let passed = 0;
let failed = 0;
const count = (good, bad) => {
  passed += good;
  failed += bad;
};

/** Runs a script of package.json; shows its output and returns it. */
function run(script, ...args) {
  console.log(`\n> ${[script, ...args].join(' ')}`);
  const { status, stdout } = spawnSync('npm', ['run', '--silent', script, '--', ...args], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'], env: { ...process.env, NO_COLOR: '1' }, maxBuffer: 1 << 28 });
  process.stdout.write(stdout);
  return { ok: status === 0, stdout };
}

for (const script of ['lint', 'typecheck']) count(...(run(script).ok ? [1, 0] : [0, 1]));

// A runner that ends without its summary has failed, whatever it printed before.
function suite(script, pattern, ...args) {
  const { ok, stdout } = run(script, ...args);
  const line = [...stdout.matchAll(pattern)].at(-1)?.groups;
  const bad = Number(line?.failed ?? 0);
  count(Number(line?.passed ?? 0), ok ? bad : Math.max(1, bad));
}
suite('test', /Tests\s+(?:(?<failed>\d+) failed \| )?(?<passed>\d+) passed/g);
suite('e2e', /^(?<passed>\d+) passed, (?<failed>\d+) failed$/gm, 'answers');

console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed === 0 ? 0 : 1;

// Starts the real programs for the tests: the API server, and what feeds it.
import { spawn } from 'node:child_process';
import { join, resolve } from 'node:path';

export const BIN = resolve(process.env.BIN ?? join(import.meta.dirname, '../../out/bin'));

const running = new Set();

/** Ends all that a test has started and has not ended itself, as it could not if it failed: the runner waits for them. */
export const stopAll = () => Promise.all([...running].map((stop) => stop('SIGKILL')));

/** Runs a program; `line` is the first line of its output that matches. */
function start(name, args, ready) {
  const child = spawn(join(BIN, name), args, { stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  let errors = '';
  child.stderr.on('data', (data) => (errors = (errors + data).slice(-4000)));
  const line = new Promise((done, fail) => {
    child.on('error', fail);
    child.on('exit', (code) => fail(new Error(`${name} ended with ${code}: ${errors}`)));
    child.stdout.on('data', (data) => {
      output += data;
      const match = ready?.exec(output);
      if (match) done(match);
    });
    if (!ready) setTimeout(() => done(null), 200);
  });
  line.catch(() => undefined); // told by who waits
  let stopped = false;
  const stop = (signal = 'SIGTERM') =>
    new Promise((done) => {
      stopped = true;
      if (child.exitCode !== null || child.signalCode !== null) return done();
      child.on('exit', () => done());
      child.kill(signal);
    });
  running.add(stop);
  child.on('exit', (code, signal) => {
    running.delete(stop);
    if (!stopped) console.error(`${name} ended by itself with ${code ?? signal}: ${errors}`);
  });
  return { line, stop };
}

export async function startServer({ http = '127.0.0.1:0', grpc = '127.0.0.1:0', flags = [] } = {}) {
  const server = start('kubemonitor-apiserver', ['--grpc-listen', grpc, '--http-listen', http, ...flags], /listening grpc=(\S+) http=(\S+)/);
  const [, grpcAddress, httpAddress] = await server.line;
  return { grpc: grpcAddress, http: httpAddress, url: `http://${httpAddress}`, stop: server.stop };
}

export async function startSimulator(grpc, flags) {
  const simulator = start('kubemonitor-simulator', ['--api-server', grpc, ...flags], null);
  await simulator.line;
  return simulator;
}

export async function get(url, path) {
  const response = await fetch(url + path);
  if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`);
  return response.json();
}

/** The first truthy value of an asynchronous question. */
export async function eventually(ask, what, seconds = 60) {
  const end = performance.now() + seconds * 1000;
  for (;;) {
    const value = await ask().catch(() => null);
    if (value) return value;
    if (performance.now() > end) throw new Error(`not within ${seconds} s: ${what}`);
    await new Promise((done) => setTimeout(done, 200));
  }
}

/** A server with an hour of a simulated cluster in it. */
export async function startCluster({ nodes = 20, flags = [], serverFlags = [] } = {}) {
  const server = await startServer({ flags: serverFlags });
  await startSimulator(server.grpc, ['--nodes', String(nodes), '--backfill', '1h', ...flags]);
  const filled = async () => (await get(server.url, '/api/v1/nodes?limit=1')).total === nodes && (await get(server.url, '/api/v1/status')).retention.heldSeconds > 3500;
  await eventually(filled, `${nodes} nodes with an hour`, 120);
  return server;
}

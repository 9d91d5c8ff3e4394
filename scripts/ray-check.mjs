/**
 * Checks fits on a real Ray: a head and three more raylets on this machine. Run it by `sh scripts/with-ray.sh node
 * scripts/ray-check.mjs`. `--faults 3` has each fault at three moments of a fit, `--only TEXT` the checks of such names. Prints what it found, and counts
 * last.
 */
import { execFileSync, spawn } from 'node:child_process';
import { copyFileSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { bitsOf } from './bits.mjs';
import { line } from './counts.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const { fitMixture } = await import(join(root, 'dist/node/index.js'));
const { openSource } = await import(join(root, 'dist/node/sources.js'));
const { values: asked } = parseArgs({
  options: { faults: { type: 'string', default: '1' }, only: { type: 'string', default: '' } },
});

const python = process.env.OTMIX_PYTHON;
if (!python)
  throw new Error('OTMIX_PYTHON was expected to name a Python that has Ray: run sh scripts/with-ray.sh node …');
/** What workers of this check are found by. */
const mark = `otmix-check-${process.pid}`;
const command = [process.execPath, `--title=${mark}`, join(root, 'dist/node/cli/main.js'), 'worker'];
const scratch = mkdtempSync(join(tmpdir(), 'otmix-ray-check-'));
const counts = { passed: 0, failed: 0, skipped: 0 };
let address = '';
/** What all others are compared with. */
const FIRST = 'units swept by one process without Ray';

/** Rows of three clusters, the same every time. */
function writeNpy(path, rows, d, seed) {
  let state = seed;
  const uniform = () => (state = (state * 48271) % 2147483647) / 2147483647;
  const normal = () => Math.sqrt(-2 * Math.log(uniform())) * Math.cos(2 * Math.PI * uniform());
  const values = new Float64Array(rows * d);
  for (let row = 0; row < rows; row++) {
    const cluster = Math.floor(3 * uniform());
    for (let j = 0; j < d; j++) values[row * d + j] = normal() + 2.5 * cluster * (j + 1) + 100;
  }
  const header = `{'descr': '<f8', 'fortran_order': False, 'shape': (${rows}, ${d}), }`.padEnd(117) + '\n';
  const head = Buffer.from(`\x93NUMPY\x01\x00${String.fromCharCode(118)}\x00${header}`, 'latin1');
  writeFileSync(path, Buffer.concat([head, Buffer.from(values.buffer)]));
}

const options = { components: 5, maxIterations: 40, tolerance: 0, acceleration: 'none', seed: 3 };
const clusterOf = (workers, more = {}) => ({ address, workers, unitRows: 1024, command, python, ...more });

async function fitted(cluster, { onProgress, ...more } = {}) {
  const source = await openSource(join(scratch, '*.npy'));
  return bitsOf(await fitMixture(source, { ...options, ...more, cluster, ...(onProgress && { onProgress }) }));
}

async function check(name, run) {
  if (!name.includes(asked.only) && name !== FIRST) return;
  const started = performance.now();
  try {
    const said = await run();
    counts.passed++;
    console.log(`ok   ${name}${said ? `: ${said}` : ''} (${((performance.now() - started) / 1000).toFixed(1)} s)`);
  } catch (error) {
    counts.failed++;
    console.log(`FAIL ${name}: ${error.stack ?? error}`);
  }
}

function same(got, wanted) {
  if (got !== wanted) throw new Error(`other bits: expected ${wanted.slice(0, 300)}, got ${got.slice(0, 300)}`);
}

const pidsOf = (pattern) => {
  try {
    return execFileSync('pgrep', ['-f', pattern], { encoding: 'utf8' }).trim().split('\n').map(Number);
  } catch {
    return [];
  }
};
const argumentsOf = (pid) => {
  try {
    return execFileSync('ps', ['-o', 'args=', '-p', String(pid)], { encoding: 'utf8' });
  } catch {
    return ''; // it has ended
  }
};
const parentOf = (pid) => Number(execFileSync('ps', ['-o', 'ppid=', '-p', String(pid)], { encoding: 'utf8' }));
/** The processes of workers; what starts them names the mark too. */
const workers = () => pidsOf(mark).filter((pid) => pid !== process.pid && !argumentsOf(pid).includes('otmix_ray'));

/** Waits until something holds; the check fails where it does not within a minute. */
async function until(holds, what) {
  for (let tries = 0; tries < 600; tries++) {
    if (holds()) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error(`${what} was expected`);
}

const nothingLeft = () => until(() => workers().length === 0, 'no worker that is left');

/** A fit during which something happens at an iteration; answers its bits and the longest time of an iteration. */
async function disturbed(at, disturb, more) {
  let last = 0;
  let [longest, done] = [0, false];
  const onProgress = ({ phase, iteration }) => {
    if (phase !== 'fit') return;
    const now = performance.now();
    if (done && last > 0) longest = Math.max(longest, now - last);
    last = now;
    if (!done && iteration >= at) {
      done = true;
      disturb();
    }
  };
  const bits = await fitted(clusterOf(4, { deadline: 30, ...more }), { onProgress });
  if (!done) throw new Error(`a fit of ${at} iterations was expected`);
  return { bits, longest };
}

const kill = (pid, signal) => process.kill(pid, signal);
const one = () => workers()[0];
const headRaylet = () => Math.min(...pidsOf('raylet/raylet'));
/** The raylet of a worker that is not on the head. */
function otherRaylet() {
  const raylets = pidsOf('raylet/raylet');
  const other = workers()
    .map((pid) => parentOf(parentOf(pid)))
    .find((pid) => raylets.includes(pid) && pid !== headRaylet());
  if (other === undefined) throw new Error('a worker on another raylet than the head was expected');
  return other;
}

const faults = {
  'kill -9 of a worker’s Node': () => kill(one(), 'SIGKILL'),
  'kill -9 of an actor': () => kill(parentOf(one()), 'SIGKILL'),
  'SIGSTOP of a worker': () => kill(one(), 'SIGSTOP'),
  'kill -9 of a raylet': () => kill(otherRaylet(), 'SIGKILL'),
};

/** The bits of a fit by a master in a process of its own; undefined where the process was killed at an iteration. */
async function byMaster(more, killAt) {
  const asked = { data: join(scratch, '*.npy'), options: { ...options, ...more, cluster: clusterOf(4) } };
  const master = spawn(process.execPath, [join(root, 'scripts/ray-master.mjs'), JSON.stringify(asked)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let last;
  for await (const text of createInterface({ input: master.stdout })) {
    if (text === `iteration ${killAt}`) master.kill('SIGKILL');
    else if (text.startsWith('{')) last = text;
  }
  return last;
}

/** Raylets of a cluster of their own: what they say, their address first; and how to add one, and to end all. */
function raylets(...args) {
  const child = spawn(python, [join(root, 'python/tests/cluster.py'), ...args], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  return {
    said: createInterface({ input: child.stdout })[Symbol.asyncIterator](),
    add: () => child.stdin.write('\n'),
    async end() {
      const ended = new Promise((resolve) => child.once('close', resolve));
      child.stdin.end();
      await ended;
    },
  };
}

/** What fills the object store of the head once it is told to, and lets go of it again. */
function filled() {
  let filler;
  return {
    fill() {
      filler = spawn(python, [join(root, 'python/tests/fill.py'), address], { stdio: ['pipe', 'pipe', 'inherit'] });
    },
    async end() {
      if (!filler || filler.exitCode !== null) throw new Error('a process that fills the object store was expected');
      const { value } = await createInterface({ input: filler.stdout })[Symbol.asyncIterator]().next();
      filler.stdin.end();
      await new Promise((resolve) => filler.once('close', resolve));
      if (value !== 'full') throw new Error('an object store that is full was expected');
    },
  };
}

/** Processes of this check that talk to Ray for a master. */
const drivers = () => pidsOf('otmix_ray').filter((pid) => argumentsOf(pid).includes(mark));

for (const [at, rows] of [6000, 9000, 3000].entries()) writeNpy(join(scratch, `part-${at}.npy`), rows, 4, at + 1);
const cluster = raylets('4');
const { said } = cluster;
try {
  address = (await said.next()).value ?? '';
  if (!address) throw new Error('a Ray cluster was expected to start');
  let wanted = '';
  await check(FIRST, async () => {
    wanted = await fitted(clusterOf(1, { address: 'processes' }));
  });
  for (const count of [1, 2, 4, 7]) {
    await check(`the same bits by Ray with ${count} workers`, async () => same(await fitted(clusterOf(count)), wanted));
  }
  const moments = Array.from({ length: Number(asked.faults) }, () => 2 + Math.floor(36 * Math.random()));
  for (const [name, disturb] of Object.entries(faults)) {
    for (const at of moments) {
      await check(`the same bits after ${name} at iteration ${at} of 40`, async () => {
        const { bits, longest } = await disturbed(at, disturb);
        same(bits, wanted);
        await nothingLeft();
        if (name.includes('raylet')) {
          cluster.add();
          await said.next();
        }
        return `recovered in ${(longest / 1000).toFixed(1)} s`;
      });
    }
  }
  for (const at of moments) {
    await check(`the same bits after kill -9 of the master at iteration ${at} of 40, resumed`, async () => {
      const file = join(scratch, `${at}.checkpoint`);
      if (await byMaster({ checkpoint: { file, everySeconds: 0 } }, at))
        throw new Error('a master that was killed was expected');
      await nothingLeft();
      await until(() => drivers().length === 0, 'no driver that is left');
      const started = performance.now();
      const resumed = await byMaster({ resume: file });
      same(resumed ?? 'none', wanted);
      return `a master that goes on took ${((performance.now() - started) / 1000).toFixed(1)} s`;
    });
  }
  for (const at of moments) {
    await check(`the same bits where the object store is full from iteration ${at} of 40 on`, async () => {
      const store = filled();
      try {
        const { bits, longest } = await disturbed(at, store.fill);
        same(bits, wanted);
        return `an iteration took ${(longest / 1000).toFixed(1)} s`;
      } finally {
        await store.end();
      }
    });
  }
  await check('the same bits where workers hold rows in files', async () => {
    same(await fitted(clusterOf(2), { memory: 60_000 }), wanted);
    return nothingLeft();
  });
  await check('the same bits where a raylet joins', async () => {
    const { bits } = await disturbed(5, () => cluster.add());
    await said.next();
    same(bits, wanted);
  });
  await check('a data file that is replaced while a fit runs is named', async () => {
    const path = join(scratch, 'part-1.npy');
    const before = join(scratch, 'before.bin');
    copyFileSync(path, before);
    const replace = () => {
      writeNpy(path, 9000, 4, 77);
      utimesSync(path, 1e9, 1e9);
      for (const pid of workers()) kill(pid, 'SIGKILL');
    };
    const error = await disturbed(4, replace).then(
      () => undefined,
      (thrown) => thrown,
    );
    copyFileSync(before, path);
    if (error?.name !== 'InputError' || !error.message.includes(path))
      throw new Error(`an error that names ${path} was expected, got ${error}`);
    return error.message;
  });
  await check('an interrupted fit leaves nothing', async () => {
    const controller = new globalThis.AbortController();
    const source = await openSource(join(scratch, '*.npy'));
    const onProgress = ({ iteration = 0 }) => iteration >= 5 && controller.abort();
    const { status } = await fitMixture(source, {
      ...options,
      cluster: clusterOf(4),
      signal: controller.signal,
      onProgress,
    });
    if (status !== 'aborted') throw new Error(`status aborted was expected, got ${status}`);
    await nothingLeft();
  });
  await check('Ray that is started for a fit is ended with it', async () => {
    const before = pidsOf('raylet/raylet').length;
    same(await fitted(clusterOf(2, { address: 'local' })), wanted);
    await until(() => pidsOf('raylet/raylet').length === before, 'no raylet that is left');
    return nothingLeft();
  });
} finally {
  await cluster.end();
  rmSync(scratch, { recursive: true, force: true });
}
console.log(line(counts));
process.exitCode = counts.failed === 0 ? 0 : 1;

/**
 * Checks fits on a real Ray: a head and three more raylets on this machine. Run it by `sh scripts/with-ray.sh node
 * scripts/ray-check.mjs`. Each fault meets a fit at moments by chance, `--faults 3` at so many of the same fit, and `--at
 * 2,20,37` at these iterations. `--only PATTERN` runs the checks of such names. Prints what it found, and counts last.
 */
import { spawn } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, utimesSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { bitsOf } from './bits.mjs';
import { line } from './counts.mjs';
import { writeNpy } from './npy.mjs';
import { cluster as started, filler, Marked } from './ray-processes.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const { values: asked } = parseArgs({
  options: {
    faults: { type: 'string', default: '1' },
    at: { type: 'string' },
    only: { type: 'string', default: '' },
  },
});
const python = process.env.OTMIX_PYTHON;
if (!python)
  throw new Error('OTMIX_PYTHON was expected to name a Python that has Ray: run sh scripts/with-ray.sh node …');
const scratch = mkdtempSync(join(tmpdir(), 'otmix-ray-check-'));
/** Where all that is started here writes, if it writes, but for Ray. */
process.env.RAY_TMPDIR ??= tmpdir();
process.env.TMPDIR = join(scratch, 'tmp');
mkdirSync(process.env.TMPDIR);
const data = join(scratch, '*.npy');
const { fitMixture } = await import(join(root, 'dist/node/index.js'));
const { clusterFacts } = await import(join(root, 'dist/src/cluster/cluster.node.js'));
const { openSource } = await import(join(root, 'dist/node/sources.js'));

const ITERATIONS = 40;
const COLUMNS = 16;
/** Sums of a worker's units are over 100 kB, and so is a model: both go through Ray's object store. */
const options = { components: 40, maxIterations: ITERATIONS, tolerance: 0, acceleration: 'none', seed: 3 };
/** Seconds that a worker may say nothing where one is stopped. */
const DEADLINE = 12;
/** What all others are compared with. */
const FIRST = 'units swept by one process without Ray';

const counts = { passed: 0, failed: 0, skipped: 0 };
let [marks, wanted] = [0, ''];
/** Temporary files of this process. */
let ours = new Set();
const path = (name) => join(root, 'python/tests', name);
let address = '';

/** Runs a check with a mark for the processes of its fits, none of which is to be left. */
async function check(name, run) {
  if (!new RegExp(asked.only).test(name) && name !== FIRST) return;
  const from = performance.now();
  const seconds = () => `${((performance.now() - from) / 1000).toFixed(1)} s`;
  const own = new Marked(`otmix-${process.pid}-${++marks}-check`);
  try {
    const said = await run(own);
    await own.gone();
    counts.passed++;
    console.log(`ok   ${name}${said ? `: ${said}` : ''} (${seconds()})`);
  } catch (error) {
    counts.failed++;
    console.log(`FAIL ${name}: ${String(error).replaceAll(/\s+/g, ' ').slice(0, 900)} (${seconds()})`);
    console.error(error);
  } finally {
    own.end();
  }
}

const clusterOf = ({ mark }, workers, more = {}) => ({
  ...{ address, workers, unitRows: 1024, python },
  command: [process.execPath, `--title=${mark}`, join(root, 'dist/node/cli/main.js'), 'worker'],
  ...more,
});

async function fitted(cluster, more) {
  return bitsOf(await fitMixture(await openSource(data), { ...options, ...more, cluster }));
}

/** Throws where something is left among temporary files. */
function noFiles(wrong = () => true) {
  const left = readdirSync(process.env.TMPDIR).filter((name) => !ours.has(name) && wrong(name));
  if (left.length > 0) throw new Error(`no file was expected in TMPDIR, got ${left}`);
}

function same(got, bits = wanted) {
  if (got === bits) return;
  let at = 0;
  while (got[at] === bits[at]) at++;
  const around = (all) => all.slice(Math.max(0, at - 60), at + 60);
  throw new Error(`other bits: expected …${around(bits)}…, got …${around(got)}…`);
}

/** Iterations by chance, from 2 on, and soon enough for all that comes of a fault to be met. */
function moments() {
  if (asked.at) return asked.at.split(',').map(Number);
  const chosen = new Set();
  while (chosen.size < Number(asked.faults)) chosen.add(2 + Math.floor((ITERATIONS - 4) * Math.random()));
  return [...chosen].sort((one, other) => one - other);
}

/** A fit to which something happens at some iterations; the bits are those of any other. Answers how long each took. */
async function disturbed(own, times, disturb, more) {
  const longest = [];
  let last = 0;
  const onProgress = ({ phase, iteration }) => {
    if (phase !== 'fit') return;
    const now = performance.now();
    if (longest.length > 0) longest.push(Math.max(longest.pop(), now - last));
    last = now;
    if (longest.length === times.length || iteration < times[longest.length]) return;
    longest.push(0);
    disturb();
  };
  same(await fitted(clusterOf(own, 4, { deadline: DEADLINE, ...more }), { onProgress }));
  if (longest.length < times.length) throw new Error(`${times.length} moments were expected, got ${longest.length}`);
  return `an iteration took ${inSeconds(longest)} s`;
}

const inSeconds = (times) => times.map((time) => (time / 1000).toFixed(1)).join(', ');

/** The bits of a fit by a master in a process of its own; undefined where it was killed. */
async function byMaster(own, more, killAt) {
  const job = { data, options: { ...options, ...more, cluster: clusterOf(own, 4) }, killAt };
  const master = spawn(process.execPath, [join(root, 'scripts/ray-master.mjs'), JSON.stringify(job)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [said] = await Promise.all([text(master.stdout), new Promise((resolve) => master.once('close', resolve))]);
  if (master.exitCode === 0) return said.trim();
  if (master.signalCode !== 'SIGKILL')
    throw new Error(`a master that fits was expected, got status ${master.exitCode}`);
  return undefined;
}

/** A master that is killed at iterations, and resumed each time. */
async function resumed(own, times) {
  const file = join(scratch, 'fit.checkpoint');
  const checkpoint = { file, everySeconds: 0 };
  const took = [];
  for (const at of [...times, undefined]) {
    const from = performance.now();
    const bits = await byMaster(own, { checkpoint, ...(existsSync(file) && { resume: file }) }, at);
    took.push(performance.now() - from);
    if ((bits === undefined) !== (at !== undefined))
      throw new Error(`a master that ${at === undefined ? 'ends' : 'is killed'} was expected`);
    if (at === undefined) same(bits);
    else await own.gone();
  }
  return `the last master took ${inSeconds(took.slice(-1))} s`;
}

async function rejected(promise, name, part) {
  const error = await promise.then(
    () => undefined,
    (thrown) => thrown,
  );
  if (error?.name !== name || !error.message.includes(part) || error.message.includes('\n'))
    throw new Error(`an error ${name} in one line that says ${part} was expected, got ${error}`);
  return error.message;
}

for (const [at, rows] of [6000, 9000, 3000].entries()) writeNpy(join(scratch, `part-${at}.npy`), rows, COLUMNS, at + 1);
const cluster = await started(python, path('cluster.py'), '4');
({ address } = cluster);
try {
  await check(FIRST, async (own) => {
    wanted = await fitted(clusterOf(own, 1, { address: 'processes' }));
    ours = new Set(readdirSync(process.env.TMPDIR));
  });
  for (const count of [1, 2, 4, 7])
    await check(`the same bits by Ray with ${count} workers`, async (own) => {
      same(await fitted(clusterOf(own, count)));
      await own.gone();
      noFiles();
    });

  const faults = {
    'kill -9 of a worker’s Node': (own) => process.kill(own.one(), 'SIGKILL'),
    'kill -9 of an actor': (own) => process.kill(own.actor(), 'SIGKILL'),
    'SIGSTOP of a worker': (own) => process.kill(own.one(), 'SIGSTOP'),
    'kill -9 of a raylet, and a new one that joins': (own) => {
      process.kill(own.raylet(cluster), 'SIGKILL');
      cluster.add();
    },
  };
  for (const [name, disturb] of Object.entries(faults)) {
    const times = moments();
    await check(`the same bits after ${name} at iterations ${times} of ${ITERATIONS}`, async (own) => {
      const said = await disturbed(own, times, () => disturb(own));
      if (name.includes('joins')) await Promise.all(times.map(() => cluster.added()));
      return said;
    });
  }
  const killed = moments();
  await check(`the same bits after kill -9 of the master at iterations ${killed} of ${ITERATIONS}, resumed`, (own) =>
    resumed(own, killed),
  );
  for (const at of moments()) {
    await check(`the same bits where the object store fills at iteration ${at} of ${ITERATIONS}`, async (own) => {
      const store = await filler(python, path('fill.py'), address);
      try {
        const said = await disturbed(own, [at], store.fill);
        await store.full();
        return said;
      } finally {
        await store.end();
      }
    });
  }
  const small = await started(python, path('cluster.py'), '1', 'small');
  try {
    await check('workers of a machine have a GPU each', async (own) => {
      const facts = await clusterFacts(clusterOf(own, 2, { address: small.address }));
      const gpus = facts.map((one) => one.gpus).sort();
      if (gpus.join() !== '0,1') throw new Error(`GPUs 0 and 1 were expected, got ${gpus}`);
    });
    await check('an object store that is full, with no disk to spill to, is named', async (own) => {
      const store = await filler(python, path('fill.py'), small.address);
      try {
        const fit = disturbed(own, [10], store.fill, { address: small.address, workers: 2 });
        return await rejected(fit, 'ClusterError', "in Ray's object store");
      } finally {
        await store.end();
      }
    });
  } finally {
    await small.end();
  }
  await check('the same bits where workers hold rows in files', async (own) =>
    same(await fitted(clusterOf(own, 2), { memory: 200_000 })),
  );
  await check('the same bits where a raylet joins', async (own) => {
    await disturbed(own, [5], cluster.add);
    await cluster.added();
  });
  await check('a data file that is replaced while a fit runs is named', async (own) => {
    const [part, before] = [join(scratch, 'part-1.npy'), join(scratch, 'before.bin')];
    copyFileSync(part, before);
    const replace = () => {
      writeNpy(part, 9000, COLUMNS, 77);
      utimesSync(part, 1e9, 1e9);
      for (const { pid } of own.workers()) process.kill(pid, 'SIGKILL');
    };
    try {
      return await rejected(disturbed(own, [4], replace), 'InputError', part);
    } finally {
      copyFileSync(before, part);
    }
  });
  await check('an interrupted fit leaves nothing', async (own) => {
    const controller = new globalThis.AbortController();
    const onProgress = ({ iteration = 0 }) => iteration >= 5 && controller.abort();
    const cluster = clusterOf(own, 4);
    const source = await openSource(data);
    const { status } = await fitMixture(source, { ...options, cluster, signal: controller.signal, onProgress });
    if (status !== 'aborted') throw new Error(`status aborted was expected, got ${status}`);
  });
  await check('Ray that is started for a fit is ended with it', async (own) => {
    let raylets = 0;
    const onProgress = () => (raylets = Math.max(raylets, own.raylets().length));
    same(await fitted(clusterOf(own, 2, { address: 'local' }), { onProgress }));
    if (raylets !== 1) throw new Error(`a raylet of its own was expected, got ${raylets}`);
  });
} finally {
  await check('nothing is left of Ray, and no file but empty folders of the killed', async () => {
    await cluster.end();
    noFiles((name) => readdirSync(join(process.env.TMPDIR, name)).length > 0); // processes were killed that had a folder
  });
  rmSync(scratch, { recursive: true, force: true });
}
console.log(line(counts));
process.exitCode = counts.failed === 0 ? 0 : 1;

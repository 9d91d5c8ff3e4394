import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { seededRandom } from '../src/base/random.js';
import { execute, type Executed } from './peers/execute.js';
import type { Dtype } from './peers/list.js';
import { writeNpy } from './peers/npy.js';
import { folder, peerEnvironment, pythons, pythonWith } from './peers/python.js';
import { digits, table } from './table.js';

/** Clouds of points with uniform weights, to be transported at squared Euclidean cost. */
export interface SinkhornJob {
  readonly name: string;
  readonly batches: number;
  readonly n: number;
  readonly m: number;
  readonly d: number;
  readonly epsilon: number;
  /** L1 error of the column sums at which to stop. */
  readonly tolerance: number;
  readonly maxIterations: number;
}

/** What otmix and its peers answer; bench/peers/sinkhorn_job.py has the fields and the method. */
export interface SinkhornResult {
  readonly version: string;
  readonly seconds: number;
  readonly error: number;
  readonly reached: boolean;
  readonly values: readonly number[];
  readonly iterations: number;
  readonly dtype: string;
  readonly about: string;
  readonly settings: Readonly<Record<string, number | string | null>>;
  readonly peak_bytes: number;
}

/** In dist, whether this is run from there or from the sources. */
const ownScript = ['./sinkhorn-job.js', '../dist/bench/sinkhorn-job.js']
  .map((path) => fileURLToPath(new URL(path, import.meta.url)))
  .find(existsSync);

type Outcome = SinkhornResult | { readonly missing: string } | { readonly failed: string };

/** What the points of a job are in: .npy files, and raw float64 ones. */
export interface JobFiles {
  readonly x: string;
  readonly y: string;
  readonly raw: { readonly x: string; readonly y: string };
}

export const peers: readonly { name: string; script: string; modules: readonly string[]; dtypes: readonly Dtype[] }[] =
  [
    { name: 'POT', script: 'pot_sinkhorn.py', modules: ['ot', 'torch'], dtypes: ['float64', 'float32'] },
    { name: 'OTT-JAX', script: 'ott_sinkhorn.py', modules: ['ott', 'jax'], dtypes: ['float64', 'float32'] },
  ];

export const jobs = (quick: boolean): readonly SinkhornJob[] => {
  const batch = { batches: 256, n: 64, m: 64, d: 8, tolerance: 1e-6, maxIterations: 2000 };
  const large = quick ? 2000 : 10_000;
  return [
    { name: '256 of 64 × 64, ε 4', ...batch, epsilon: 4 },
    ...(quick ? [] : [{ name: '256 of 64 × 64, ε 1', ...batch, epsilon: 1 }]), // a thousand plain iterations
    {
      name: `${large.toLocaleString('en')} × ${large.toLocaleString('en')}, ε 1`,
      ...{ batches: 1, n: large, m: large, d: 3, epsilon: 1, tolerance: 1e-5, maxIterations: 2000 },
    },
  ];
};

/** How otmix solves a job: as it does of itself without a GPU, or in plain JavaScript. */
export type OwnBackend = 'wasm' | 'cpu';

/**
 * `npm run bench -- sinkhorn`: time from points to potentials at the same error of the marginals, in float64 on the
 * CPU, beside POT and OTT-JAX in each of their types, every one in a process of its own.
 */
export async function benchSinkhorn(quick: boolean, say: (text: string) => void): Promise<string> {
  const rows: string[][] = [];
  const notes = new Set<string>();
  for (const job of jobs(quick)) {
    const own = await runOwn(job, 'wasm');
    rows.push(rowOf(job.name, 'otmix', own, own));
    say((rows.at(-1) ?? []).join('  '));
    if ('settings' in own && own.settings['backend'] !== 'cpu') {
      rows.push(rowOf('', 'otmix, JavaScript', await runOwn(job, 'cpu'), own));
      say((rows.at(-1) ?? []).join('  '));
    }
    for (const { name, script, modules, dtypes } of peers) {
      for (const dtype of dtypes) {
        const outcome = await runPeer(script, modules, job, dtype);
        rows.push(rowOf('', `${name} ${dtype}`, outcome, own));
        if ('about' in outcome) notes.add(`Peer: ${name} ${outcome.version}, ${outcome.about}`);
        say((rows.at(-1) ?? []).join('  '));
      }
    }
  }
  const heads = ['problem', 'package', 's', 'to otmix', 'iterations', 'L1 error', 'largest difference', 'MiB', 'how'];
  return `${table(heads, rows)}\n${[...notes].join('\n')}`;
}

/** Solves a job by the built package. */
export async function runOwn(job: SinkhornJob, backend: OwnBackend): Promise<Outcome> {
  if (ownScript === undefined) return { missing: 'not built; run npm run build' };
  const script = ownScript;
  return onFiles(job, (files) => execute(process.execPath, [script], JSON.stringify({ ...files, backend })));
}

/** Solves a job by a peer; what is not installed is an outcome. */
export async function runPeer(
  script: string,
  modules: readonly string[],
  job: SinkhornJob,
  dtype: Dtype,
): Promise<Outcome> {
  const python = await pythonWith(modules);
  if (!folder || !python) return { missing: `not in ${pythons().join(' or ')}; run sh bench/peers/setup.sh` };
  const path = join(folder, script);
  return onFiles(job, (files) => execute(python, [path], JSON.stringify({ ...files, dtype }), peerEnvironment()));
}

/** Runs a job with its points in temporary files: .npy ones for the peers, raw float64 for us. */
export async function onFiles(
  job: SinkhornJob,
  start: (files: SinkhornJob & JobFiles) => Promise<Executed>,
): Promise<Outcome> {
  const temporary = await mkdtemp(join(tmpdir(), 'otmix-sinkhorn-'));
  const random = seededRandom(7);
  const points = (length: number, shift: number): Float64Array =>
    Float64Array.from({ length: job.batches * length * job.d }, () => Math.fround(random.normal() + shift));
  try {
    const [x, y] = [points(job.n, 0), points(job.m, 0.5)];
    const at = (name: string): string => join(temporary, name);
    await writeNpy(at('x.npy'), x, [job.batches * job.n, job.d]);
    await writeNpy(at('y.npy'), y, [job.batches * job.m, job.d]);
    await writeFile(at('x.raw'), x);
    await writeFile(at('y.raw'), y);
    const raw = { x: at('x.raw'), y: at('y.raw') };
    const { status, signal, output, complaints } = await start({ ...job, x: at('x.npy'), y: at('y.npy'), raw });
    if (status === 0) return JSON.parse(output.trim().split('\n').at(-1) ?? '') as Outcome;
    return { failed: `${status ?? signal}: ${complaints.trim().split('\n').at(-1) ?? ''}` };
  } finally {
    await rm(temporary, { recursive: true, force: true });
  }
}

function rowOf(problem: string, name: string, outcome: Outcome, own: Outcome): string[] {
  if (!('seconds' in outcome)) {
    return [problem, name, ...new Array<string>(6).fill('–'), 'missing' in outcome ? outcome.missing : outcome.failed];
  }
  const reference = 'seconds' in own ? own : outcome;
  const differences = outcome.values.map((value, s) => Math.abs(value / reference.values[s] - 1));
  const how = Object.entries(outcome.settings).map(([key, value]) => `${key} ${value}`);
  return [
    problem,
    name,
    digits(outcome.seconds),
    `${digits(outcome.seconds / reference.seconds)} ×`,
    String(outcome.iterations),
    `${outcome.error.toExponential(1)}${outcome.reached ? '' : ' !'}`,
    Math.max(...differences).toExponential(1),
    digits(outcome.peak_bytes / 2 ** 20),
    how.join(', '),
  ];
}

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { selectMixture, type Candidate, type Selection } from '../src/fit/select.js';
import { execute } from './peers/execute.js';
import { writeNpy } from './peers/npy.js';
import { folder, peerEnvironment, pythonWith } from './peers/python.js';
import { problemOf } from './problem.js';
import { digits, table } from './table.js';

/** Centres are 1.5 standard deviations apart in each column: some models converge soon, and some take long. */
const cloud = { covariance: 'full', d: 8, k: 8, spread: 1.5 } as const;
const everyK = Array.from({ length: 20 }, (_, index) => index + 1);
/** Numbers of components that scikit-learn takes no hour for. */
const someK = [1, 8, 16];

/** A choice among models by one program. */
export interface SelectResult {
  readonly name: string;
  readonly models: number;
  /** Seconds by the clock, and of all threads. */
  readonly wall: number;
  readonly cpu: number;
  readonly iterations: number;
  readonly best: string;
}

/** `npm run bench -- select`: all covariance types at 20 numbers of components, beside scikit-learn's loop at three. */
export async function benchSelect(n: number, say: (text: string) => void): Promise<SelectResult[]> {
  const { data } = problemOf({ ...cloud, n });
  const values = Float32Array.from(data);
  await ours(values.subarray(0, 8000), [1, 2]); // warms up
  const results = [await ours(values, everyK)];
  say('selected with otmix');
  results.push(await ours(values, someK));
  const peer = await sklearns(values);
  if (peer) results.push(peer);
  return results;
}

async function ours(data: Float32Array, components: readonly number[]): Promise<SelectResult> {
  const { d } = cloud;
  const used = process.cpuUsage();
  const started = performance.now();
  const { candidates, best } = await selectMixture(
    { data, shape: [data.length / d, d] },
    { components, backend: 'wasm' },
  );
  const wall = (performance.now() - started) / 1000;
  const { user, system } = process.cpuUsage(used);
  const count = ({ fit }: Candidate): number => fit.iterations;
  return {
    ...{ name: 'otmix', models: candidates.length, wall, cpu: (user + system) / 1e6 },
    iterations: candidates.map(count).reduce((sum, one) => sum + one, 0),
    best: nameOf(best),
  };
}

const nameOf = ({ covariance, k }: Selection['best']): string => `${covariance} ${k}`;

/** From k-means++ of its own, with otmix's tolerance; undefined where it is not installed. */
async function sklearns(data: Float32Array): Promise<SelectResult | undefined> {
  const python = await pythonWith(['sklearn', 'numpy']);
  if (python === undefined || folder === undefined) return undefined;
  const temporary = await mkdtemp(join(tmpdir(), 'otmix-select-'));
  try {
    const path = join(temporary, 'rows.npy');
    await writeNpy(path, Float64Array.from(data), [data.length / cloud.d, cloud.d]);
    const job = { path, ks: someK, tolerance: 1e-4, max_iterations: 200, regularization: 1e-6 };
    const program = join(folder, 'sklearn_select.py');
    const ended = await execute(python, [program], JSON.stringify(job), peerEnvironment());
    if (ended.status !== 0) throw new Error(`bench: expected ${program} to end well, got ${ended.complaints}`);
    return JSON.parse(ended.output) as SelectResult;
  } finally {
    await rm(temporary, { recursive: true, force: true });
  }
}

export function selectTable(results: readonly SelectResult[]): string {
  const rows = results.map(({ name, models, wall, cpu, iterations, best }) => [
    ...[name, String(models), digits(wall), digits(cpu), String(iterations), best],
  ]);
  return table(['', 'models', 's', 's of processor time', 'iterations', 'lowest bic'], rows);
}

import { simdDevice } from '../src/backend/wasm.js';
import { matrixSource } from '../src/data/arrays.js';
import { loadDataset } from '../src/data/dataset.js';
import { gaussian } from '../src/families/gaussian.js';
import { median } from './iterations.js';
import { nameOf, problemOf, type Problem, type Size } from './problem.js';
import { digits, table } from './table.js';

const forms = ['full', 'tied', 'diag', 'spherical'] as const;
const sizes: readonly Size[] = [
  ...forms.map((covariance) => ({ covariance, n: 50_000, d: 16, k: 16 })),
  ...forms.map((covariance) => ({ covariance, n: 20_000, d: 64, k: 32 })),
  { covariance: 'full', n: 20_000, d: 64, k: 32, spread: 0.3 },
  { covariance: 'full', n: 20_000, d: 64, k: 32, spread: 2 },
  ...forms.map((covariance) => ({ covariance, n: 200_000, d: 2, k: 8 })),
  ...forms.map((covariance) => ({ covariance, n: 50_000, d: 8, k: 64 })),
];

/** One line of the bench: milliseconds of the processor's that a sweep takes on one thread, the least and the median of several. */
export interface Float64Result extends Size {
  readonly float32: Spent;
  readonly float64: Spent;
}

interface Spent {
  readonly least: number;
  readonly median: number;
}

/** `npm run bench -- float64`: sweeps in float64 beside those in float32, which take turns with them. */
export async function benchFloat64(rounds: number, say: (text: string) => void): Promise<Float64Result[]> {
  const results: Float64Result[] = [];
  for (const size of sizes) {
    results.push(await measure(problemOf(size), rounds));
    say(`measured ${nameOf(size).join(' ')}`);
  }
  return results;
}

async function measure({ data, start, ...size }: Problem, rounds: number): Promise<Float64Result> {
  const { covariance, n, d, k, spread } = size;
  const family = gaussian({ covariance });
  const source = matrixSource({ data, shape: [n, d] });
  const device = simdDevice({ threads: 1 });
  const { shard, exact, scaling } = await loadDataset(source, {
    device,
    missing: 'error',
    commonScale: family.commonScale,
  });
  const components = family.toShard(family.fromParameters(start, 'start'), scaling);
  const at = { weights: Float64Array.from(start.weights), potential: new Float64Array(k), epsilon: 1 };
  const [single, double] = [family.pack(components), family.packExactly(components)];
  const rows = await exact.load();
  const times: { readonly float32: number[]; readonly float64: number[] } = { float32: [], float64: [] };
  for (let round = 0; round <= rounds; round++) {
    const float32 = await spent(() => shard.sweep([{ model: { ...at, components: single } }]));
    const float64 = await spent(() => rows.sweep([{ model: { ...at, components: double } }]));
    if (round === 0) continue; // to warm up
    times.float32.push(float32);
    times.float64.push(float64);
  }
  shard.dispose();
  const of = (own: readonly number[]): Spent => ({ least: Math.min(...own), median: median(own) });
  return { covariance, n, d, k, spread, float32: of(times.float32), float64: of(times.float64) };
}

/** Milliseconds of the processor's that work takes. */
async function spent(work: () => Promise<unknown>): Promise<number> {
  const before = process.cpuUsage();
  await work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
}

/** The results as a table. */
export function float64Table(results: readonly Float64Result[]): string {
  const heads = ['covariance', 'n × d, k', 'float32 ms', 'float64 ms', 'ratio', 'of medians'];
  const rows = results.map(({ float32, float64, ...size }) => [
    ...nameOf(size),
    digits(float32.least),
    digits(float64.least),
    `${digits(float64.least / float32.least)} ×`,
    `${digits(float64.median / float32.median)} ×`,
  ]);
  return table(heads, rows);
}

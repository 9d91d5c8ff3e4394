import { simdDevice } from '../src/backend/wasm.js';
import { matrixSource } from '../src/data/arrays.js';
import { loadDataset } from '../src/data/dataset.js';
import { componentsOfBlocks } from '../src/families/blocks.js';
import type { Family } from '../src/families/family.js';
import { gaussian } from '../src/families/gaussian.js';
import { product } from '../src/families/product.js';
import { studentT } from '../src/families/student-t.js';
import { median } from './iterations.js';
import { problemOf, type Problem, type Size } from './problem.js';
import { digits, table } from './table.js';

const forms = ['full', 'tied', 'diag', 'spherical'] as const;
type Kind = 'gaussian' | 'studentT' | 'product';

/** What is measured: Gaussians, Student-t of the same scales, or a product of Gaussians on either half of the columns. */
export interface Float64Size extends Size {
  readonly kind?: Kind;
}

const full = (n: number, d: number, k: number, spread?: number): Float64Size => ({
  covariance: 'full',
  ...{ n, d, k, spread },
});

const sizes: readonly Float64Size[] = [
  ...forms.map((covariance) => ({ covariance, n: 50_000, d: 16, k: 16 })),
  ...forms.map((covariance) => ({ covariance, n: 20_000, d: 64, k: 32 })),
  ...forms.map((covariance) => ({ covariance, n: 200_000, d: 2, k: 8 })),
  ...forms.map((covariance) => ({ covariance, n: 50_000, d: 8, k: 64 })),
  ...forms.slice(1).map((covariance) => ({ covariance, n: 10_000, d: 128, k: 16 })),
  ...[2, 4, 64].map((k) => full(Math.ceil(200_000 / k), 16, k)),
  ...[3, 16, 64].map((k) => full(Math.ceil(200_000 / k), 24, k)),
  full(12_000, 32, 16),
  full(12_000, 48, 16),
  full(20_000, 64, 2),
  full(20_000, 64, 4),
  ...[0.3, 2, 4].map((spread) => full(20_000, 64, 32, spread)),
  ...[0.3, 1, 2].map((spread) => full(6_000, 128, 16, spread)),
  ...forms.map((covariance) => ({ covariance, n: 20_000, d: 16, k: 16, kind: 'studentT' }) as const),
  { ...full(10_000, 64, 16), kind: 'studentT' },
  { ...full(20_000, 32, 16), kind: 'product' },
];

/** One line of the bench: milliseconds of the processor's that a sweep takes on one thread, the least of several. */
export interface Float64Result extends Float64Size {
  readonly float32: number;
  readonly float64: number;
  /** Of sweeps that took turns the median ratio. */
  readonly ratio: number;
}

/** `npm run bench -- float64`: sweeps in float64 beside those in float32, which take turns with them. */
export async function benchFloat64(rounds: number, say: (text: string) => void): Promise<Float64Result[]> {
  const results: Float64Result[] = [];
  for (const size of sizes) {
    const result = await measure(size, rounds);
    results.push(result);
    say(linesOf(result).join(' '));
  }
  return results;
}

async function measure(size: Float64Size, rounds: number): Promise<Float64Result> {
  const { n, d, k } = size;
  const problem = problemOf(size);
  const { start } = problem;
  const family = familyOf(size);
  const source = matrixSource({ data: problem.data, shape: [n, d] });
  const device = simdDevice({ threads: 1 });
  const { shard, exact, scaling } = await loadDataset(source, {
    device,
    missing: 'error',
    commonScale: family.commonScale,
  });
  const own = componentsOfBlocks(family, blocksOf(size, problem), { k, d }, 'start');
  const components = family.toShard(own, scaling);
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
  const ratio = median(times.float64.map((double, round) => double / times.float32[round]));
  return { ...size, float32: Math.min(...times.float32), float64: Math.min(...times.float64), ratio };
}

function familyOf({ covariance, d, kind = 'gaussian' }: Float64Size): Family {
  switch (kind) {
    case 'gaussian':
      return gaussian({ covariance });
    case 'studentT':
      return studentT({ covariance });
    case 'product': {
      const names = Array.from({ length: d }, (_, j) => `x${j}`);
      const family = gaussian({ covariance });
      const factors = halves(d).map(([from, to]) => ({ family, columns: names.slice(from, to) }));
      const whole = product(factors);
      return whole.forColumns?.(names) ?? whole;
    }
    default:
      return kind satisfies never;
  }
}

function blocksOf({ d, kind = 'gaussian' }: Float64Size, { start }: Problem): object[] {
  const { means, covariances } = start;
  switch (kind) {
    case 'gaussian':
      return [{ means, covariances }];
    case 'studentT':
      return [{ means, scales: covariances, degrees: means.map(() => 5) }];
    case 'product':
      return halves(d).map(([from, to]) => ({
        means: means.map((mean) => mean.slice(from, to)),
        covariances: covariances.map((matrix) => matrix.slice(from, to).map((row) => row.slice(from, to))),
      }));
    default:
      return kind satisfies never;
  }
}

function halves(d: number): readonly (readonly [number, number])[] {
  return [
    [0, d >> 1],
    [d >> 1, d],
  ];
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
  return table(['model', 'n × d, k', 'apart', 'float32 ms', 'float64 ms', 'ratio', 'of pairs'], results.map(linesOf));
}

function linesOf({ covariance, n, d, k, spread = 1, kind, float32, float64, ratio }: Float64Result): string[] {
  return [
    kind ? `${kind}, ${covariance}` : covariance,
    `${n.toLocaleString('en')} × ${d}, ${k}`,
    digits(Math.sqrt(2 * d) * spread),
    ...[digits(float32), digits(float64), `${digits(float64 / float32)} ×`, `${digits(ratio)} ×`],
  ];
}

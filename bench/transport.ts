import { resolveBackend } from '../src/backend/resolve.js';
import { matrixSource } from '../src/data/arrays.js';
import { loadDataset } from '../src/data/dataset.js';
import { gaussian } from '../src/families/gaussian.js';
import { fitMixture } from '../src/fit/fit.js';
import { seededRandom } from '../src/base/random.js';
import { anderson } from '../src/transport/anderson.js';
import { newton } from '../src/transport/newton.js';
import { moved, pointAt, type Point, type Prescription } from '../src/transport/semi-dual.js';
import type { InnerSolve } from '../src/transport/solver.js';
import { EXACT } from '../src/transport/tolerance.js';
import { table } from './table.js';

/** Scale of the centres, in standard deviations of the components: neighbours nearly touch, or lie far apart. */
const separations = { low: 1, high: 3 } as const;
const sizes = [8, 64, 256] as const;
const d = 8;
const SEED = 1;
/** Where plain Sinkhorn is given up. */
const MOST_SINKHORN = 500;

/** What the solvers took on one problem. */
export interface TransportResult {
  readonly k: number;
  readonly separation: keyof typeof separations;
  /** Sweeps of one cold inner solve to ‖m − b‖₁ ≤ 1e-6, and the error it ended with. */
  readonly cold: Readonly<Record<'newton' | 'anderson' | 'sinkhorn', { sweeps: number; error: number }>>;
  /** A whole Sinkhorn-EM fit from the same start, with the default tolerance. */
  readonly fit: { iterations: number; sweeps: number; error: number };
}

/**
 * Rows of k unit Gaussians whose centres are drawn from N(0, s² I), with proportions b between about 1 and 3 to one
 * (1 + Exp(1), normalised) that the solve then prescribes; it starts from means half a standard deviation off.
 */
export function transportProblem(n: number, k: number, scale: number): TransportProblem {
  const random = seededRandom(SEED);
  const raw = Array.from({ length: k }, () => 1 - Math.log(1 - random.uniform()));
  const sum = raw.reduce((total, value) => total + value, 0);
  const weights = raw.map((value) => value / sum);
  const centres = weights.map(() => Array.from({ length: d }, () => scale * random.normal()));
  const bounds = weights.map((_, c) => weights.slice(0, c + 1).reduce((total, value) => total + value, 0));
  const data = new Float64Array(n * d);
  for (let row = 0, at = 0; row < n; row++) {
    const drawn = random.uniform();
    const c = Math.max(
      0,
      bounds.findIndex((bound) => drawn < bound),
    );
    for (let j = 0; j < d; j++) data[at++] = centres[c][j] + random.normal();
  }
  const ball = Array.from({ length: d }, (_, i) => Array.from({ length: d }, (__, j) => Number(i === j)));
  const means = centres.map((centre) => centre.map((value) => value + 0.5 * random.normal()));
  return { data, n, weights, start: { weights, means, covariances: means.map(() => ball) } };
}

interface TransportProblem {
  readonly data: Float64Array;
  readonly n: number;
  readonly weights: number[];
  readonly start: { weights: number[]; means: number[][]; covariances: number[][][] };
}

/** `npm run bench -- transport`: sweeps, which no noise touches, and no times. */
export async function benchTransport(
  n: number,
  say: (text: string) => void,
  components: readonly number[] = sizes,
): Promise<TransportResult[]> {
  const results: TransportResult[] = [];
  for (const k of components) {
    for (const separation of ['low', 'high'] as const) {
      const problem = transportProblem(n, k, separations[separation]);
      results.push({ k, separation, cold: await coldSolves(problem), fit: await wholeFit(problem) });
      say(`counted sweeps, k = ${k}, ${separation} separation`);
    }
  }
  return results;
}

async function coldSolves({ data, n, weights, start }: TransportProblem): Promise<TransportResult['cold']> {
  const family = gaussian({ covariance: 'full' });
  const device = await resolveBackend('auto');
  const { shard, scaling } = await loadDataset(matrixSource({ data, shape: [n, d] }), { device, missing: 'error' });
  const components = family.pack(family.toShard(family.fromParameters(start, 'start'), scaling));
  const prescription: Prescription = { weights: Float64Array.from(weights), rho: Infinity };
  try {
    const run = async (solver: typeof newton, coupling: boolean): Promise<{ sweeps: number; error: number }> => {
      let sweeps = 0;
      let objectiveNear = 0;
      const inner: InnerSolve = {
        epsilon: 1,
        tolerance: EXACT,
        sweep: async (side) => {
          const model = { components, ...side, epsilon: 1 };
          const [moments] = await shard.sweep([{ model, coupling, objectiveNear }]);
          objectiveNear = moments.objective / moments.weight;
          sweeps++;
          return { side, moments };
        },
      };
      const side = { weights: prescription.weights, potential: new Float64Array(weights.length) };
      const { error } = await solver(pointAt(prescription, await inner.sweep(side)), prescription, inner);
      return { sweeps, error };
    };
    return {
      newton: await run(newton, true),
      anderson: await run(anderson, false),
      sinkhorn: await run(sinkhorn, false),
    };
  } finally {
    shard.dispose();
  }
}

/** g ← g + log b − log m. */
async function sinkhorn(start: Point, prescription: Prescription, inner: InnerSolve): Promise<Point> {
  let point = start;
  for (let sweeps = 1; point.error > inner.tolerance && sweeps < MOST_SINKHORN; sweeps++) {
    const step = point.mass.map((mass, k) => Math.log(prescription.weights[k] / mass));
    point = pointAt(prescription, await inner.sweep(moved(prescription, point.side, step)));
  }
  return point;
}

async function wholeFit({ data, n, weights, start }: TransportProblem): Promise<TransportResult['fit']> {
  const { iterations, sweeps, marginalError } = await fitMixture(
    { data, shape: [n, d] },
    { components: weights.length, seeding: start, marginal: { kind: 'fixed', weights } },
  );
  return { iterations, sweeps, error: marginalError };
}

export function transportTable(results: readonly TransportResult[]): string {
  const count = ({ sweeps, error }: { sweeps: number; error: number }): string =>
    error <= EXACT ? String(sweeps) : `${sweeps} (${error.toExponential(0)})`;
  const rows = results.map(({ k, separation, cold, fit }) => [
    `${k}, ${separation}`,
    ...[count(cold.newton), count(cold.anderson), count(cold.sinkhorn)],
    ...[
      String(fit.iterations),
      String(fit.sweeps),
      (fit.sweeps / fit.iterations).toFixed(2),
      fit.error.toExponential(0),
    ],
  ]);
  return table(
    ['k, separation', 'Newton', 'Anderson', 'Sinkhorn', 'iterations', 'sweeps', 'per iteration', '‖m − b‖₁'],
    rows,
  );
}

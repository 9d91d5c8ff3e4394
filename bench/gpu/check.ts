/**
 * Before anything is timed: what the kernels sum is what the float64 oracle sums, in every
 * form and at the sizes measured.
 */
import { availableParallelism } from 'node:os';
import type { GpuBackend } from '../../kernels/webgpu/tfjs.js';
import type { Device } from '../../src/backend/backend.js';
import { simdDevice } from '../../src/backend/wasm.js';
import { webgpuDevice } from '../../src/backend/webgpu.js';
import { loadDataset, toSource } from '../../src/data/dataset.js';
import { gaussian } from '../../src/families/gaussian.js';
import { logVolume } from '../../src/families/scaling.js';
import { constrain, mStep, problem, sweep } from '../../test/oracle/index.js';
import type { Size } from '../problem.js';
import { cloudOf } from './cloud.js';
import { modelAt } from './model.js';

/**
 * Relative to the objective; masses to 1; parameters to standard deviations. float32 rows allow about a tenth of these.
 */
const [OBJECTIVE, MASS, PARAMETER] = [2e-6, 1e-5, 5e-5];
const RIDGE = 1e-3;
/** Values are rounded to 5e-4 of their distance from the middle, this way or that. */
const ROUNDED = 1e-3;

/** Row counts over a block of 1024 and over a tile of 256 rows, columns with and without a remainder of quads. */
const shapes: readonly Size[] = (['full', 'tied', 'diag', 'spherical'] as const).flatMap((covariance) => [
  { covariance, n: 1025, d: 5, k: 3 },
  { covariance, n: 257, d: 18, k: 6 },
  { covariance, n: 100, d: 40, k: 5 },
]);

/**
 * Throws where a sweep or the M-step after it is wrong, at the sizes to be measured and, of real GPUs, at
 * others; resolves to the number of checks. A software adapter compiles for half a minute what it sweeps in a
 * second: the tests have more of it.
 */
export async function checkKernels(
  backend: GpuBackend,
  measured: readonly Size[],
  say: (text: string) => void,
): Promise<number> {
  const sizes = [...(backend.gpu.software ? [] : shapes), ...measured.map(affordable)];
  for (const size of sizes) {
    const { covariance, n, d, k } = size;
    const error = await checkSize(webgpuDevice(backend), size);
    say(`right: ${covariance}, n = ${n}, d = ${d}, k = ${k} (objective off by ${error.toExponential(1)})`);
  }
  return sizes.length;
}

/** The oracle does n · k · d² things, one after the other. */
function affordable(size: Size): Size {
  const { k, d } = size;
  return { ...size, n: Math.max(100, Math.min(1500, size.n, Math.round(2e8 / (k * d * d)))) };
}

async function checkSize(device: Device, { covariance, n, d, k }: Size): Promise<number> {
  const { x, start } = problem('overlapping', { n, d, k, seed: 7 });
  const mixture = constrain(start, covariance);
  const weights = x.map((_, i) => 1 + (i % 3));
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  const expected = sweep(
    x,
    weights.map((weight) => weight / total),
    mixture,
  );
  const family = gaussian({ covariance });
  const dataset = await loadDataset(toSource(x, weights), {
    device,
    missing: 'error',
    commonScale: family.commonScale,
  });
  const { shard, scaling } = dataset;
  try {
    const model = modelAt(family, family.toShard(family.fromParameters(mixture, 'start'), scaling), mixture.weights);
    const [moments] = await shard.sweep([{ model, objectiveNear: 1 }]);
    const objective = moments.objective / moments.weight + logVolume(scaling);
    const what = `${covariance}, n = ${n}, d = ${d}, k = ${k}`;
    const error = Math.abs(objective - expected.objective) / Math.max(1, Math.abs(expected.objective));
    within(error, OBJECTIVE, `${what}: objective ${objective}, the oracle's ${expected.objective}`);
    for (const [c, mass] of expected.mass.entries()) {
      within(moments.mass[c] / moments.weight - mass, MASS, `${what}: mass of component ${c}`);
    }
    if (expected.mass.some((mass) => mass * n < 0.1)) return error; // moments of hardly a row are all rounding
    const regularization = scaling.scale.map((scale) => RIDGE / scale ** 2);
    const { components } = family.estimate(moments, model.components, { regularization });
    sameParameters(family.toParameters(family.toData(components, scaling)), mStep(expected, covariance, RIDGE), what);
    return error;
  } finally {
    shard.dispose();
  }
}

interface Dense {
  readonly means: readonly (readonly number[])[];
  readonly covariances: readonly (readonly (readonly number[])[])[];
}

function sameParameters(got: Dense, expected: Dense, what: string): void {
  expected.covariances.forEach((covariance, c) => {
    const deviation = covariance.map((row, j) => Math.sqrt(row[j]));
    covariance.forEach((row, i) => {
      within((got.means[c][i] - expected.means[c][i]) / deviation[i], PARAMETER, `${what}: mean [${c}, ${i}]`);
      row.forEach((value, j) => {
        const off = (got.covariances[c][i][j] - value) / (deviation[i] * deviation[j]);
        within(off, PARAMETER, `${what}: covariance [${c}, ${i}, ${j}]`);
      });
    });
  });
}

/** Many rows, in several chunks and passes: what the CPU's kernel gives, which has its own tests against the oracle. */
export async function checkLarge(backend: GpuBackend, size: Size): Promise<string> {
  const { covariance, n, d, k } = size;
  const ours = await oneStep(webgpuDevice(backend), size);
  const theirs = await oneStep(simdDevice({ threads: availableParallelism() }), size);
  const what = `${covariance}, n = ${n}, d = ${d}, k = ${k}, beside the CPU's kernel`;
  const error = ours.objective / theirs.objective - 1;
  within(error, OBJECTIVE, `${what}: objective ${ours.objective}, the CPU's ${theirs.objective}`);
  theirs.mass.forEach((mass, c) => within(ours.mass[c] - mass, MASS, `${what}: mass of component ${c}`));
  sameParameters(ours.dense, theirs.dense, what);
  return what;
}

async function oneStep(device: Device, { covariance, n, d, k }: Size) {
  const { source, start } = cloudOf(n, d);
  const { means, variance, weights } = start(k);
  const family = gaussian({ covariance });
  const { shard, scaling } = await loadDataset(source, { device, missing: 'error', commonScale: true });
  try {
    const dense = family.fromParameters({ means, covariances: balls(k, d, variance) }, 'start');
    const model = modelAt(family, family.toShard(dense, scaling), weights);
    const [moments] = await shard.sweep([{ model }]);
    const regularization = scaling.scale.map((scale) => RIDGE / scale ** 2);
    const { components } = family.estimate(moments, model.components, { regularization });
    return {
      objective: moments.objective / moments.weight,
      mass: moments.mass.map((mass) => mass / moments.weight),
      dense: family.toParameters(family.toData(components, scaling)),
    };
  } finally {
    shard.dispose();
  }
}

/** k times variance · I, `[k][d][d]`. */
export function balls(k: number, d: number, variance: number): number[][][] {
  const ball = Array.from({ length: d }, (_, i) => Array.from({ length: d }, (__, j) => (i === j ? variance : 0)));
  return Array.from({ length: k }, () => ball);
}

/** Throws where a fit to rows in float16 has another mean log-likelihood than the same in float32, nats. */
export function requireAlike(rounded: number, whole: number, what: string): void {
  within(rounded - whole, ROUNDED, `${what}: log-likelihood of rows in float16 ${rounded}, in float32 ${whole}`);
}

function within(off: number, tolerance: number, what: string): void {
  if (Math.abs(off) <= tolerance) return;
  throw new Error(`bench: ${what}: expected to be within ${tolerance}, off by ${off}; nothing was timed`);
}

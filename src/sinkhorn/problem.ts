import { tf } from '#tfjs';
import type { Tensor } from '@tensorflow/tfjs';
import type { PointMetric } from '../../kernels/costs.js';
import { backendOf, isTensor, onBackend } from '../../kernels/engine.js';
import { shown, type Rule } from '../base/check.js';
import { InputError } from '../base/errors.js';
import { requireFits, requireTensor } from '../tensors/check.js';
import { repeat, type HostArray, type Sizes, type Source } from '../geometry/problem.js';
import { hasFar } from './reach.js';
import { hostArray, type SinkhornNumbers } from './numbers.js';

/** Two clouds of points, whose costs are never stored; both arrays, or both tensors of one backend. */
export interface PointClouds {
  /** `[n, d]` or `[B, n, d]` */
  readonly x: SinkhornNumbers;
  /** `[m, d]` or `[B, m, d]` */
  readonly y: SinkhornNumbers;
  /** 'squaredEuclidean' (default): C = ‖x_i − y_j‖². 'dot': C = x_i · y_j, for costs given as features. */
  readonly metric?: PointMetric;
}

/** Costs `[n, m]` or `[B, n, m]`, or what they are computed of. */
export type SinkhornCosts = SinkhornNumbers | PointClouds;

const matrixShapes = ['[n, m]', '[B, n, m]'];
const pointShapes = { x: ['[n, d]', '[B, n, d]'], y: ['[m, d]', '[B, m, d]'] };

export function isPoints(costs: SinkhornCosts): costs is PointClouds {
  return typeof costs === 'object' && costs !== null && !isTensor(costs) && 'x' in costs && 'y' in costs;
}

/** The tensors among costs, by name. */
export function tensorsOf(costs: SinkhornCosts): Readonly<Record<string, Tensor>> {
  const named = isPoints(costs) ? { x: costs.x, y: costs.y } : { cost: costs };
  return Object.fromEntries(Object.entries(named).filter((entry): entry is [string, Tensor] => isTensor(entry[1])));
}

/** What costs must be. */
const costRule: Rule = {
  expected: 'finite numbers, or Infinity for a pair that is forbidden',
  holds: (value) => value > -Infinity,
};

/** Whether a tensor may have costs that no plan uses: then it must be read. */
async function isFar(cost: Tensor, epsilon: number): Promise<boolean> {
  const [n, m] = cost.shape.slice(-2);
  const extremes = onBackend(backendOf(cost), () => tf.tidy(() => tf.stack([tf.min(cost), tf.max(cost)])));
  try {
    return hasFar(await extremes.data(), n, m, epsilon);
  } finally {
    extremes.dispose();
  }
}

/** Checks costs and reads those in arrays, and tensors too where `toHost` or some pairs are forbidden. Throws `InputError`. */
export async function readCosts(
  costs: SinkhornCosts,
  toHost: boolean,
  epsilon: number,
  where: string,
): Promise<{ readonly source: Source; readonly sizes: Sizes }> {
  const read = async (
    given: SinkhornNumbers,
    name: string,
    shapes: readonly string[],
    rule?: Rule,
  ): Promise<HostArray | Tensor> => {
    const at = `${where}: ${name}`;
    if (!isTensor(given) || toHost) return hostArray(given, at, shapes, rule);
    requireTensor(given, at, shapes);
    return rule && (await isFar(given, epsilon)) ? hostArray(given, at, shapes, rule) : given;
  };
  if (!isPoints(costs)) {
    const cost = await read(costs, 'cost', matrixShapes, costRule);
    const [n, m] = cost.shape.slice(-2);
    return { source: { kind: 'matrix', cost }, sizes: sizesOf([cost.shape.slice(0, -2)], n, m, where) };
  }
  const { metric = 'squaredEuclidean' } = costs;
  requireMetric(metric, where);
  if (isTensor(costs.x) !== isTensor(costs.y)) {
    throw new InputError('shape', {
      where: `${where}: points`,
      expected: 'x and y both as arrays, or both as tensors',
      got: `${isTensor(costs.x) ? 'x' : 'y'} alone as a tensor`,
      remedy: 'make a tensor of the other, or read this one',
    });
  }
  const x = await read(costs.x, 'x', pointShapes.x);
  const y = await read(costs.y, 'y', pointShapes.y);
  requireColumns(x.shape, y.shape, where);
  const [n, m] = [x, y].map(({ shape }) => shape[shape.length - 2]);
  const sizes = sizesOf([x.shape.slice(0, -2), y.shape.slice(0, -2)], n, m, where);
  return { source: { kind: 'points', x, y, metric }, sizes };
}

/**
 * Weights of one side for every batch, `[B, length]`; 1/length each where none are given. Throws `InputError` where one
 * is negative or all of a batch are 0.
 */
export async function readWeights(
  given: SinkhornNumbers | undefined,
  { batches }: Sizes,
  length: number,
  where: string,
): Promise<Float64Array> {
  if (given === undefined) return new Float64Array(batches * length).fill(1 / length);
  const values = await readVector(given, batches, length, where);
  for (let s = 0; s < batches; s++) {
    const own = values.subarray(s * length, (s + 1) * length);
    const bad = own.find((value) => value < 0);
    if (bad === undefined && own.some((value) => value > 0)) continue;
    const got = bad === undefined ? 'zeros only' : String(bad);
    throw new InputError('value', { where, expected: 'weights ≥ 0, one of them > 0', got, remedy: 'correct it' });
  }
  return values;
}

/** One number per point, of every batch: `[length]`, which all share, or `[B, length]`. */
export async function readVector(
  given: SinkhornNumbers,
  batches: number,
  length: number,
  where: string,
): Promise<Float64Array> {
  const { values, shape } = await hostArray(flat(given, batches, length), where, ['[length]', '[B, length]']);
  const own = requireFits(shape, 'length', [length], where);
  if (own === undefined) return repeat(values, batches);
  if (own === batches) return values;
  throw new InputError('shape', {
    where,
    expected: `[length], or [B, length] with the costs' B = ${batches}`,
    got: `B = ${own}`,
    remedy: 'give one row per batch, or one for all',
  });
}

/** A typed array of B · length numbers, as the potentials of a solution are, counts as `[B, length]`. */
function flat(given: SinkhornNumbers, batches: number, length: number): SinkhornNumbers {
  const typed = given instanceof Float64Array || given instanceof Float32Array;
  return typed && given.length === batches * length ? { data: given, shape: [batches, length] } : given;
}

function sizesOf(batches: readonly (readonly number[])[], n: number, m: number, where: string): Sizes {
  const given = batches.flat();
  if (given.some((b) => b !== given[0])) {
    throw new InputError('shape', {
      where: `${where}: points`,
      expected: 'the same number of batches in x and y',
      got: given.join(' and '),
      remedy: 'leave the batch out of what all of them share',
    });
  }
  return { batches: given[0] ?? 1, batched: given.length > 0, n, m };
}

function requireColumns(x: readonly number[], y: readonly number[], where: string): void {
  const [ofX, ofY] = [x, y].map((shape) => shape[shape.length - 1]);
  if (ofX === ofY) return;
  throw new InputError('shape', {
    where: `${where}: points`,
    expected: 'as many columns in x as in y',
    got: `${ofX} and ${ofY}`,
    remedy: 'give both the same coordinates',
  });
}

function requireMetric(metric: unknown, where: string): void {
  if (metric === 'squaredEuclidean' || metric === 'dot') return;
  throw new InputError('option', {
    where: `${where}: metric`,
    expected: 'squaredEuclidean or dot',
    got: shown(metric),
    remedy: 'choose one of these, or give the costs themselves',
  });
}

import { InputError } from '../base/errors.js';
import { total } from '../base/numbers.js';
import { isTensor } from '../../kernels/engine.js';
import type { Device } from '../backend/backend.js';
import type { Geometry } from '../geometry/geometry.js';
import type { Geometries, Sizes, Source } from '../geometry/problem.js';
import { requireWithinLimit } from '../tensors/check.js';
import { deviceOfArrays, deviceOfTensors } from './device.js';
import { restricted, type Restricted } from './forbidden.js';
import { iterate, type Ending, type RoughIteration } from './iterate.js';
import { readCosts, readVector, readWeights, tensorsOf, type SinkhornCosts } from './problem.js';
import { ladder, sinkhornSettings, type SinkhornOptions, type SinkhornSettings } from './settings.js';
import type { symmetric } from './updates.js';
import { alternating, type Marginals } from './updates.js';

/** Problems, checked and in their place. Its `parts` are to be disposed. */
export interface Prepared {
  readonly parts: Geometries;
  readonly sizes: Sizes;
  readonly marginals: Marginals;
  readonly settings: SinkhornSettings;
  /** g to start from, `[B, m]`. */
  readonly start: Float64Array | undefined;
  /** Of each problem, the blocks that it falls into, if it does. */
  readonly apart: Restricted['apart'];
}

/** Prescribed masses may differ by this share; b is then scaled to the mass of a. */
const MASS_TOLERANCE = 1e-5;

/** Reads and checks everything, and chooses the device unless it is given. Throws `InputError`. */
export async function prepare(
  costs: SinkhornCosts,
  options: SinkhornOptions,
  where: string,
  wanted?: Device,
): Promise<Prepared> {
  const settings = sinkhornSettings(options, where);
  const { signal, rhoA, rhoB } = settings;
  signal?.throwIfAborted();
  const tensors = tensorsOf(costs);
  const onTensors = Object.keys(tensors).length > 0;
  const early = wanted ?? (onTensors ? await deviceOfTensors(tensors, settings, where) : undefined);
  const { source, sizes } = await readCosts(costs, early?.onHost ?? false, settings.epsilon, where);
  const { batches, n, m } = sizes;
  const device = early ?? (await deviceOfArrays(batches * n * m, settings));
  const a = await readWeights(settings.a, sizes, n, `${where}: a`);
  const b = await readWeights(settings.b, sizes, m, `${where}: b`);
  if (rhoA === Infinity && rhoB === Infinity) matchMasses(a, b, sizes, where);
  const start = settings.start && (await readVector(settings.start.g, batches, m, `${where}: start.g`));
  const marginals = { a, b, rhoA, rhoB };
  const { used, apart } = withoutForbidden(source, sizes, marginals, settings.epsilon, where);
  if (used.kind === 'matrix' && device.tensors !== undefined) {
    requireWithinLimit(where, device.tensors, [[batches, n, m]]);
  }
  const parts = device.geometry({ source: used, sizes, weights: { a, b } });
  return { parts, sizes, marginals, settings, start, apart };
}

/** Costs without those that no plan uses; tensors have none, and clouds are taken as they are. */
function withoutForbidden(
  source: Source,
  sizes: Sizes,
  marginals: Marginals,
  epsilon: number,
  where: string,
): { readonly used: Source; readonly apart: Restricted['apart'] } {
  if (source.kind !== 'matrix' || isTensor(source.cost)) return { used: source, apart: [] };
  const { cost, apart } = restricted(source.cost, sizes, marginals, epsilon, where);
  return { used: { kind: 'matrix', cost }, apart };
}

/** Iterates all parts, the problem's own one being alternating or, where x and y are the same, symmetric. */
export async function solve(
  { parts, sizes, marginals, settings, start }: Prepared,
  update: typeof alternating | typeof symmetric = alternating,
): Promise<readonly Ending[]> {
  const { n, m } = sizes;
  const endings: Ending[] = [];
  const { geometries } = parts;
  const ranges = await Promise.all(geometries.map((one) => one.range()));
  requireFinite(ranges);
  for (const [s, geometry] of geometries.entries()) {
    const { batches } = geometry;
    const a = marginals.a.subarray(s * batches * n, (s + 1) * batches * n);
    const b = marginals.b.subarray(s * batches * m, (s + 1) * batches * m);
    const weights = update === alternating ? b : a;
    const [low, high] = ranges[s];
    const iteration = {
      ...settings,
      batches,
      weights,
      epsilons: ladder(settings, high - low),
      accelerate: settings.acceleration === 'anderson',
      roundoff: geometry.precision === 'float32' ? 2 ** -24 : 2 ** -53,
      evaluate: update(geometry, { ...marginals, a, b }),
      rough: roughly(geometry, { ...marginals, a, b }, update),
    };
    const from = start?.slice(s * batches * m, (s + 1) * batches * m) ?? new Float64Array(weights.length);
    endings.push(...(await iterate(iteration, from)));
    if (geometries.length > 1) geometry.dispose(); // only its kernel, which the next one's takes the place of
  }
  return endings;
}

function roughly(
  { rough, batches, m }: Geometry,
  marginals: Marginals,
  update: typeof alternating | typeof symmetric,
): RoughIteration | undefined {
  return rough && { evaluate: update({ batches, m, softmin: rough.softmin }, marginals), error: rough.error };
}

/** Tensors are not read back: their extremes tell of NaN and infinities. */
function requireFinite(ranges: readonly (readonly [number, number])[]): void {
  const bad = ranges.flat().find((value) => !Number.isFinite(value));
  if (bad === undefined) return;
  throw new InputError('value', {
    where: 'sinkhorn: costs',
    expected: 'finite numbers',
    got: String(bad),
    remedy: 'replace it; where nothing should go, put a weight of 0 or a cost far above the others',
  });
}

/** Scales b to the mass of a, in place. */
function matchMasses(a: Float64Array, b: Float64Array, { batches, n, m }: Sizes, where: string): void {
  for (let s = 0; s < batches; s++) {
    const [ofA, ofB] = [total(a, s * n, n), total(b, s * m, m)];
    if (Math.abs(ofA - ofB) > MASS_TOLERANCE * Math.max(ofA, ofB)) {
      throw new InputError('value', {
        where: `${where}: a and b`,
        expected: 'the same sums, where both are prescribed',
        got: `${ofA} and ${ofB}`,
        remedy: 'divide each by its sum, or set rhoA or rhoB to a finite price',
      });
    }
    for (let j = s * m; j < (s + 1) * m; j++) b[j] *= ofA / ofB;
  }
}

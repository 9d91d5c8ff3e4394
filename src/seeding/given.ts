import { isList, shown } from '../base/check.js';
import { InputError } from '../base/errors.js';
import { componentsOfBlocks, componentsOfParameters, missing } from '../families/blocks.js';
import type { Components } from '../families/components.js';
import { denseCovariances, denseMatrix, inverseOf, nested, type DenseComponents } from '../families/dense.js';
import type { Family, FreshStart } from '../families/family.js';
import type { Scaling } from '../families/scaling.js';
import { proportions } from '../transport/proportions.js';
import type { AssignedStart } from './assigned.js';
import type { SeedingProblem } from './seeding.js';
import { clusters, shares, type Start } from './estimates.js';
import { seedingMethods } from './seeding.js';
import { assign } from './start.js';

/** A start given by the user, in the data's units. Covariances are `[k][d][d]` whatever the covariance type. */
export interface GivenStart extends DenseComponents {
  /** Mixture weights, sum 1; noise has one more, the last. */
  readonly weights: readonly number[];
}

/**
 * A start of Gaussians or Student-t given in part: what is left out comes from one sweep at what is given. Without covariances each row goes to
 * the nearest mean, distances in standard deviations of the columns, and clusters are estimated as after a seeding.
 * With them rows are shared out as the components have it. Given means stay.
 */
export interface PartialStart {
  /** `[k][d]`. */
  readonly means: DenseComponents['means'];
  /** Mixture weights `[k]`, positive, sum 1. */
  readonly weights?: readonly number[];
  /** `[k][d][d]` whatever the covariance type. */
  readonly covariances?: DenseComponents['covariances'];
  /** Their inverses, instead of them. */
  readonly precisions?: DenseComponents['covariances'];
}

/** A start by the parameters of the family, as `mixture.components` has them: a list of one block. */
export interface NamedStart {
  readonly components: readonly Readonly<Record<string, unknown>>[];
  /** Mixture weights `[k]`, positive, sum 1; left out, they come from one sweep. */
  readonly weights?: readonly number[];
}

/** Everything that a fit can start from besides a seeding method. */
export type StartInput = GivenStart | PartialStart | NamedStart | AssignedStart;

const parts = ['means', 'weights', 'covariances', 'precisions'] as const;
const named = ['components', 'weights'] as const;
const assignments = ['responsibilities', 'labels'] as const;

/** Throws `InputError('option')` for what is no start, as far as can be told without the data. `noise`: whether there is some. */
export function requireStart(start: unknown, k: number, noise = false): void {
  const given = Object.entries((start ?? {}) as Record<string, unknown>).flatMap(([name, value]) =>
    (value ?? undefined) === undefined ? [] : [name],
  );
  const known = isAssigned(start as StartInput) ? assignments : given.includes('components') ? named : parts;
  const sound =
    typeof start === 'object' &&
    !isList(start) &&
    given.every((name) => known.some((one) => one === name)) &&
    (known === parts ? given.includes('means') : known === named || given.length === 1) &&
    !(given.includes('covariances') && given.includes('precisions'));
  if (!sound) {
    throw new InputError('option', {
      where: 'seeding',
      expected:
        `one of ${seedingMethods.join(', ')}, or an object with means (and weights, covariances or precisions), ` +
        'with responsibilities, or with labels',
      got:
        typeof start === 'object' && !isList(start) ? `an object with ${given.join(', ') || 'nothing'}` : shown(start),
      remedy: 'give one of these; what means lack is estimated',
    });
  }
  const { weights } = start as PartialStart;
  if ((weights ?? undefined) !== undefined) proportions(weights, k, 'seeding.weights', noise);
}

export function isAssigned(start: StartInput): start is AssignedStart {
  return typeof start === 'object' && assignments.some((name) => name in start);
}

/** Whether distances have to be measured: neither spreads nor shares are known. */
export function needsMetric(seeding: string | StartInput): boolean {
  if (typeof seeding === 'string') return true;
  const { covariances, precisions } = seeding as PartialStart;
  return !isAssigned(seeding) && !('components' in seeding) && !covariances && !precisions;
}

/** The whole of a start that is given in part or in full, in the shard's coordinates. Throws `InputError`. */
export async function startOfParts(
  given: GivenStart | PartialStart | NamedStart,
  problem: SeedingProblem,
  family: Family,
  regularization: Float64Array,
): Promise<Start> {
  const { k, shard, scaling, columns } = problem;
  const { d, n } = shard;
  const own = ownComponents(given, family, k, columns);
  const placed = own && family.toShard(own, scaling);
  if (!own) requireMeans(family);
  const centres = own ? undefined : centresOf((given as PartialStart).means, k, d, scaling);
  const known = given.weights && proportions(given.weights, k, 'seeding.weights', family.noise !== undefined);
  if (placed && known) return { weights: known, components: placed };
  const around = placed ? family.pack(placed) : family.around(centres as Float64Array, problem.variances, scaling);
  const assigned = await assign(around, placed ? 1 : 0, problem);
  const components =
    placed ??
    family.restarted(clusters(assigned, problem, family, regularization), startsAt(centres as Float64Array, d));
  return { weights: known ?? shares(assigned.moments, n), components };
}

/** The components that a start gives whole; undefined where it gives means alone. */
function ownComponents(
  given: GivenStart | PartialStart | NamedStart,
  family: Family,
  k: number,
  d: number,
): Components | undefined {
  if ('components' in given) return componentsOfBlocks(family, given.components, { k, d }, 'seeding');
  const { means, covariances, precisions } = given as PartialStart;
  const spreads = covariances ?? (precisions && inverses(precisions, k, d));
  return spreads && componentsOfParameters(family, { means, covariances: spreads }, { k, d }, 'seeding');
}

/** Means are a start where columns are swept as they are. Throws `InputError('unsupported')` elsewhere. */
function requireMeans({ name, parameters, coding }: Family): void {
  if (!coding || ['covariances', 'scales'].some((spread) => parameters.includes(spread))) return;
  throw new InputError('unsupported', {
    where: 'seeding',
    expected: `components, labels, responsibilities or a method with family ${name}`,
    got: 'means',
    remedy: 'give seeding: { components } as mixture.components has them, or family: gaussian()',
  });
}

/** Means `[k][d]` in the shard's coordinates. */
function centresOf(means: unknown, k: number, d: number, { shift, scale }: Scaling): Float64Array {
  if (!isList(means)) throw missing('means', means, k, 'seeding');
  return denseMatrix(means, k, d, 'seeding: means').map((mean, at) => (mean - shift[at % d]) / scale[at % d]);
}

/** Every component around its own of the rows `[k, d]`. */
function startsAt(rows: Float64Array, d: number): FreshStart[] {
  return Array.from({ length: rows.length / d }, (_, component) => ({
    component,
    row: rows.subarray(component * d, (component + 1) * d),
  }));
}

/** Covariances of precisions `[k][d][d]`; throws `InputError` where one is not symmetric and positive definite. */
function inverses(precisions: unknown, k: number, d: number): number[][][] {
  const list = isList(precisions) ? precisions : [];
  return denseCovariances(list, k, d, 'seeding', 'precisions').map((one) => nested(inverseOf(one, d), d));
}

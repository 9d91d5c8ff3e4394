/** What each component of a mixture has of some rows, and small mixtures that are fitted to the rows of some. */
import { seededRandom } from '../../base/random.js';
import { expectationMaximization, type EmProblem } from '../../em/em.js';
import { picked, type Components } from '../../families/components.js';
import { weightsOf } from '../../families/family.js';
import { drawnRows } from '../../seeding/drawn-rows.js';
import type { WeighedRows } from '../../seeding/clusters.js';
import type { Start } from '../../seeding/start.js';
import { hostShard } from '../../sweep/exact/host.js';
import { ExactShard } from '../../sweep/exact/shard.js';
import type { BorrowedShard } from '../../sweep/shard.js';
import type { PlanModel } from '../../sweep/model.js';
import { free } from '../../transport/free.js';
import type { Fitting } from '../fitting.js';
import { startsOf } from '../starts.js';

/** Rows that are looked at: of more as many are drawn. */
const MOST_ROWS = 2000;
/** Shares of rows under this are left out. */
const LEAST_SHARE = 1e-3;
/** Iterations of a small mixture. */
const ITERATIONS = 10;

/** Streams of random numbers from here on down: starts have those from 0 on, and a sample the one between. */
const FIRST_STREAM = -2;

/** What small mixtures know of the fit that they are a part of. */
export type Moving = Pick<Fitting, 'dataset' | 'settings'> & Pick<EmProblem, 'regularization'>;

/** A mixture of the rows that some components have. */
export interface Group extends Start {
  /** −Σ log p of these rows under it, over the weight of all rows, nats. */
  readonly cost: number;
}

/** Rows of a dataset, by what each component of a mixture has of them. */
export class Groups {
  private constructor(
    private readonly moving: Moving,
    private readonly mixture: Start,
    private readonly rows: WeighedRows,
    /** `[rows, weights]`. */
    private readonly shares: Float32Array,
    private readonly seed: number,
  ) {}

  /** The groups of a mixture in the shard's coordinates. `number`: each has luck of its own. */
  static async of(
    moving: Moving,
    { mixture, shard, number }: { readonly mixture: Start; readonly shard: BorrowedShard; readonly number: number },
  ): Promise<Groups> {
    const { settings } = moving;
    const { family, signal } = settings;
    const random = seededRandom(settings.seed, FIRST_STREAM - number);
    const rows = await drawnRows({ shard, random, signal }, Math.min(shard.n, MOST_ROWS), {
      gaps: family.patterned ?? false,
    });
    const { weights, components } = mixture;
    const all = hostShard(rows.d, [{ start: 0, values: rows.values, weights: rows.weights }]);
    const shares = new Float32Array(rows.weights.length * weights.length);
    const model: PlanModel = {
      components: family.pack(components),
      ...{ weights, potential: new Float64Array(weights.length), epsilon: 1 },
    };
    for await (const { start, responsibilities } of all.rows(model, { responsibilities: true, signal })) {
      shares.set(responsibilities, start * weights.length);
    }
    return new Groups(moving, mixture, rows, shares, settings.seed + number);
  }

  get k(): number {
    return this.mixture.components.k;
  }

  /** How much two components have of the same rows, of what the lesser has: from 0 to 1. */
  overlap(one: number, other: number): number {
    const { shares, rows } = this;
    const width = this.mixture.weights.length;
    const sums = [0, 0, 0];
    for (const [row, weight] of rows.weights.entries()) {
      const [a, b] = [shares[row * width + one], shares[row * width + other]];
      sums[0] += weight * a * b;
      sums[1] += weight * a;
      sums[2] += weight * b;
    }
    return sums[0] / Math.min(sums[1], sums[2]);
  }

  /** The components as they are, of their own rows. */
  async asTheyAre(of: readonly number[]): Promise<Group> {
    const { weights, components } = this.mixture;
    const { family } = this.moving.settings;
    const own = picked(components, of);
    const model: PlanModel = {
      components: family.pack(own),
      weights: proportional([...of, ...noiseOf(components, weights)].map((c) => weights[c])),
      ...{ potential: new Float64Array(weightsOf(family, of.length)), epsilon: 1 },
    };
    const [moments] = await hostShard(this.rows.d, [this.rowsOf(of)]).sweep([{ model }]);
    return { weights: model.weights, components: own, cost: moments.objective / this.total };
  }

  /** A mixture of so many components of the rows that some have; undefined where these are too few. */
  async refitted(of: readonly number[], k: number): Promise<Group | undefined> {
    const { moving, rows, seed } = this;
    const { dataset, regularization } = moving;
    const { family, signal } = moving.settings;
    const own = this.rowsOf(of);
    const total = own.weights.reduce((sum, weight) => sum + weight, 0);
    if (total <= k * (rows.d + 1)) return undefined;
    const shard = hostShard(rows.d, [own]);
    const settings = {
      ...moving.settings,
      components: k,
      seed,
      marginal: { kind: 'free' },
      seeding: 'k-means++',
    } as const;
    const starts = await startsOf({ ...dataset, shard, dropped: 0 }, settings, regularization);
    const run = await expectationMaximization(
      {
        ...{ shard, family, signal, regularization },
        ...{ stages: [{ marginal: free, epsilon: 1 }], tolerance: 1e-4, maxIterations: ITERATIONS },
        ...{ precision: 'float64', exactly: () => Promise.resolve(new ExactShard(rows.d, [own])) },
      },
      await starts(0, shard),
    );
    return { weights: run.weights, components: run.components, cost: (run.finalObjective * total) / this.total };
  }

  private get total(): number {
    return this.rows.weights.reduce((sum, weight) => sum + weight, 0);
  }

  /** Rows by what these components have of them. */
  private rowsOf(of: readonly number[]): { start: 0; values: Float64Array; weights: Float64Array } {
    const { rows, shares } = this;
    const width = this.mixture.weights.length;
    const share = (row: number): number => of.reduce((sum, c) => sum + shares[row * width + c], 0);
    const kept = Array.from(rows.weights.keys()).filter((row) => share(row) > LEAST_SHARE);
    const { d } = rows;
    const values = new Float64Array(kept.length * d);
    kept.forEach((row, at) => values.set(rows.values.subarray(row * d, (row + 1) * d), at * d));
    return { start: 0, values, weights: Float64Array.from(kept, (row) => rows.weights[row] * share(row)) };
  }
}

/** The number of noise among the weights, where there is some. */
function noiseOf({ k }: Components, weights: Float64Array): number[] {
  return weights.length > k ? [k] : [];
}

function proportional(weights: readonly number[]): Float64Array {
  const sum = weights.reduce((total, weight) => total + weight, 0);
  return Float64Array.from(weights, (weight) => weight / sum);
}

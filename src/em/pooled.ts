import type { Family } from '../families/family.js';
import type { Scaling } from '../families/scaling.js';
import type { PackedModel } from '../sweep/model.js';
import type { Moments } from '../sweep/moments.js';
import type { SweptRows } from '../sweep/shard.js';

/** Rows, and how they are held. */
interface Rows {
  readonly shard: SweptRows;
  /** How many columns the data have. */
  readonly columns: number;
  readonly scaling: Scaling;
  readonly signal?: AbortSignal | undefined;
}

/** The moments of all rows by a model of one component. */
export interface Pooled {
  readonly packed: PackedModel;
  readonly moments: Moments;
}

/** Iterations at the most of EM of one component. */
const MOST = 100;
/** A fall of F by less is none, nats. */
const LEAST = 1e-7;

/**
 * The moments of all rows: statistics by one sweep. Squares come by another about the mean that the first finds, so that they
 * keep their digits. Where values are missing, and of Student-t terms, sums depend on the model: then EM of one component
 * goes on until F stops falling.
 */
export async function pooledMoments({ shard, columns, scaling, signal }: Rows, family: Family): Promise<Pooled> {
  const regularization = new Float64Array(shard.d);
  const sweep = async (packed: PackedModel): Promise<Pooled> => {
    const weights = new Float64Array(packed.k); // noise, where there is some, has none
    weights[0] = 1;
    const model = { components: packed, weights, potential: new Float64Array(packed.k), epsilon: 1 };
    const [moments] = await shard.sweep([{ model, tails: true }], { signal });
    return { packed, moments };
  };
  const from = family.around(new Float64Array(shard.d), new Float64Array(shard.d).fill(1), scaling);
  let pooled = await sweep(from);
  const { quadratic } = family.shape(1, columns);
  const depends = family.patterned === true || quadratic.some(({ radial }) => radial !== undefined);
  const most = quadratic.length === 0 ? 0 : depends ? MOST : 1;
  for (let turn = 0, fall = Infinity; turn < most && fall > LEAST; turn++) {
    const { components } = family.estimate(pooled.moments, pooled.packed, { regularization });
    const next = await sweep(family.pack(components));
    fall = turn > 0 ? meanObjective(pooled) - meanObjective(next) : Infinity;
    pooled = next;
  }
  return pooled;
}

function meanObjective({ moments: { objective, weight } }: Pooled): number {
  return objective / weight;
}

import type { Device } from '../backend/backend.js';
import { seededRandom } from '../base/random.js';
import type { Dataset } from '../data/dataset.js';
import { gappedRows } from '../data/load-options.js';
import type { FitSettings } from './options.js';
import type { WeighedRows } from '../seeding/clusters.js';
import { drawnRows } from '../seeding/drawn-rows.js';
import type { ShardBuilder } from '../sweep/builder.js';
import { withCommonPart } from '../sweep/common-part.js';
import type { Shard } from '../sweep/shard.js';

/** Rows of a sample, at the least, and for each free parameter of the components. */
const LEAST = 2 ** 14;
const PER_PARAMETER = 10;
/** The sample's stream of random numbers: starts have those from 0 on. */
const STREAM = -1;

/** Rows of a dataset drawn by their weights, in the dataset's coordinates. Whoever has it disposes the shard. */
export interface SampledRows {
  readonly shard: Shard;
  /** How many were drawn; of those drawn several times the shard has one of that weight. */
  readonly rows: number;
}

/** A sample that tells starts apart, with the gaps of its rows; undefined where that takes half of the rows or more. */
export async function sampledRows(
  { shard, columns }: Dataset,
  { family, components: k, seed, signal }: FitSettings,
  device: Device,
): Promise<SampledRows | undefined> {
  const rows = Math.max(LEAST, PER_PARAMETER * family.parameterCount(k, columns.length));
  if (shard.n < 2 * rows) return undefined;
  const gaps = family.patterned === true;
  const drawn = await drawnRows({ shard, random: seededRandom(seed, STREAM), signal }, rows, { gaps });
  const { d } = drawn;
  const held = await heldBy(gaps ? gappedRows(device, d) : device.rows(d, { trials: false }), drawn);
  return { rows, shard: family.coding ? withCommonPart(held, sumsOf(drawn)) : held };
}

async function heldBy(builder: ShardBuilder, { values, weights, d }: WeighedRows): Promise<Shard> {
  const columns = Array.from({ length: d }, (_, start) => ({ values, start, stride: d }));
  const asTheyAre = { shift: new Float64Array(d), scale: new Float64Array(d).fill(1), weightUnit: 1 };
  try {
    await builder.add({ rows: weights.length, columns, weights }, asTheyAre);
    return await builder.finish();
  } catch (error) {
    builder.discard();
    throw error;
  }
}

/** What models' common part is known by; that of rows is the same for all models. */
function sumsOf({ values, weights, d }: WeighedRows): { readonly weight: number; readonly sums: Float64Array } {
  const sums = new Float64Array(d);
  let weight = 0;
  for (const [row, own] of weights.entries()) {
    weight += own;
    // What is missing lies in columns of which nothing is common to all models.
    for (let j = 0; j < d; j++) sums[j] += own * (values[row * d + j] || 0);
  }
  return { weight, sums };
}

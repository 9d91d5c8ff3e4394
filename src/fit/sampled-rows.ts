import type { Device } from '../backend/backend.js';
import { seededRandom } from '../base/random.js';
import type { Dataset } from '../data/dataset.js';
import type { FitSettings } from './options.js';
import type { WeighedRows } from '../seeding/clusters.js';
import { drawnRows } from '../seeding/drawn-rows.js';
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

/**
 * A sample that tells starts apart; undefined where that takes half of the rows or more, and where rows may lack values,
 * which no row that is taken does.
 */
export async function sampledRows(
  { shard, columns }: Dataset,
  { family, components: k, seed, signal }: FitSettings,
  device: Device,
): Promise<SampledRows | undefined> {
  const rows = Math.max(LEAST, PER_PARAMETER * family.parameterCount(k, columns.length));
  if (family.patterned || shard.n < 2 * rows) return undefined;
  const drawn = await drawnRows({ shard, random: seededRandom(seed, STREAM), signal }, rows);
  const held = await heldBy(device, drawn);
  return { rows, shard: family.coding ? withCommonPart(held, sumsOf(drawn)) : held };
}

async function heldBy(device: Device, { values, weights, d }: WeighedRows): Promise<Shard> {
  const builder = device.rows(d, { trials: false });
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
    for (let j = 0; j < d; j++) sums[j] += own * values[row * d + j];
  }
  return { weight, sums };
}

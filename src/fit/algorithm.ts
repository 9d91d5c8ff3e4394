import type { Device } from '../backend/backend.js';
import { invalid, requireOneOf } from '../base/check.js';
import { InputError } from '../base/errors.js';
import type { Dataset } from '../data/dataset.js';
import { blockedRows, blocks, blocksAs } from '../sweep/blocks.js';
import { emptyMoments } from '../sweep/moments.js';
import type { PackedShape } from '../sweep/model.js';
import type { Shard, SweptRows } from '../sweep/shard.js';
import type { MissingPolicy } from '../data/blocks.js';
import type { Family } from '../families/family.js';
import type { Marginal } from '../transport/marginal.js';
import { temperatures, type EpsilonSchedule } from '../transport/temperature.js';
import type { NoiseOption } from './noise.js';
import { algorithms, type Acceleration, type Algorithm, type PrecisionChoice, type Strategy } from './choices.js';

/** Blocks that rows are divided into where their number is known, at the least, if each may have 1024 rows. */
const BLOCKS = 16;
/** Rows of a block where it is not, and at the most: as many as are encoded at once. */
const UNKNOWN_ROWS = 2 ** 14;
const MOST_ROWS = 2 ** 16;
/** Bytes of what is kept of all blocks. */
const MEMORY = 2 ** 26;

/** What a fit asks for, as far as it decides whether EM can be incremental. */
interface Asked {
  readonly algorithm: Algorithm;
  readonly marginal: Marginal;
  readonly epsilon: number | EpsilonSchedule;
  readonly strategy: Strategy;
  readonly acceleration: Acceleration;
  readonly precision: PrecisionChoice;
  readonly noise: NoiseOption;
  readonly missing: MissingPolicy;
}

/** Throws `InputError('option')` for no algorithm, and for what incremental EM would have to override. */
export function requireAlgorithm(asked: Asked): void {
  requireOneOf('algorithm', asked.algorithm, algorithms);
  if (asked.algorithm === 'em') return;
  const odd = obstacles(asked).find(({ got }) => got !== undefined);
  if (odd) throw invalid('algorithm', `em, or ${odd.expected} with incremental`, odd.got, "use algorithm 'em'");
}

/** What incremental EM expects, and what there is instead; undefined where that is nothing. */
function obstacles(asked: Asked): { readonly expected: string; readonly got: string | undefined }[] {
  const { marginal, epsilon, strategy, acceleration, precision, noise, missing } = asked;
  const unless = (expected: string, sound: boolean, got: string): { expected: string; got: string | undefined } => ({
    expected,
    got: sound ? undefined : got,
  });
  return [
    unless('free proportions', marginal.kind === 'free', `marginal ${marginal.kind}`),
    unless('free proportions', strategy !== 'warm-up', 'strategy warm-up'),
    unless('epsilon > 0', !temperatures(epsilon).includes(0), 'epsilon 0'),
    unless('acceleration none', acceleration !== 'squarem', 'acceleration squarem'),
    unless('precision auto', precision !== 'float64', 'precision float64'),
    unless('no noise', noise === false, 'noise'),
    unless('missing error or drop', missing !== 'model', 'missing model'),
  ];
}

/** A device that holds rows in blocks, where incremental EM wants such; `rows`: how many there are, if that is known. */
export function blocked(
  device: Pick<Device, 'rows' | 'gappedRows'>,
  { algorithm }: Pick<Asked, 'algorithm'>,
  rows: number | undefined,
): { readonly device: Pick<Device, 'rows' | 'gappedRows'>; readonly held: (shard: Shard) => void } {
  if (algorithm === 'em') return { device, held: () => undefined };
  const wanted = rows === undefined ? UNKNOWN_ROWS : rows / BLOCKS;
  const blockRows = Math.max(1024, Math.min(MOST_ROWS, 2 ** Math.floor(Math.log2(wanted))));
  let whole: Shard | undefined;
  return {
    device: {
      rows: (d, options) => {
        const builder = blockedRows(() => device.rows(d, options), blockRows);
        return { ...builder, finish: async () => (whole = await builder.finish()) };
      },
    },
    held: (shard) => whole && blocksAs(shard, whole),
  };
}

/** The blocks of a fit's rows, so many that what is kept of them has its memory; undefined where EM is not incremental. */
export function blocksOf(
  { shard }: Dataset,
  { algorithm, family }: Pick<Asked, 'algorithm'> & { readonly family: Family },
  shape: PackedShape,
): readonly SweptRows[] | undefined {
  if (algorithm === 'em') return undefined;
  if (shape.quadratic.some(({ radial }) => radial !== undefined)) {
    throw new InputError('unsupported', {
      where: 'algorithm',
      expected: 'a family without Student-t with incremental',
      got: family.describe(shape.k),
      remedy: "use algorithm 'em'",
    });
  }
  const { mass, quadratic, linear } = emptyMoments(shape);
  const sums = quadratic.reduce((sum, { first, second }) => sum + first.length + second.length, mass.length);
  return blocks(shard, Math.max(1, Math.floor(MEMORY / (16 * (sums + (linear?.length ?? 0))))));
}

import type { Dataset } from '../data/dataset.js';
import type { EmProblem } from '../em/problem.js';
import type { Family } from '../families/family.js';
import type { Floats, PackedShape } from '../sweep/model.js';
import { sweepOperations } from '../sweep/operations.js';
import type { RowFormat } from '../../kernels/webgpu/rows.wgsl.js';
import type { SweptRows } from '../sweep/shard.js';
import type { PrecisionChoice } from './choices.js';

/** Operations of a sweep up to which it is made in plain TypeScript where float32 can't tell: some .2 s. */
const PLAIN_SWEEP = 2 ** 26;

/** How many times the rounding is borne before long sweeps are made in float64: it cancels over many rows. */
const LEEWAY = 100;

/** What of a fit's settings decides it. */
interface Asked {
  readonly precision: PrecisionChoice;
  readonly rows: RowFormat;
  readonly family: Family;
  readonly signal?: AbortSignal | undefined;
}

/** What of the problem is the precision's. */
export function precisionOf(
  dataset: Dataset,
  asked: Asked,
  shape: PackedShape,
): Pick<EmProblem, 'exactly' | 'settled' | 'leeway'> {
  const { precision, rows, family } = asked;
  const dear = !family.patterned && dataset.shard.n * sweepOperations(shape) > PLAIN_SWEEP;
  // Of linear terms float64 has the last word whatever it takes.
  const plain = precision === 'auto' && dear && !dataset.exact.fast && shape.linear === undefined;
  const settled = settledBy(precision, {
    plain,
    rounded: rows === 'float16',
    lacking: precision === 'auto' ? dataset.exact.lacking : 0,
  });
  return {
    leeway: dear && precision !== 'float64' ? LEEWAY : 1,
    ...(settled && { settled }),
    exactly: settled ? undefined : rowsOf(dataset, asked),
  };
}

/** Why there are no float64 sweeps, where there are none. */
function settledBy(
  precision: PrecisionChoice,
  { plain, rounded, lacking }: { readonly plain: boolean; readonly rounded: boolean; readonly lacking: number },
): EmProblem['settled'] {
  if (precision === 'float32') return { reason: 'none are asked for', remedy: "ask for precision 'auto'" };
  if (rounded) return { reason: 'there are none of rows in float16', remedy: 'leave rows out, for float32' };
  if (plain) {
    const remedy = "ask for precision 'float64', which takes long";
    return { reason: 'there are too many rows for them without SIMD', remedy };
  }
  if (lacking === 0) return undefined;
  const room = `${(lacking / 2 ** 30).toFixed(1)} GiB more`;
  return {
    reason: 'there is too little room on the disk for them',
    remedy: `name a folder that has room for ${room} with spill (--spill DIR)`,
  };
}

/** Rows that may lack values are held and swept in float64 from the first. */
function rowsOf(dataset: Dataset, { family, signal }: Asked): NonNullable<EmProblem['exactly']> {
  if (family.patterned) return () => Promise.resolve(dataset.shard as SweptRows<Floats>);
  return () => dataset.exact.load(signal);
}

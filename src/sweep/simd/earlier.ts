import { hasCandidates, MANY_STATISTICS } from '../../../kernels/simd/candidates.js';
import { boundsBy, recordsOf, type EarlierLogits, type LogitModel } from '../../../kernels/simd/earlier.js';
import { lineSize } from '../../../kernels/simd/linear.js';
import type { SimdModel } from '../../../kernels/simd/model.js';
import { sharedFloats, sharedIntegers } from '../../threads/shared.js';

/** Statistics per component from which on logits are kept: they take as much less memory than rows. */
const STATISTICS_EACH = 8;

/** Bytes that logits of rows of d columns in so many groups take at most, whatever the model; 0 where none are kept. */
export function mostLogitBytes(groups: number, d: number): number {
  if (d < MANY_STATISTICS) return 0;
  return bytesOf(recordsOf(groups, Math.floor(d / STATISTICS_EACH) & ~3));
}

/** Of the numbers of all blocks, and of the block's model. */
function bytesOf({ blocks, numbers }: ReturnType<typeof recordsOf>): number {
  return numbers * Float32Array.BYTES_PER_ELEMENT + blocks * Int32Array.BYTES_PER_ELEMENT;
}

type Records = Pick<EarlierLogits, 'values' | 'ids'>;
const NOTHING: Records = { values: new Float32Array(), ids: new Int32Array() };

/** Logits of all rows that a sweep came upon, by which later ones leave components out; see `boundsBy`. */
export class EarlierSweep {
  /** The model whose logits are kept, and which of all that were. */
  private model: LogitModel | undefined;
  private id = 0;
  private records = NOTHING;
  /** What the last sweep was given, with how many blocks it swept by which logits. */
  private last: EarlierLogits | undefined;

  /** `room`: bytes that logits may take; models whose logits take more keep none. */
  constructor(
    private readonly groups: number,
    private readonly room = Infinity,
  ) {}

  /** What a sweep of all rows by itself is to be given. */
  next(model: SimdModel): EarlierLogits | undefined {
    const { k, linear } = model;
    if (!linear || !hasCandidates(model) || linear.dense < STATISTICS_EACH * lineSize(k)) return undefined;
    const records = recordsOf(this.groups, k);
    if (bytesOf(records) > this.room) return undefined;
    if (this.model && !isLike(this.model, model)) this.forget();
    const [used, own] = this.last?.tally ?? [0, 0];
    const few = used + own;
    const worn = this.last?.bounds !== undefined && 2 * used < few;
    if (this.model && !worn) return this.given(this.records, boundsBy(this.model, model));
    const { blocks, numbers } = records;
    if (2 * few < blocks) {
      this.forget();
      return this.given(NOTHING);
    }
    if (this.records.values.length !== numbers) {
      this.records = { values: sharedFloats(numbers), ids: sharedIntegers(blocks) };
    }
    this.model = { k, linear, offsets: model.offsets, rate: model.rate };
    this.id++;
    return this.given(this.records);
  }

  private given({ values, ids }: Records, bounds?: Float32Array): EarlierLogits {
    this.last = { id: this.id, values, ids, tally: sharedIntegers(2), bounds };
    return this.last;
  }

  private forget(): void {
    this.model = undefined;
    this.last = undefined;
    this.records = NOTHING;
  }
}

function isLike(a: LogitModel, b: LogitModel): boolean {
  return a.k === b.k && a.linear?.dense === b.linear?.dense;
}

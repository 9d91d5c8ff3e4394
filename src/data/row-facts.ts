import type { Encoding } from '../sweep/encode.js';
import type { RowFacts } from '../sweep/common-part.js';
import type { CodedBlock } from './coded.js';

/** Rows that are added up together: their columns stay in a cache where they lie side by side. */
const ROWS_AT_ONCE = 64;

/** Adds up what is to be known of rows in float64 as they come. */
export class FactSums {
  private readonly bases: Float64Array[] = [];
  private readonly sums: Float64Array;
  private weight = 0;
  private baseSum = 0;

  constructor(d: number) {
    this.sums = new Float64Array(d);
  }

  add({ rows, columns, weights, base }: CodedBlock, { shift, scale, weightUnit }: Encoding): void {
    const own = new Float64Array(rows).fill(1);
    if (weights) own.set(weights.subarray(0, rows));
    for (let row = 0; row < rows; row++) this.weight += own[row] /= weightUnit;
    const sums = new Float64Array(columns.length);
    for (let from = 0; from < rows; from += ROWS_AT_ONCE) {
      const to = Math.min(rows, from + ROWS_AT_ONCE);
      for (const [j, { values, start, stride }] of columns.entries()) {
        const middle = shift[j];
        let sum = sums[j];
        for (let row = from, at = start + from * stride; row < to; row++, at += stride) {
          sum += own[row] * (values[at] - middle);
        }
        sums[j] = sum;
      }
    }
    for (const [j, sum] of sums.entries()) this.sums[j] += sum / scale[j];
    if (!base) return;
    this.bases.push(base);
    for (let row = 0; row < rows; row++) this.baseSum += own[row] * base[row];
  }

  facts(): RowFacts {
    const { weight, sums, bases, baseSum } = this;
    return { weight, sums, ...(bases.length > 0 && { base: { values: joined(bases), sum: baseSum } }) };
  }
}

function joined(parts: readonly Float64Array[]): Float64Array {
  const all = new Float64Array(parts.reduce((sum, { length }) => sum + length, 0));
  let from = 0;
  for (const part of parts) {
    all.set(part, from);
    from += part.length;
  }
  return all;
}

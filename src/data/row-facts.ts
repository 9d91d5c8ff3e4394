import type { Encoding } from '../sweep/encode.js';
import type { RowFacts } from '../sweep/common-part.js';
import { expectsRoom, type SpillLimit } from '../sweep/spilled/limit.js';
import { NumberWriter, type RowNumbers } from '../sweep/spilled/numbers.js';
import type { CodedBlock } from './coded.js';

/** Rows that are added up together: their columns stay in a cache where they lie side by side. */
const ROWS_AT_ONCE = 64;

/** Adds up what is to be known of rows in float64 as they come. */
export class FactSums {
  private readonly bases: BaseNumbers;
  private rows = 0;
  private readonly sums: Float64Array;
  private weight = 0;
  private baseSum = 0;

  /** `limit`: what the rows, of so many bytes each, may take of memory; beyond, what is known of each lies in a file too. */
  constructor(d: number, bytes: number, limit?: SpillLimit) {
    this.sums = new Float64Array(d);
    this.bases = new BaseNumbers(bytes, limit);
  }

  async add({ rows, columns, weights, base }: CodedBlock, { shift, scale, weightUnit }: Encoding): Promise<void> {
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
    this.rows += rows;
    if (!base) return;
    await this.bases.add(base, this.rows);
    for (let row = 0; row < rows; row++) this.baseSum += own[row] * base[row];
  }

  async facts(): Promise<RowFacts> {
    const { weight, sums, baseSum } = this;
    const values = await this.bases.finish();
    return { weight, sums, ...(values && { base: { values, sum: baseSum } }) };
  }

  discard(): void {
    this.bases.discard();
  }
}

/** log h(x) of rows, where the rows lie: in memory, or in a file once they have no room there. */
class BaseNumbers {
  private parts: Float64Array[] = [];
  private writer: NumberWriter | undefined;

  constructor(
    private readonly bytes: number,
    private readonly limit?: SpillLimit,
  ) {}

  /** `rows`: how many there are with these. */
  async add(base: Float64Array, rows: number): Promise<void> {
    const { limit } = this;
    this.parts.push(base);
    if (!this.writer && (!limit || expectsRoom(this.bytes, rows, limit))) return;
    this.writer ??= await NumberWriter.in(limit?.folder, 'log h(x)');
    for (let part = this.parts.shift(); part; part = this.parts.shift()) await this.writer.add(part);
  }

  async finish(): Promise<RowNumbers | undefined> {
    if (this.writer) return this.writer.finish();
    return this.parts.length > 0 ? joined(this.parts) : undefined;
  }

  discard(): void {
    this.parts = [];
    this.writer?.close();
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

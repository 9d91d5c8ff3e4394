import type { PatternRows } from '../../../kernels/simd/marginal-model.js';
import { sharedDoubles } from '../../threads/shared.js';

/** Consecutive rows as they are added, in scaled coordinates, and which pattern each has. */
export interface PatternBlock {
  /** Row-major `[rows, d]`. */
  readonly values: Float64Array;
  readonly weights: Float64Array;
  /** log h(x), `[rows]`, nats; left out where it is 0. */
  readonly base?: Float64Array | undefined;
  /** `[rows]`. */
  readonly patterns: Int32Array;
}

/** Numbers the patterns of missing values as they are met. */
export class Patterns {
  private readonly found = new Map<string, number>();
  private lacking = 0;

  get count(): number {
    return this.found.size;
  }

  /** How many columns a row lacks at the most. */
  get most(): number {
    return this.lacking;
  }

  /** The number of each row's pattern. */
  of(values: Float64Array, d: number): Int32Array {
    const numbers = new Int32Array(values.length / d);
    const bits = new Uint16Array(Math.ceil(d / 16));
    for (let row = 0, at = 0; row < numbers.length; row++) {
      bits.fill(0);
      let lacking = 0;
      for (let j = 0; j < d; j++, at++) {
        if (!Number.isNaN(values[at])) continue;
        bits[j >> 4] |= 1 << (j & 15);
        lacking++;
      }
      this.lacking = Math.max(this.lacking, lacking);
      const key = String.fromCharCode(...bits);
      let number = this.found.get(key);
      if (number === undefined) this.found.set(key, (number = this.found.size));
      numbers[row] = number;
    }
    return numbers;
  }
}

/** Rows in the order of their patterns; within one in their own. */
export interface SortedRows extends PatternRows {
  /** `[n]`; left out where it is 0. */
  readonly base?: Float64Array | undefined;
  /** Where each row lies, `[n]`. */
  readonly places: Int32Array;
}

/** Sorts the rows of blocks, which it empties one by one: the rows are not held twice. */
export function sortRows(blocks: PatternBlock[], d: number, patterns: { count: number; most: number }): SortedRows {
  const n = blocks.reduce((sum, { weights }) => sum + weights.length, 0);
  const starts = new Int32Array(patterns.count);
  for (const { patterns: numbers } of blocks) for (const number of numbers) starts[number]++;
  for (let number = 0, sum = 0; number < starts.length; number++) {
    const count = starts[number];
    starts[number] = sum;
    sum += count;
  }
  const next = starts.slice();
  const places = new Int32Array(n);
  const [values, weights] = [sharedDoubles(n * d), sharedDoubles(n)];
  const base = blocks.some((block) => block.base) ? new Float64Array(n) : undefined;
  let row = 0;
  for (let block = blocks.shift(); block; block = blocks.shift()) {
    for (let i = 0; i < block.weights.length; i++) {
      const place = next[block.patterns[i]]++;
      places[row++] = place;
      values.set(block.values.subarray(i * d, (i + 1) * d), place * d);
      weights[place] = block.weights[i];
      if (base && block.base) base[place] = block.base[i];
    }
  }
  return { columns: d, values, weights, base, patterns: starts, lacking: patterns.most, places };
}

/** Rows at these places, which ascend, as rows of their own. */
export function rowsAt(rows: SortedRows, places: Int32Array): PatternRows {
  const { columns, patterns, lacking } = rows;
  const count = places.length;
  const [values, weights] = [sharedDoubles(count * columns), sharedDoubles(count)];
  const starts: number[] = [];
  let pattern = -1;
  for (const [row, place] of places.entries()) {
    values.set(rows.values.subarray(place * columns, (place + 1) * columns), row * columns);
    weights[row] = rows.weights[place];
    const before = pattern;
    while (place >= (patterns[pattern + 1] ?? Infinity)) pattern++;
    if (pattern !== before) starts.push(row);
  }
  return { columns, values, weights, patterns: Int32Array.from(starts), lacking };
}

/** Parts that sweeps on the CPU are cut into, whatever the number of threads, and memory for their sums. */
import { sharedDoubles } from '../threads/shared.js';
import type { PackedShape } from './model.js';

export const PARTS = 64;
/** What the sums of all parts may take, bytes. */
const PART_MEMORY = 2 ** 26;
/**
 * From so many columns on full components are mostly far apart, and a row is of few. Clearing, copying and adding the
 * sums of all costs as much as so many rows per component take. Parts have more rows than that, but are no fewer than
 * keep many threads at work.
 */
const FAR_COLUMNS = 32;
const LEAST_ROWS = 256;
const LEAST_PARTS = 16;

/** How many parts a sweep of so many rows is worth, at most. */
export function mostParts({ k, quadratic }: Pick<PackedShape, 'k' | 'quadratic'>, rows: number): number {
  if (!quadratic.some(({ form, d }) => form === 'full' && d >= FAR_COLUMNS)) return PARTS;
  return Math.max(LEAST_PARTS, Math.min(PARTS, Math.floor(rows / (LEAST_ROWS * k))));
}

/** How many parts of so many sums there is memory for, and no more than `most`; one at least. */
export function partsInMemory(most: number, sums: number): number {
  return Math.max(1, Math.min(most, Math.floor(PART_MEMORY / (sums * 8))));
}

/** Memory for the sums of parts, kept from one sweep to the next: fresh pages cost more than adding up what is in them. */
export class PartSums {
  private spare: Float64Array[] = [];

  take(length: number): Float64Array {
    if (this.spare[0]?.length !== length) this.spare = [];
    return this.spare.pop() ?? sharedDoubles(length);
  }

  /** To be called when nobody writes to it any more: never after an abort. */
  giveBack(sums: Float64Array): void {
    if (this.spare[0]?.length !== sums.length) this.spare = [];
    this.spare.push(sums);
  }
}

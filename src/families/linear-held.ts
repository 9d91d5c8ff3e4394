import type { ColumnSummary, Components } from './components.js';
import { masksOf } from './gaps.js';
import type { Blocks } from './linear-term.js';
import { nearMean, powerOfTwo, type Scaling } from './scaling.js';

/** Means this many standard deviations from 0, or fewer, need no shift: whole numbers stay that. */
const NEAR = 8;

/** Components in the coordinates of a shard, where there is one. */
export function framed(components: Components, frame: Scaling | undefined): Components {
  return frame ? { ...components, frame } : components;
}

/** A row as it is before it is shifted and scaled. */
export function unheld(row: Float64Array, frame: Scaling | undefined): Float64Array {
  return frame ? row.map((value, j) => frame.shift[j] + frame.scale[j] * value) : row;
}

/** Scales are about a standard deviation. Only what lies far from 0 is shifted; indices of levels stay as they are. */
export function encode(blocks: Blocks, swept: readonly ColumnSummary[]): Scaling {
  const shift = new Float64Array(swept.length);
  const scale = new Float64Array(swept.length).fill(1);
  if (blocks[0].levels !== undefined) return { shift, scale };
  const masks = masksOf(blocks);
  for (const [j, { mean, variance }] of swept.entries()) {
    const deviation = Math.sqrt(variance);
    if (masks && masks[j] < 0) {
      // 0 where a value is missing, else 1: exact, where a scale by a deviation that is all but 0 would not be.
      if (mean > NEAR * deviation) shift[j] = 1;
      continue;
    }
    scale[j] = powerOfTwo(deviation);
    if (Math.abs(mean) > NEAR * deviation) shift[j] = nearMean(mean, scale[j]);
  }
  return { shift, scale };
}

import { areMatrix, copyRows, type Column } from '../../kernels/simd/columns.js';
import { sharedDoubles, sharedFloats } from '../threads/shared.js';
import type { CodedBlock } from './coded.js';

/** Copies of blocks in memory that all threads see. Each is valid until the next but one, which takes its place. */
export class KeptBlocks {
  private readonly places = [new Place(), new Place()];
  private count = 0;

  keep({ rows, columns, weights, base }: CodedBlock): CodedBlock {
    const place = this.places[this.count++ % this.places.length];
    return { rows, columns: copied(rows, columns, place), weights: weights?.slice(), base: base?.slice() };
  }
}

/** Memory that grows with the largest block it has had. */
class Place {
  private singles: Float32Array = new Float32Array();
  private doubles: Float64Array = new Float64Array();

  floatsFor(length: number): Float32Array {
    if (this.singles.length < length) this.singles = sharedFloats(length);
    return this.singles;
  }

  doublesFor(length: number): Float64Array {
    if (this.doubles.length < length) this.doubles = sharedDoubles(length);
    return this.doubles;
  }
}

/** Copies of columns, those of a matrix as a matrix. */
function copied(rows: number, columns: readonly Column[], place: Place): Column[] {
  const d = columns.length;
  const [{ values, start }] = columns;
  if (areMatrix(columns)) {
    const all = values instanceof Float32Array ? place.floatsFor(rows * d) : place.doublesFor(rows * d);
    all.set(values.subarray(start, start + rows * d));
    return columns.map((_, j) => ({ values: all, start: j, stride: d }));
  }
  const all = place.doublesFor(rows * d);
  return columns.map((column, j) => {
    copyRows(column, 0, all.subarray(j * rows, (j + 1) * rows));
    return { values: all, start: j * rows, stride: 1 };
  });
}

/** Where numbers of a block's rows go: the same places each time where blocks pass. */
export class Places {
  private heldIndex = new Int32Array();
  private ones = new Float64Array();

  constructor(private readonly passing: boolean) {}

  index(rows: number): Int32Array {
    if (!this.passing) return new Int32Array(rows);

    if (this.heldIndex.length < rows) this.heldIndex = new Int32Array(rows);
    return this.heldIndex.subarray(0, rows);
  }

  /** Sample weights, or ones for so many rows. */
  weights(of: Float64Array | number): Float64Array {
    if (typeof of !== 'number') return this.passing ? of : of.slice();
    if (!this.passing) return new Float64Array(of).fill(1);
    if (this.ones.length < of) this.ones = new Float64Array(of).fill(1);
    return this.ones.subarray(0, of);
  }
}

/** Numbers in the source of the rows that are not left out, as they come. */
export class RowNumbers {
  leftOut = 0;
  private following = 0;
  /** Numbers of rows left out from `following` on, rising, from `head` on. */
  private gaps: number[] = [];
  private head = 0;

  leaveOut(row: number): void {
    this.leftOut++;
    this.gaps.push(row);
  }

  /** Fills an array with those of the next rows. */
  next(index: Int32Array): Int32Array {
    for (let i = 0; i < index.length; i++) {
      while (this.gaps[this.head] === this.following) {
        this.head++;
        this.following++;
      }
      index[i] = this.following++;
    }
    this.gaps.splice(0, this.head);
    this.head = 0;
    return index;
  }
}

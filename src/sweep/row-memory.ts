import { sharedFloats, sharedIntegers } from '../threads/shared.js';

/** What is said of some rows: what threads write of them lies in memory that they see. */
interface RowArrays {
  readonly labels: Int32Array;
  readonly logSum: Float32Array;
  readonly logLargest: Float32Array;
  readonly responsibilities: Float32Array;
}

/** The host's own arrays of as many rows. */
interface HostArrays {
  readonly logDensity: Float64Array;
  readonly logLargest: Float64Array;
  readonly weights: Float32Array;
}

/** Memory for what is said of some rows, kept for the next: fresh pages cost more than what is written to them. */
export class RowMemory {
  private arrays: RowArrays = {
    labels: sharedIntegers(0),
    logSum: sharedFloats(0),
    logLargest: sharedFloats(0),
    responsibilities: sharedFloats(0),
  };
  private own = hostArrays(0);

  /** Arrays of so many rows and numbers of `logLargest` and `responsibilities`: views, the same as before as far as they go. */
  take(rows: number, largest: number, responsibilities: number): RowArrays {
    const { arrays: held } = this;
    this.arrays = {
      labels: held.labels.length < rows ? sharedIntegers(rows) : held.labels,
      logSum: held.logSum.length < rows ? sharedFloats(rows) : held.logSum,
      logLargest: held.logLargest.length < largest ? sharedFloats(largest) : held.logLargest,
      responsibilities:
        held.responsibilities.length < responsibilities ? sharedFloats(responsibilities) : held.responsibilities,
    };
    const { labels, logSum, logLargest, responsibilities: shares } = this.arrays;
    return {
      labels: labels.subarray(0, rows),
      logSum: logSum.subarray(0, rows),
      logLargest: logLargest.subarray(0, largest),
      responsibilities: shares.subarray(0, responsibilities),
    };
  }

  /** The same of the host's own. */
  takeOwn(rows: number): HostArrays {
    if (this.own.weights.length < rows) this.own = hostArrays(rows);
    const { logDensity, logLargest, weights } = this.own;
    return {
      logDensity: logDensity.subarray(0, rows),
      logLargest: logLargest.subarray(0, rows),
      weights: weights.subarray(0, rows),
    };
  }
}

export function hostArrays(rows: number): HostArrays {
  return {
    logDensity: new Float64Array(rows),
    logLargest: new Float64Array(rows),
    weights: new Float32Array(rows),
  };
}

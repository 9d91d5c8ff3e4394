import type { Float64Outputs } from '../../kernels/simd/outputs.js';
import { sharedDoubles, sharedFloats, sharedIntegers } from '../threads/shared.js';

/** Memory that threads write what they say of rows to: `k` responsibilities of each, or none for 0. */
export function float64Outputs(rows: number, k: number): Float64Outputs {
  return {
    labels: sharedIntegers(rows),
    logSum: sharedDoubles(rows),
    logLargest: sharedDoubles(rows),
    responsibilities: sharedFloats(rows * k),
  };
}

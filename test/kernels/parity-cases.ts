/** Problems whose shapes cut rows, columns and components in every way in which kernels go about them. */
import type { ProblemName } from '../oracle/index.js';

export interface Case {
  readonly name: ProblemName;
  readonly n: number;
  readonly d: number;
  readonly k: number;
  readonly reach: number;
}

/**
 * One row, fewer than a group, one under and over it, several groups, and (at d = 40) several blocks with a ragged end.
 */
export const cases: readonly Case[] = [
  { name: 'overlapping', n: 1, d: 2, k: 1, reach: 10 },
  { name: 'overlapping', n: 7, d: 1, k: 2, reach: 10 },
  { name: 'overlapping', n: 1023, d: 3, k: 3, reach: 10 },
  { name: 'overlapping', n: 1024, d: 2, k: 5, reach: 10 },
  { name: 'overlapping', n: 1025, d: 5, k: 2, reach: 10 },
  { name: 'overlapping', n: 5000, d: 2, k: 3, reach: 10 },
  { name: 'overlapping', n: 2500, d: 40, k: 3, reach: 10 },
  { name: 'separated', n: 600, d: 4, k: 4, reach: 30 },
  { name: 'separated', n: 300, d: 2, k: 33, reach: 60 },
  { name: 'unbalanced', n: 600, d: 2, k: 6, reach: 60 },
  { name: 'offset', n: 600, d: 3, k: 3, reach: 10 },
  { name: 'scales', n: 600, d: 4, k: 3, reach: 10 },
  { name: 'far', n: 600, d: 3, k: 4, reach: 3000 },
  { name: 'duplicates', n: 600, d: 3, k: 3, reach: 30 },
  { name: 'anisotropic', n: 600, d: 4, k: 3, reach: 10_000 },
];

/** Every remainder of the kernels' blocks of columns, components and rows, and the extremes of each. */
export const shapes: readonly Case[] = [
  ...[3, 4, 6, 7, 8, 9, 16, 31, 64, 100].map((d) => ({ name: 'overlapping' as const, n: 257, d, k: 3, reach: 10 })),
  ...[4, 7, 8, 9, 64].map((k) => ({ name: 'overlapping' as const, n: 129, d: 5, k, reach: 10 })),
  ...[2, 31, 32, 33, 255, 256, 2047, 2049].map((n) => ({ name: 'overlapping' as const, n, d: 6, k: 2, reach: 10 })),
  { name: 'overlapping', n: 600, d: 256, k: 2, reach: 10 },
  { name: 'overlapping', n: 70, d: 1, k: 1000, reach: 40 },
  // Rows that belong to one component alone, over groups and tiles; tied components whose
  // rows are whitened once, and far.
  { name: 'separated', n: 2100, d: 16, k: 9, reach: 40 },
  { name: 'separated', n: 1500, d: 64, k: 6, reach: 40 },
  { name: 'unbalanced', n: 2100, d: 9, k: 7, reach: 60 },
  { name: 'separated', n: 1100, d: 37, k: 9, reach: 40 },
  { name: 'overlapping', n: 1100, d: 33, k: 5, reach: 10 },
  // Rows enough that components are chosen row by row; the last of overlapping ones, where none can be left out.
  { name: 'separated', n: 2100, d: 24, k: 5, reach: 40 },
  { name: 'separated', n: 2600, d: 33, k: 10, reach: 40 },
  { name: 'unbalanced', n: 2100, d: 27, k: 7, reach: 60 },
  { name: 'far', n: 2100, d: 24, k: 6, reach: 3000 },
  { name: 'anisotropic', n: 2100, d: 25, k: 5, reach: 10_000 },
  { name: 'overlapping', n: 2100, d: 26, k: 5, reach: 10 },
  // More components than whitened rows are kept of.
  { name: 'overlapping', n: 1600, d: 8, k: 160, reach: 10 },
  { name: 'separated', n: 70, d: 32, k: 260, reach: 100 },
  { name: 'far', n: 600, d: 8, k: 6, reach: 3000 },
  { name: 'anisotropic', n: 600, d: 8, k: 6, reach: 10_000 },
];

export const titleOf = ({ name, n, d, k }: Case): string => `${name}, n = ${n}, d = ${d}, k = ${k}`;

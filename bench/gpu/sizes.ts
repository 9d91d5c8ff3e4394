import type { RowFormat } from '../../kernels/webgpu/rows.wgsl.js';
import type { Size } from '../problem.js';

/** Rows that are loaded once, and what is fitted to them. */
export interface Group {
  readonly n: number;
  readonly d: number;
  /** How rows are held; float32 where it is not said. */
  readonly format?: RowFormat;
  readonly fits: readonly Pick<Size, 'covariance' | 'k'>[];
}

const groups: readonly Omit<Group, 'n'>[] = [
  { d: 16, fits: [{ covariance: 'full', k: 64 }] },
  {
    d: 64,
    fits: [
      { covariance: 'full', k: 64 },
      { covariance: 'diag', k: 256 },
      { covariance: 'spherical', k: 256 },
    ],
  },
  {
    d: 32,
    fits: [
      { covariance: 'full', k: 64 },
      { covariance: 'tied', k: 64 },
    ],
  },
  { d: 2, fits: [{ covariance: 'full', k: 8 }] },
  { d: 16, format: 'float16', fits: [{ covariance: 'full', k: 64 }] },
];

/** For software adapters, which have a few percent of the speed of a small GPU: everything once, and little of it. */
const small: readonly Omit<Group, 'n'>[] = [
  {
    d: 5,
    fits: [
      { covariance: 'full', k: 4 },
      { covariance: 'tied', k: 4 },
      { covariance: 'diag', k: 8 },
      { covariance: 'spherical', k: 8 },
    ],
  },
  { d: 2, fits: [{ covariance: 'full', k: 8 }] },
  { d: 5, format: 'float16', fits: [{ covariance: 'full', k: 4 }] },
];

/**
 * What is measured on a real GPU (all of it in a few minutes) and on a software adapter;
 * fewer rows where it must be quick.
 */
export function groupsFor(software: boolean, quick: boolean, rows?: number): Group[] {
  const chosen = software && quick ? small : groups;
  const n = rows ?? (software ? (quick ? 3000 : 20_000) : quick ? 2_000_000 : 10_000_000);
  return chosen.map((group) => ({ n, ...group }));
}

export function sizesOf(groups_: readonly Group[]): Size[] {
  return groups_.flatMap(({ n, d, fits }) => fits.map((fit) => ({ ...fit, n, d })));
}

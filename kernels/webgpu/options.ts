import type { RowFormat } from './rows.wgsl.js';

/** What kernels do for speed, to be switched off by a bench that asks what it is worth. */
export const speedups = ['uniform slices', 'tiles of 16 columns', 'loads ahead', 'whitening once'] as const;
export type Speedup = (typeof speedups)[number];

/** How rows are kept and swept on a GPU; the defaults suit what the device tells of itself. */
export interface GpuSweepOptions {
  /** The format that rows are kept in; default float32. */
  readonly rows?: RowFormat | undefined;
  /** Rows beyond so many bytes stay on the host; default: what the device has memory for. */
  readonly residentBytes?: number;
  /**
   * Operations per sweep from which ways to sum are tried for speed; `Infinity` never tries. No result depends on it.
   */
  readonly tuneFrom?: number;
  /** For benches: what is not done. 'whitening once' alone changes bits. */
  readonly without?: Speedup | undefined;
}

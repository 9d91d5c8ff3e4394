/** How rows are kept and swept on a GPU; the defaults suit what the device tells of itself. */
export interface GpuSweepOptions {
  /** Rows beyond so many bytes stay on the host; default: what the device has memory for. */
  readonly residentBytes?: number;
  /**
   * Operations per sweep from which ways to sum are tried for speed; `Infinity` never tries. No result depends on it.
   */
  readonly tuneFrom?: number;
}

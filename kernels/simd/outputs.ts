/** What float64 kernels say of rows: `[n]` each, and `[n, k]`, which is empty where it is not wanted. */
export interface Float64Outputs {
  readonly labels: Int32Array;
  readonly logSum: Float64Array;
  readonly logLargest: Float64Array;
  readonly responsibilities: Float32Array;
}

/** Data of the runs, from a seed, by arithmetic that every engine does alike: no logarithm, no cosine. */

/** Uniform numbers in [0, 1) of 32 bits (mulberry32), which are exact in float64. */
export function uniforms(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

export interface Clouds {
  /** Row-major `[n, d]`. */
  readonly data: Float64Array;
  readonly shape: readonly [rows: number, columns: number];
  /** The cluster that each row was drawn of, `[n]`. */
  readonly labels: Int32Array;
}

export interface CloudOptions {
  readonly n: number;
  readonly d: number;
  readonly k: number;
  readonly seed?: number;
  /** Added to every value. */
  readonly offset?: number;
}

/** Rows of k bell-shaped clusters (sums of four uniforms), uneven in size, that overlap a little. */
export function clouds({ n, d, k, seed = 1, offset = 0 }: CloudOptions): Clouds {
  const next = uniforms(seed * 7919 + n + 31 * d);
  const centres = Float64Array.from({ length: k * d }, () => 6 * next() - 3);
  const data = new Float64Array(n * d);
  const labels = new Int32Array(n);
  for (let i = 0; i < n; i++) {
    labels[i] = Math.floor(k * next() * (0.4 + 0.6 * next()));
    for (let j = 0; j < d; j++) {
      const bell = next() + next() + next() + next() - 2;
      data[i * d + j] = offset + centres[labels[i] * d + j] + (0.5 + 0.2 * ((labels[i] + j) % 4)) * bell;
    }
  }
  return { data, shape: [n, d], labels };
}

/** The first k rows of a matrix, as `[k][d]`. */
export function firstRows({ data, shape: [, d] }: Clouds, k: number): number[][] {
  return Array.from({ length: k }, (_, i) => Array.from(data.subarray(i * d, (i + 1) * d)));
}

/** The same matrices `[d][d]` for all k: this variance on the diagonal. */
export function balls(k: number, d: number, variance: number): number[][][] {
  return Array.from({ length: k }, () =>
    Array.from({ length: d }, (_, i) => Array.from({ length: d }, (_, j) => (i === j ? variance : 0))),
  );
}

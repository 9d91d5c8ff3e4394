import type { CostRows } from './cost-rows.js';

/** Factors and sums between 1/BIG and BIG are as exact as logarithms. */
const BIG = 1e100;
const LARGEST_EXPONENT = Math.log(BIG);
/** Entries of K at the most, in the columns of points without weight alone: their sums are then out of range. */
const LARGEST_ENTRY = 3 * LARGEST_EXPONENT;

/** Memory for one kernel at a time, which problems that are solved in turn share. */
export class KernelMemory {
  private values = new Float64Array();

  take(length: number): Float64Array {
    if (this.values.length < length) this.values = new Float64Array(length);
    return this.values.subarray(0, length);
  }

  release(): void {
    this.values = new Float64Array();
  }
}

/**
 * Softmins by products with the kernel K_ij = exp((f⁰_i + g⁰_j − C_ij)/ε), stabilised by absorption (Schmitzer 2019,
 * section 3.1). Potentials met on the way are f⁰ and g⁰, so that factors exp((g − g⁰)/ε) are near 1. A sweep costs n·m
 * multiply-adds where softmins cost n·m exponentials. What underflows in K is beyond the last digit of any sum while
 * factors and sums stay in [1e-100, 1e100]. Where one leaves that, the softmin is taken in the log domain and K made
 * anew.
 */
export class AbsorbedKernel {
  private readonly kernel: Float64Array;
  private readonly f0: Float64Array;
  private readonly g0: Float64Array;
  private epsilon = NaN;

  constructor(
    private readonly costs: CostRows,
    private readonly a: Float64Array,
    private readonly b: Float64Array,
    memory: KernelMemory,
  ) {
    this.kernel = memory.take(costs.n * costs.m);
    this.f0 = new Float64Array(costs.n);
    this.g0 = new Float64Array(costs.m);
  }

  /** −ε log Σ_j b_j exp((g_j − C_ij)/ε), `[n]`. */
  rows(g: Float64Array, epsilon: number): Float64Array {
    if (epsilon === this.epsilon) {
      const v = factors(this.b, g, this.g0, epsilon);
      const sums = v && this.timesColumns(v);
      if (sums && inRange(sums)) return sums.map((sum, i) => this.f0[i] - epsilon * Math.log(sum));
    }
    this.epsilon = epsilon;
    return this.absorbColumns(g, epsilon);
  }

  /** −ε log Σ_i a_i exp((f_i − C_ij)/ε), `[m]`. */
  columns(f: Float64Array, epsilon: number): Float64Array {
    if (epsilon === this.epsilon) {
      const u = factors(this.a, f, this.f0, epsilon);
      const sums = u && this.timesRows(u);
      if (sums && inRange(sums)) return sums.map((sum, j) => this.g0[j] - epsilon * Math.log(sum));
    }
    this.epsilon = epsilon;
    return this.absorbRows(f, epsilon);
  }

  /** K v */
  private timesColumns(v: Float64Array): Float64Array {
    const { kernel } = this;
    const { n, m } = this.costs;
    const sums = new Float64Array(n);
    const whole = m - (m % 4);
    for (let i = 0, at = 0; i < n; i++) {
      let [s0, s1, s2, s3] = [0, 0, 0, 0];
      let j = 0;
      for (; j < whole; j += 4, at += 4) {
        s0 += kernel[at] * v[j];
        s1 += kernel[at + 1] * v[j + 1];
        s2 += kernel[at + 2] * v[j + 2];
        s3 += kernel[at + 3] * v[j + 3];
      }
      for (; j < m; j++) s0 += kernel[at++] * v[j];
      sums[i] = s0 + s1 + (s2 + s3);
    }
    return sums;
  }

  /** Kᵀ u, four rows at a time. */
  private timesRows(u: Float64Array): Float64Array {
    const { kernel } = this;
    const { n, m } = this.costs;
    const sums = new Float64Array(m);
    let i = 0;
    for (; i + 4 <= n; i += 4) {
      const [u0, u1, u2, u3] = [u[i], u[i + 1], u[i + 2], u[i + 3]];
      const [k0, k1, k2, k3] = [i * m, (i + 1) * m, (i + 2) * m, (i + 3) * m];
      for (let j = 0; j < m; j++) {
        sums[j] += u0 * kernel[k0 + j] + u1 * kernel[k1 + j] + (u2 * kernel[k2 + j] + u3 * kernel[k3 + j]);
      }
    }
    for (; i < n; i++) for (let j = 0; j < m; j++) sums[j] += u[i] * kernel[i * m + j];
    return sums;
  }

  /** The softmins of rows in the log domain; g⁰ becomes g, f⁰ the rows' least C_ij − g_j. */
  private absorbColumns(g: Float64Array, epsilon: number): Float64Array {
    const { kernel, f0, b } = this;
    const { n, m } = this.costs;
    this.g0.set(g);
    const softmins = new Float64Array(n);
    for (let i = 0; i < n; i++) {
      const cost = this.costs.row(i);
      let least = Infinity;
      for (let j = 0; j < m; j++) if (b[j] > 0) least = Math.min(least, cost[j] - g[j]);
      let sum = 0;
      for (let j = 0, at = i * m; j < m; j++, at++) {
        // A column of weight 0 may be nearer than any other.
        kernel[at] = Math.exp(Math.min((least - (cost[j] - g[j])) / epsilon, LARGEST_ENTRY));
        sum += b[j] * kernel[at];
      }
      f0[i] = least;
      softmins[i] = least - epsilon * Math.log(sum);
    }
    return softmins;
  }

  /** The softmins of columns in the log domain; f⁰ becomes f, g⁰ the columns' least C_ij − f_i. */
  private absorbRows(f: Float64Array, epsilon: number): Float64Array {
    const { kernel, g0, a } = this;
    const { n, m } = this.costs;
    this.f0.set(f);
    g0.fill(Infinity);
    for (let i = 0; i < n; i++) {
      if (a[i] === 0) continue;
      const cost = this.costs.row(i);
      for (let j = 0; j < m; j++) g0[j] = Math.min(g0[j], cost[j] - f[i]);
    }
    const sums = new Float64Array(m);
    for (let i = 0, at = 0; i < n; i++) {
      const cost = this.costs.row(i);
      for (let j = 0; j < m; j++, at++) {
        kernel[at] = Math.exp(Math.min((f[i] + g0[j] - cost[j]) / epsilon, LARGEST_ENTRY));
        sums[j] += a[i] * kernel[at];
      }
    }
    return sums.map((sum, j) => g0[j] - epsilon * Math.log(sum));
  }
}

/** w exp((p − p⁰)/ε); undefined where one is too large. */
function factors(
  weights: Float64Array,
  potential: Float64Array,
  reference: Float64Array,
  epsilon: number,
): Float64Array | undefined {
  const result = new Float64Array(weights.length);
  for (let at = 0; at < weights.length; at++) {
    if (weights[at] === 0) continue;
    const exponent = (potential[at] - reference[at]) / epsilon;
    if (!(exponent <= LARGEST_EXPONENT)) return undefined;
    result[at] = weights[at] * Math.exp(exponent);
  }
  return result;
}

function inRange(sums: Float64Array): boolean {
  return sums.every((sum) => sum >= 1 / BIG && sum <= BIG);
}

import { logGamma } from '../base/special/gamma.js';
import type { CovarianceForm } from '../../kernels/form.js';
import type { Mergeable } from './agglomerate.js';

/** Weighted rows, `[rows, d]`, in coordinates in which lengths of all columns count alike. */
export interface WeighedRows {
  readonly values: Float64Array;
  readonly weights: Float64Array;
  readonly d: number;
}

/**
 * Clusters of which those merge that add least to the sum of squares about the means (Ward 1963):
 * n_i n_j / (n_i + n_j) · ‖x̄_i − x̄_j‖². Each row is one at first.
 */
export class WardClusters implements Mergeable {
  readonly count: number;
  private readonly weights: Float64Array;
  private readonly means: Float64Array;
  private readonly d: number;

  constructor({ values, weights, d }: WeighedRows) {
    this.count = weights.length;
    this.weights = weights.slice();
    this.means = values.slice();
    this.d = d;
  }

  cost(i: number, j: number): number {
    const { means, weights, d } = this;
    let sum = 0;
    for (let t = 0; t < d; t++) sum += (means[i * d + t] - means[j * d + t]) ** 2;
    return (sum * weights[i] * weights[j]) / (weights[i] + weights[j]);
  }

  merge(i: number, j: number): void {
    const { means, weights, d } = this;
    mergeMeans(means.subarray(i * d, (i + 1) * d), weights[i], means.subarray(j * d, (j + 1) * d), weights[j]);
    weights[i] += weights[j];
  }
}

/** Into the first of two means `[d]`, that of both. */
function mergeMeans(mean: Float64Array, weight: number, other: Float64Array, otherWeight: number): void {
  const share = otherWeight / (weight + otherWeight);
  for (let t = 0; t < mean.length; t++) mean[t] += share * (other[t] - mean[t]);
}

/** The forms of covariances that clusters can have each for themselves. */
export type OwnForm = Exclude<CovarianceForm, 'tied'>;

/**
 * Clusters of which those merge whose evidence as one Gaussian exceeds most that as two. The evidence of n rows has the
 * prior of mclust, an inverse Wishart with ν = d + 2 and a scale that falls with k:
 *
 *   log Γ_d((ν + n)/2) − log Γ_d(ν/2) + ν/2 log |Λ| − (ν + n)/2 log |Λ + W| + d/2 log κ/(κ + n),  Λ = ν k^{−2/d} I,
 *
 * W being the sum of squares about the mean (Murphy 2007, equation 266, for a mean of which nothing is known; Heller &
 * Ghahramani 2005). A diagonal form has d such of one column, a spherical one a single one of n d numbers. It stands in for
 * the classification likelihood (Fraley 1998), which has no value for a cluster of few rows.
 */
export class EvidenceClusters implements Mergeable {
  readonly count: number;
  private readonly weights: Float64Array;
  private readonly means: Float64Array;
  private readonly scatter: Scatter;
  private readonly evidence: (weight: number, logDeterminant: number) => number;
  /** Of each cluster by itself. */
  private readonly own: Float64Array;
  /** √(n m / (n + m)) (x̄_i − x̄_j), whose square the sums of squares of two clusters have between them. */
  private readonly between: Float64Array;

  /** `clusterOf`: for each row its cluster, from 0. `k`: how many clusters are wanted. */
  constructor(rows: WeighedRows, clusterOf: Int32Array, { form, k }: { readonly form: OwnForm; readonly k: number }) {
    const { values, weights, d } = rows;
    this.count = clusterOf.reduce((most, cluster) => Math.max(most, cluster + 1), 0);
    this.weights = new Float64Array(this.count);
    this.means = new Float64Array(this.count * d);
    this.between = new Float64Array(d);
    const scale = (d + 2) * k ** (-2 / d);
    this.scatter = new Scatter(form, d, this.count, scale);
    this.evidence = evidenceOf(form, d, scale);
    for (const [row, cluster] of clusterOf.entries()) {
      const other = values.subarray(row * d, (row + 1) * d);
      this.findBetween(cluster, other, weights[row]);
      this.scatter.add(cluster, this.between);
      mergeMeans(this.meanOf(cluster), this.weights[cluster], other, weights[row]);
      this.weights[cluster] += weights[row];
    }
    this.own = this.weights.map((weight, i) => this.evidence(weight, this.scatter.logDeterminant(i)));
  }

  cost(i: number, j: number): number {
    const { own, weights, scatter, between } = this;
    this.findBetween(i, this.meanOf(j), weights[j]);
    return own[i] + own[j] - this.evidence(weights[i] + weights[j], scatter.mergedLogDeterminant(i, j, between));
  }

  merge(i: number, j: number): void {
    const { own, weights, scatter, between } = this;
    this.findBetween(i, this.meanOf(j), weights[j]);
    scatter.merge(i, j, between);
    mergeMeans(this.meanOf(i), weights[i], this.meanOf(j), weights[j]);
    weights[i] += weights[j];
    own[i] = this.evidence(weights[i], scatter.logDeterminant(i));
  }

  private meanOf(i: number): Float64Array {
    const d = this.between.length;
    return this.means.subarray(i * d, (i + 1) * d);
  }

  private findBetween(i: number, other: Float64Array, weight: number): void {
    const { means, between, weights } = this;
    const d = between.length;
    const factor = Math.sqrt((weights[i] * weight) / (weights[i] + weight));
    for (let t = 0; t < d; t++) between[t] = factor * (means[i * d + t] - other[t]);
  }
}

/** Sums of squares W of clusters about their means: of a matrix `[d, d]`, of columns `[d]`, or of all `[1]`. */
class Scatter {
  private readonly all: Float64Array;
  private readonly width: number;
  /** Λ + W of what is looked at, and of a matrix its factor. */
  private readonly work: Float64Array;

  /** `scale` is on the diagonal of Λ. */
  constructor(
    private readonly form: OwnForm,
    private readonly d: number,
    count: number,
    private readonly scale: number,
  ) {
    this.width = { full: d * d, diag: d, spherical: 1 }[form];
    this.all = new Float64Array(count * this.width);
    this.work = new Float64Array(this.width);
  }

  add(i: number, between: Float64Array): void {
    this.addSquares(this.all, i * this.width, between);
  }

  merge(i: number, j: number, between: Float64Array): void {
    const { all, width } = this;
    for (let at = 0; at < width; at++) all[i * width + at] += all[j * width + at];
    this.add(i, between);
  }

  logDeterminant(i: number): number {
    const { all, width, work } = this;
    for (let at = 0; at < width; at++) work[at] = all[i * width + at];
    return this.logOfWork();
  }

  mergedLogDeterminant(i: number, j: number, between: Float64Array): number {
    const { all, width, work } = this;
    for (let at = 0; at < width; at++) work[at] = all[i * width + at] + all[j * width + at];
    this.addSquares(work, 0, between);
    return this.logOfWork();
  }

  private addSquares(to: Float64Array, from: number, between: Float64Array): void {
    const { form, d } = this;
    if (form === 'full') {
      for (let i = 0, at = from; i < d; i++) for (let j = 0; j < d; j++, at++) to[at] += between[i] * between[j];
    } else {
      for (let j = 0; j < d; j++) to[form === 'diag' ? from + j : from] += between[j] ** 2;
    }
  }

  /** log |Λ + W| of W in `work`, which it spoils. */
  private logOfWork(): number {
    const { form, d, work, scale } = this;
    let sum = 0;
    if (form !== 'full') {
      for (const value of work) sum += Math.log(value + scale);
      return sum;
    }
    // Small matrices, and many: Cholesky's factor in place. Λ keeps pivots positive.
    for (let i = 0; i < d; i++) {
      for (let j = 0; j <= i; j++) {
        let rest = work[i * d + j] + (i === j ? scale : 0);
        for (let p = 0; p < j; p++) rest -= work[i * d + p] * work[j * d + p];
        work[i * d + j] = i === j ? Math.sqrt(rest) : rest / work[j * d + j];
      }
      sum += 2 * Math.log(work[i * d + i]);
    }
    return sum;
  }
}

/** Weight of the prior mean: mclust's κ. */
const KAPPA = 0.01;

function evidenceOf(form: OwnForm, d: number, scale: number): (weight: number, logDeterminant: number) => number {
  const nu = d + 2;
  const known = new Map<number, number>();
  /** What a weight has to the exponent ½ log |Λ + W|. */
  const degrees = (weight: number): number => nu + (form === 'spherical' ? weight * d : weight);
  const gammas = { full: d, diag: 1, spherical: 1 }[form];
  const times = form === 'diag' ? d : 1;
  const constant = (weight: number): number => {
    let sum = 0;
    for (let j = 0; j < gammas; j++) sum += logGamma((degrees(weight) - j) / 2) - logGamma((nu - j) / 2);
    return times * (sum + (gammas * nu * Math.log(scale)) / 2) - (d / 2) * Math.log1p(weight / KAPPA);
  };
  return (weight, logDeterminant) => {
    const found = known.get(weight) ?? constant(weight);
    known.set(weight, found);
    return found - (degrees(weight) / 2) * logDeterminant;
  };
}

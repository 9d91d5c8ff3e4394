import type { Components } from './components.js';
import type { CovarianceLayout } from './covariance.js';
import type { Sampler } from './family.js';
import { covariancesOf, meansOf } from './gaussian-components.js';

/** Rows that are drawn at once: few enough that their noise stays in the cache. */
const BLOCK_VALUES = 2 ** 14;

/** x = μ_k + L_k z with Σ_k = L_k L_kᵀ and z standard normal, block after block, each component's rows together. */
export function gaussianSampler(components: Components, layout: CovarianceLayout): Sampler {
  const { k, d } = components;
  const means = meansOf(components);
  const covariances = covariancesOf(components, layout);
  const factors = covariances.map((one) =>
    layout.matrix ? layout.lower(one, d) : layout.diagonal(one, d).map(Math.sqrt),
  );
  const factorOf = (c: number): Float64Array => factors[layout.shared ? 0 : c];
  return (labels, random, data) => {
    const most = Math.max(4, Math.floor(BLOCK_VALUES / d));
    const noise = new Float64Array(most * d);
    const rows = new Int32Array(most);
    const firsts = new Int32Array(k + 1);
    for (let from = 0; from < labels.length; from += most) {
      const to = Math.min(from + most, labels.length);
      random.normals(noise);
      if (!layout.matrix) {
        for (let row = from; row < to; row++) {
          stretch(factorOf(labels[row]), means, labels[row] * d, noise, (row - from) * d, data, row * d);
        }
        continue;
      }
      group(labels, from, to, firsts, rows);
      for (let c = 0; c < k; c++)
        shear(factorOf(c), means, c * d, noise, rows.subarray(firsts[c], firsts[c + 1]), from, data);
    }
  };
}

/** Rows of a block by their labels: those of label c from `firsts[c]` on. */
function group(labels: Int32Array, from: number, to: number, firsts: Int32Array, rows: Int32Array): void {
  firsts.fill(0);
  for (let row = from; row < to; row++) firsts[labels[row] + 1]++;
  for (let c = 1; c < firsts.length; c++) firsts[c] += firsts[c - 1];
  const next = firsts.slice();
  for (let row = from; row < to; row++) rows[next[labels[row]]++] = row - from;
}

/** One row: μ + s z, column by column. */
function stretch(
  s: Float64Array,
  means: Float64Array,
  mean: number,
  noise: Float64Array,
  z: number,
  data: Float64Array,
  at: number,
): void {
  // prettier-ignore
  for (let j = 0; j < s.length; j++) data[at + j] = means[mean + j] + s[j] * noise[z + j];
}

/** Rows of one component, four at a time: μ + L z. */
function shear(
  l: Float64Array,
  means: Float64Array,
  mean: number,
  noise: Float64Array,
  rows: Int32Array,
  from: number,
  data: Float64Array,
): void {
  // prettier-ignore
  const d = Math.sqrt(l.length);
  const last = rows.length - 1;
  for (let r = 0; r < rows.length; r += 4) {
    // The last rows again where there are not four: they are written twice.
    const z0 = rows[r] * d;
    const z1 = rows[Math.min(r + 1, last)] * d;
    const z2 = rows[Math.min(r + 2, last)] * d;
    const z3 = rows[Math.min(r + 3, last)] * d;
    const into = from * d;
    for (let i = 0, at = 0; i < d; i++, at += d) {
      let s0 = means[mean + i];
      let s1 = s0;
      let s2 = s0;
      let s3 = s0;
      for (let j = 0; j <= i; j++) {
        const entry = l[at + j];
        s0 += entry * noise[z0 + j];
        s1 += entry * noise[z1 + j];
        s2 += entry * noise[z2 + j];
        s3 += entry * noise[z3 + j];
      }
      data[into + z0 + i] = s0;
      data[into + z1 + i] = s1;
      data[into + z2 + i] = s2;
      data[into + z3 + i] = s3;
    }
  }
}

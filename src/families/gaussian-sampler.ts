import type { Components } from './components.js';
import type { CovarianceLayout } from './covariance.js';
import type { Sampler } from './family.js';
import { concatenated, covariancesOf, meansOf } from './gaussian-components.js';

/** Rows that are drawn at once: few enough that their noise stays in the cache. */
const BLOCK_VALUES = 2 ** 11;

/** x = μ_k + L_k z with Σ_k = L_k L_kᵀ and z standard normal, block after block. */
export function gaussianSampler(components: Components, layout: CovarianceLayout): Sampler {
  const { k, d } = components;
  const means = meansOf(components);
  const stored = covariancesOf(components, layout);
  const factors = stored.map((one) => (layout.matrix ? layout.lower(one, d) : layout.diagonal(one, d).map(Math.sqrt)));
  const all = concatenated(Array.from({ length: layout.matrix ? 1 : k }, (_, c) => factors[c]));
  return (labels, random, data) => {
    const most = Math.max(4, Math.floor(BLOCK_VALUES / d));
    const noise = new Float64Array(most * d);
    const rows = new Int32Array(most);
    const firsts = new Int32Array(k + 1);
    for (let from = 0; from < labels.length; from += most) {
      const to = Math.min(from + most, labels.length);
      random.normals(noise);
      if (!layout.matrix) {
        stretch(all, means, noise, labels.subarray(from, to), data.subarray(from * d, to * d));
        continue;
      }
      group(labels, from, to, firsts, rows);
      for (let c = 0; c < k; c++) {
        const own = rows.subarray(firsts[c], firsts[c + 1]);
        shear(factors[layout.shared ? 0 : c], means.subarray(c * d, (c + 1) * d), noise, own, data.subarray(from * d));
      }
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

/** Rows one after the other: μ + s z, column by column; `s` and `means` are `[k, d]`. */
function stretch(
  s: Float64Array,
  means: Float64Array,
  noise: Float64Array,
  labels: Int32Array,
  data: Float64Array,
): void {
  // prettier-ignore
  const d = data.length / labels.length;
  for (let row = 0, at = 0; row < labels.length; row++) {
    const from = labels[row] * d;
    for (let j = from; j < from + d; j++, at++) data[at] = means[j] + s[j] * noise[at];
  }
}

/** Rows of one component: μ + L z, four rows and two columns at a time, so that few numbers are read for each product. */
function shear(l: Float64Array, mean: Float64Array, noise: Float64Array, rows: Int32Array, data: Float64Array): void {
  const d = mean.length;
  const last = rows.length - 1;
  for (let r = 0; r <= last; r += 4) {
    // The last row again where there are not four: it is written more than once.
    const r0 = rows[r] * d;
    const r1 = rows[Math.min(r + 1, last)] * d;
    const r2 = rows[Math.min(r + 2, last)] * d;
    const r3 = rows[Math.min(r + 3, last)] * d;
    for (let i = 0; i < d; i += 2) {
      const upper = i * d;
      // Of an odd number of columns, the last by itself: as its own neighbour.
      const pair = i + 1 < d ? 1 : 0;
      const lower = upper + pair * d;
      let a0 = 0;
      let a1 = 0;
      let a2 = 0;
      let a3 = 0;
      let b0 = 0;
      let b1 = 0;
      let b2 = 0;
      let b3 = 0;
      for (let j = 0; j <= i; j++) {
        const a = l[upper + j];
        const b = l[lower + j];
        const z0 = noise[r0 + j];
        const z1 = noise[r1 + j];
        const z2 = noise[r2 + j];
        const z3 = noise[r3 + j];
        a0 += a * z0;
        a1 += a * z1;
        a2 += a * z2;
        a3 += a * z3;
        b0 += b * z0;
        b1 += b * z1;
        b2 += b * z2;
        b3 += b * z3;
      }
      const k = i + pair;
      const edge = pair * l[lower + k];
      data[r0 + k] = mean[k] + b0 + edge * noise[r0 + k];
      data[r1 + k] = mean[k] + b1 + edge * noise[r1 + k];
      data[r2 + k] = mean[k] + b2 + edge * noise[r2 + k];
      data[r3 + k] = mean[k] + b3 + edge * noise[r3 + k];
      data[r0 + i] = mean[i] + a0;
      data[r1 + i] = mean[i] + a1;
      data[r2 + i] = mean[i] + a2;
      data[r3 + i] = mean[i] + a3;
    }
  }
}

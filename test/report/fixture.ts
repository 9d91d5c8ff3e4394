import type { ReportInput, Sample, SelectionRow } from '../../src/report/input.js';

/** Standard normal numbers from a seed: mulberry32 and Box-Muller. */
export function normals(seed: number): () => number {
  let state = seed >>> 0;
  const uniform = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
  return () => Math.sqrt(-2 * Math.log(1 - uniform())) * Math.cos(2 * Math.PI * uniform());
}

/** The input of a report of Gaussians. */
export type GaussianInput = ReportInput & Required<Pick<ReportInput, 'means' | 'covariances' | 'covarianceType'>>;

/** A mixture of k diagonal Gaussians in d columns, and rows of it; weights fall as 1/(component + 1). */
export function reportInput(k: number, d: number, rows = 200, changes: Partial<ReportInput> = {}): GaussianInput {
  const normal = normals(10 * k + d);
  const total = Array.from({ length: k }, (_, c) => 1 / (c + 1)).reduce((a, b) => a + b);
  const means = table(k, d, () => 4 * normal());
  const scales = table(k, d, () => 0.5 + 0.2 * Math.abs(normal()));
  const logLikelihood = -1234.5678;
  return {
    title: 'A fit',
    source: 'data.csv',
    columns: Array.from({ length: d }, (_, j) => `column ${j}`),
    ...{ n: 5 * rows, d, k, family: 'gaussian', covarianceType: 'diag' },
    weights: Array.from({ length: k }, (_, c) => 1 / (c + 1) / total),
    means,
    covariances: scales.map((s) => s.map((v, i) => s.map((_, j) => (i === j ? v * v : 0)))),
    objective: Array.from({ length: 12 }, (_, t) => 2 + 3 * 0.4 ** t),
    ...{ status: 'converged', iterations: 12, sweeps: 13, tolerance: 1e-4 },
    criteria: { logLikelihood, meanLogLikelihood: logLikelihood / 1000, bic: 2600, aic: 2550, icl: 2650 },
    diagnostics: {
      ...{ backend: 'webgpu', adapter: 'a GPU', precision: 'float32', repairs: [] },
      seconds: { read: 0.2, sweep: 0.5, total: 0.8 },
    },
    sample: sampleOf(means, scales, rows, normal),
    version: '0.1.0',
    ...changes,
  };
}

/** A candidate of a choice with this bic. */
export function candidate(k: number, covariance: SelectionRow['covariance'], bic: number): SelectionRow {
  const rest = { logLikelihood: -bic / 2, parameters: 7 * k, status: 'converged' };
  return { k, covariance, bic, aic: bic - 9, icl: bic + 9, ...rest };
}

function sampleOf(means: number[][], scales: number[][], rows: number, normal: () => number): Sample {
  const labels = Array.from({ length: rows }, (_, i) => i % means.length);
  return { labels, rows: labels.map((c) => means[c].map((m, j) => m + scales[c][j] * normal())) };
}

function table(rows: number, columns: number, value: () => number): number[][] {
  return Array.from({ length: rows }, () => Array.from({ length: columns }, value));
}

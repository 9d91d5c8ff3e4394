/** The default prior of Gaussians: mclust's, for which one M-step gives the mode of the posterior. */
import { describe, expect, test } from 'vitest';
import type { Family } from '../../src/families/family.js';
import { gaussian } from '../../src/families/gaussian.js';
import type { Conjugates } from '../../src/families/prior.js';
import { goldenRows } from '../golden/data.js';
import {
  cholesky,
  constrain,
  logDensities,
  minus,
  mulberry32,
  normal,
  plan,
  problem,
  sum,
  sweep,
  type Covariance,
  type OracleMixture,
} from '../oracle/index.js';
import { expectAllWithin, expectComponentsWithin, expectWithin } from '../within.js';
import { momentsOf } from './moments.js';

const forms: readonly Covariance[] = ['full', 'tied', 'diag', 'spherical'];

const conjugatesOf = ({ conjugates }: Family): Conjugates => conjugates ?? expect.unreachable();

/** The posterior given the plan of a mixture. */
function posteriorOf(x: number[][], mixture: OracleMixture, form: Covariance, regularization = 0) {
  const family = gaussian({ covariance: form });
  const packed = family.pack(family.fromParameters(mixture, 'start'));
  const moments = momentsOf(x, sweep(x, undefined, mixture).responsibilities, packed);
  const added = new Float64Array(x[0].length).fill(regularization);
  const prior = conjugatesOf(family).of(moments, packed, { k: mixture.weights.length, n: x.length, options: {} });
  return family.toParameters(family.estimate(moments, packed, { regularization: added, prior }).components);
}

test('the posterior of faithful, K = 3, is where a converged MAP fit by the same prior stands', () => {
  // Float64 EM to convergence; the prior's mean, scale and degrees of freedom are those of mclust's defaultPrior.
  const weights = [0.6464833537832094, 0.3357876543044497, 0.01772899191234126];
  const means = [
    [4.28452668300471, 79.90682024533322],
    [2.000727786114969, 54.50653554228336],
    [2.6028626898083616, 52.84806318129618],
  ];
  const covariances = [
    [
      [0.17115132502701128, 1.0030359607552268],
      [1.0030359607552268, 35.657561548579935],
    ],
    [
      [0.04780600049901505, 0.44105541238012363],
      [0.44105541238012363, 32.46742909101662],
    ],
    [
      [0.05613407605042152, 0.6099648911101065],
      [0.6099648911101065, 8.001625250332694],
    ],
  ];
  const x = goldenRows('faithful');
  const mixture = { weights, means, covariances };
  const found = posteriorOf(x, mixture, 'full');
  expectComponentsWithin(found, mixture, 1e-6);
  const logLikelihood = -x.length * sweep(x, undefined, mixture).objective;
  expectWithin(logLikelihood + logPrior(x, mixture, 'full'), -1135.6933498864305, 1e-6); // what that fit has
});

const transposed = (s: number[][]): number[][] => s[0].map((_, j) => s.map((row) => row[j]));
const times = (a: number[][], b: number[][]): number[][] =>
  a.map((row) => b[0].map((_, j) => sum(row.map((value, i) => value * b[i][j]))));
const trace = (s: number[][]): number => sum(s.map((row, j) => row[j]));
/** S⁻¹ v by the oracle's factor: ‖L⁻¹ v‖² = vᵀ S⁻¹ v. */
const quadratic = (s: number[][], v: number[]): number => {
  const mixture = { weights: [1], means: [v.map(() => 0)], covariances: [s] };
  const [[at], [zero]] = logDensities([v, v.map(() => 0)], mixture);
  return 2 * (zero - at);
};
const logDeterminant = (s: number[][]): number => 2 * sum(cholesky(s).map((row, j) => Math.log(row[j])));

/** Log of the prior's density by its definition: normal means, and inverse Wishart or inverse gamma (co)variances. */
function logPrior(
  x: number[][],
  { means, covariances }: Pick<OracleMixture, 'means' | 'covariances'>,
  form: Covariance,
): number {
  const [d, k, n] = [x[0].length, means.length, x.length];
  const [kappa, nu] = [0.01, d + 2];
  const mean = x[0].map((_, j) => sum(x.map((row) => row[j])) / n);
  const centred = x.map((row) => minus(row, mean));
  const scale = mean.map((_, i) =>
    mean.map((__, j) => (sum(centred.map((row) => row[i] * row[j])) / (n - 1)) * k ** (-2 / d)),
  );
  const ofMean = (c: number): number => {
    const s = covariances[c];
    return -logDeterminant(s) / 2 - (kappa / 2) * quadratic(s, minus(means[c], mean));
  };
  /** tr(Λ S⁻¹) = Σ_j of vᵀ S⁻¹ v over the columns v of a factor of Λ. */
  const wishart = (s: number[][]): number => {
    const factor = cholesky(scale);
    const columns = factor.map((_, j) => factor.map((row) => row[j]));
    return -((nu + d + 1) / 2) * logDeterminant(s) - sum(columns.map((column) => quadratic(s, column))) / 2;
  };
  const gamma = (variance: number, of: number): number => -(nu / 2 + 1) * Math.log(variance) - of / (2 * variance);
  const ofCovariance: Record<Covariance, (s: number[][]) => number> = {
    full: wishart,
    tied: wishart,
    diag: (s) => sum(s.map((row, j) => gamma(row[j], scale[j][j]))),
    spherical: (s) => gamma(s[0][0], trace(scale) / d),
  };
  const own = form === 'tied' ? covariances.slice(0, 1) : covariances;
  return sum(means.map((_, c) => ofMean(c))) + sum(own.map(ofCovariance[form]));
}

describe.each(forms)('%s', (form) => {
  const { x, start } = problem('overlapping', { n: 60, d: 3, k: 3, seed: 4 });
  const mixture = constrain(start, form);
  const shares = plan(x, undefined, mixture);
  const found = posteriorOf(x, mixture, form);
  /** Σ P log p + log prior / n, which the M-step maximises. */
  const gained = (at: Pick<OracleMixture, 'means' | 'covariances'>): number => {
    const cost = logDensities(x, { weights: mixture.weights, ...at });
    return (
      sum(cost.flatMap((row, i) => row.map((value, c) => shares[i][c] * value))) + logPrior(x, at, form) / x.length
    );
  };

  test('is the mode: any step from it has less of the prior and the likelihood together', () => {
    const random = mulberry32(1);
    const best = gained(found);
    for (let step = 0; step < 40; step++) {
      const size = 10 ** (-3 * random());
      const means = found.means.map((mean) => mean.map((value) => value + size * normal(random)));
      const bent = [0, 1, 2].map((i) => [0, 1, 2].map((j) => (i === j ? 1 : 0) + 0.3 * size * normal(random)));
      const covariances = found.covariances.map((s) => times(times(bent, s), transposed(bent)));
      const moved = constrain({ weights: mixture.weights, means, covariances }, form);
      expect(gained(moved)).toBeLessThan(best);
    }
  });

  test('has the log prior of its definition, also where it is computed in other units', () => {
    const family = gaussian({ covariance: form });
    const scale = Float64Array.from([4, form === 'spherical' ? 4 : 0.5, form === 'spherical' ? 4 : 2]);
    const scaling = { shift: Float64Array.of(1, -2, 30), scale };
    const held = x.map((row) => row.map((value, j) => (value - scaling.shift[j]) / scale[j]));
    const shard = (at: Pick<OracleMixture, 'means' | 'covariances'>) =>
      family.toShard(family.fromParameters(at, 'test'), scaling);
    const packed = family.pack(shard(mixture));
    const moments = momentsOf(held, shares.map((row) => row.map((share) => x.length * share)), packed); // prettier-ignore
    const settings = { k: 3, n: x.length, options: {}, scaling };
    const prior = conjugatesOf(family).of(moments, packed, settings);
    for (const at of [found, mixture]) {
      const log = conjugatesOf(family).log(shard(at), prior);
      expectWithin(log, logPrior(x, at, form), 1e-5 * Math.abs(log));
    }
  });

  test('is finite for constant columns, fewer rows than columns, and a component without rows', () => {
    const rows = [
      [1, 7, 2],
      [2, 7, 0],
    ];
    const ball = [0, 1, 2].map((i) => [0, 1, 2].map((j) => (i === j ? 1 : 0)));
    const start = { weights: [0.5, 0.5], means: [[1.5, 7, 1], [1e4, 7, 1]], covariances: [ball, ball] }; // prettier-ignore
    const { means, covariances } = posteriorOf(rows, start, form, 1e-9);
    for (const mean of means) expectAllWithin(mean, [1.5, 7, 1], 1e-6);
    for (const s of covariances) expect(cholesky(s).every((row, j) => row[j] > 0)).toBe(true);
  });
});

/**
 * Converged maximum-likelihood Gaussian mixtures of the stored data sets, each with a start from which EM reaches it.
 * Source of the values: R's mclust 6 and scikit-learn run to a fall below 1e-11 in float64; see PROVENANCE.md.
 */
import type { Covariance, OracleMixture } from '../oracle/sweep.js';
import type { GoldenDataset } from './data.js';

/** The four types, and mclust's EII (tied-spherical) and EEI (tied-diag), which are tied and then spherical or diag. */
export type GoldenCovariance = Covariance | 'tied-spherical' | 'tied-diag';

export type GoldenFit = {
  /** dataset/model/components */
  readonly name: string;
  readonly dataset: GoldenDataset;
  readonly columns: readonly string[];
  readonly k: number;
  readonly covariance: GoldenCovariance;
  /** Summed over rows, nats. */
  readonly logLikelihood: number;
  /** Of the log-likelihood, absolute: one unit of the last digit given. */
  readonly tolerance: number;
  readonly source: string;
  /** In the order of the start's components. */
  readonly parameters?: OracleMixture;
  /**
   * Of every parameter, absolute. A fit stopped at a fall of 1e-11 is that close to the optimum in its log-likelihood
   * but only ~1e-6 close in its parameters, fewer digits than are printed.
   */
  readonly parameterTolerance?: number;
  /** Weights, means and covariances [k][d][d], already of the covariance type. */
  readonly start: OracleMixture;
};

const faithful = { dataset: 'faithful', columns: ['eruptions', 'waiting'] } as const;
const waiting = { dataset: 'faithful', columns: ['waiting'] } as const;
const iris = { dataset: 'iris', columns: ['sepal_length', 'sepal_width', 'petal_length', 'petal_width'] } as const;
const tight = { tolerance: 1e-8, source: 'mclust 6 and scikit-learn, converged to 1e-11' } as const;

const diagonal = (variances: number[]): number[][] =>
  variances.map((variance, i) => variances.map((_, j) => (i === j ? variance : 0)));
/** Equal weights, these means, one diagonal covariance for all. */
const startAt = (means: number[][], variances: number[]): OracleMixture => ({
  weights: means.map(() => 1 / means.length),
  means,
  covariances: means.map(() => diagonal(variances)),
});

const geyser = [
  [4.3, 80],
  [2, 54],
];
// Species means to one digit.
const species = [
  [5, 3.4, 1.5, 0.2],
  [5.9, 2.8, 4.3, 1.3],
  [6.6, 3, 5.6, 2],
];
// A larger third species: from the species means diag EM reaches another optimum, −306.86046051.
const largeVirginica = [
  [5, 3.4, 1.5, 0.2],
  [6, 2.7, 4.3, 1.3],
  [7, 3.1, 5.9, 2.1],
];
const setosaOrNot = [
  [5, 3.4, 1.5, 0.2],
  [6.3, 2.9, 4.9, 1.7],
];
const geyserVariances = [0.3, 40];
const irisVariances = [0.25, 0.1, 0.2, 0.05];

export const goldenFits: readonly GoldenFit[] = [
  {
    ...faithful,
    ...tight,
    name: 'faithful/tied-spherical/2',
    k: 2,
    covariance: 'tied-spherical',
    logLikelihood: -1709.68137295,
    start: startAt(geyser, [20, 20]),
  },
  {
    ...faithful,
    ...tight,
    name: 'faithful/spherical/2',
    k: 2,
    covariance: 'spherical',
    logLikelihood: -1709.52928218,
    start: startAt(geyser, [20, 20]),
  },
  {
    ...faithful,
    ...tight,
    name: 'faithful/tied-diag/2',
    k: 2,
    covariance: 'tied-diag',
    logLikelihood: -1157.68001234,
    start: startAt(geyser, geyserVariances),
  },
  {
    ...faithful,
    ...tight,
    name: 'faithful/diag/2',
    k: 2,
    covariance: 'diag',
    logLikelihood: -1147.80635254,
    start: startAt(geyser, geyserVariances),
  },
  {
    ...faithful,
    ...tight,
    name: 'faithful/tied/2',
    k: 2,
    covariance: 'tied',
    logLikelihood: -1140.18675944,
    start: startAt(geyser, geyserVariances),
  },
  {
    ...faithful,
    ...tight,
    name: 'faithful/full/2',
    k: 2,
    covariance: 'full',
    logLikelihood: -1130.26396018,
    parameters: {
      weights: [0.64412714, 0.35587286],
      means: [
        [4.28966198, 79.96811524],
        [2.03638846, 54.47851644],
      ],
      covariances: [
        [
          [0.16996843, 0.94060923],
          [0.94060923, 36.04621031],
        ],
        [
          [0.06916768, 0.43516768],
          [0.43516768, 33.69728243],
        ],
      ],
    },
    parameterTolerance: 2e-6,
    start: startAt(geyser, geyserVariances),
  },
  {
    ...faithful,
    ...tight,
    name: 'faithful/tied/3',
    k: 3,
    covariance: 'tied',
    logLikelihood: -1126.31592782,
    start: startAt([...geyser, [3.5, 75]], [0.2, 35]),
  },
  {
    ...waiting,
    ...tight,
    name: 'waiting/tied/2',
    k: 2,
    covariance: 'tied',
    logLikelihood: -1034.00176036,
    parameters: {
      weights: [0.3608495, 0.6391505],
      means: [[54.613628], [80.090305]],
      covariances: [[[34.44623]], [[34.44623]]],
    },
    parameterTolerance: 5e-6,
    start: startAt([[54], [80]], [35]),
  },
  {
    ...waiting,
    ...tight,
    name: 'waiting/full/2',
    k: 2,
    covariance: 'full',
    logLikelihood: -1034.00174984,
    start: startAt([[54], [80]], [35]),
  },
  {
    ...iris,
    ...tight,
    name: 'iris/spherical/3',
    k: 3,
    covariance: 'spherical',
    logLikelihood: -384.31409506,
    start: startAt(species, [0.1, 0.1, 0.1, 0.1]),
  },
  {
    ...iris,
    ...tight,
    name: 'iris/diag/3',
    k: 3,
    covariance: 'diag',
    logLikelihood: -307.1775716,
    start: startAt(largeVirginica, irisVariances),
  },
  {
    ...iris,
    ...tight,
    name: 'iris/tied/3',
    k: 3,
    covariance: 'tied',
    logLikelihood: -256.35404313,
    start: startAt(species, irisVariances),
  },
  {
    ...iris,
    ...tight,
    name: 'iris/full/3',
    k: 3,
    covariance: 'full',
    logLikelihood: -180.18547713,
    start: startAt(species, irisVariances),
  },
  {
    ...iris,
    ...tight,
    name: 'iris/full/2',
    k: 2,
    covariance: 'full',
    logLikelihood: -214.35470437,
    start: startAt(setosaOrNot, irisVariances),
  },
];

/** The golden fit of that name. */
export function goldenFit(name: string): GoldenFit {
  const fit = goldenFits.find((candidate) => candidate.name === name);
  if (!fit)
    throw new Error(`goldenFit: expected one of ${goldenFits.map((each) => each.name).join(', ')}, got ${name}`);
  return fit;
}

/** The start from which EM reaches a golden fit, by data set and covariance type (K = 2 for faithful, 3 for iris). */
export const goldenStart = (dataset: GoldenDataset, covariance: GoldenCovariance): OracleMixture =>
  goldenFit(`${dataset}/${covariance}/${dataset === 'iris' ? 3 : 2}`).start;

import { readFileSync } from 'node:fs';
import type { Covariance, OracleMixture } from '../oracle/sweep.js';

export type GoldenDataset = 'faithful' | 'iris' | 'zero_inflated';

const columnsOf = {
  faithful: ['eruptions', 'waiting'],
  iris: ['sepal_length', 'sepal_width', 'petal_length', 'petal_width'],
  zero_inflated: ['claim', 'age'],
} satisfies Record<GoldenDataset, string[]>;

const lines = (dataset: GoldenDataset): string[][] =>
  readFileSync(goldenPath(dataset), 'utf8')
    .trim()
    .split(/\r?\n/)
    .map((line) => line.split(','));

/** Where the data set's CSV file is. */
export const goldenPath = (dataset: GoldenDataset): URL => new URL(`./${dataset}.csv`, import.meta.url);

/** The rows of a stored data set: the columns named, or all its numeric ones; [n][columns]. */
export function goldenRows(dataset: GoldenDataset, columns: readonly string[] = columnsOf[dataset]): number[][] {
  const [header, ...rows] = lines(dataset);
  const positions = columns.map((column) => header.indexOf(column));
  return rows.map((row) => positions.map((position) => Number(row[position])));
}

/** The species of iris' rows [150]. */
export const irisSpecies = (): string[] =>
  lines('iris')
    .slice(1)
    .map((row) => row[4]);

/** A converged fit of scikit-learn: the contents of sklearn-{covariance}.json, written by make-sklearn.py. */
export type SklearnFit = {
  readonly provenance: string;
  readonly dataset: GoldenDataset;
  readonly covariance: Covariance;
  /** M-steps from the start to the fit. */
  readonly iterations: number;
  readonly start: OracleMixture;
  readonly fit: OracleMixture;
  /** Summed over rows, nats. */
  readonly logLikelihood: number;
  readonly aic: number;
  readonly bic: number;
};

export const sklearnFit = (covariance: Covariance): SklearnFit =>
  JSON.parse(readFileSync(new URL(`./sklearn-${covariance}.json`, import.meta.url), 'utf8')) as SklearnFit;

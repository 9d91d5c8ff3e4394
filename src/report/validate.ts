import { isList, shown } from '../base/check.js';
import { InputError, type InputErrorCode, listed } from '../base/errors.js';
import type {
  ComponentInput,
  Gaps,
  NoiseInput,
  PictureInput,
  ReportInput,
  Sample,
  SampleRows,
  Selection,
} from './input.js';

/**
 * Refuses a picture's input whose shapes disagree or whose numbers are not finite.
 * @throws InputError `shape`, `value` or `option`, naming the entry.
 */
export function checkPicture(input: PictureInput, dimensions?: readonly string[], fewest: 1 | 2 = 1): void {
  const { columns, d, k, weights } = input;
  if (!(Number.isInteger(k) && k >= 1)) refuse('shape', 'k', 'a whole number of components, at least 1', shown(k));
  if (!(Number.isInteger(d) && d >= 1)) refuse('shape', 'd', 'a whole number of columns, at least 1', shown(d));
  checkLength('columns', columns, d, 'names');
  checkLength('weights', weights, k, 'numbers');
  checkNumbers('weights', weights, 'a weight ≥ 0', (w) => w >= 0);
  if (input.columnMeans && !input.means) checkColumns(input, k, d);
  else checkGaussians(input, k, d);
  if (input.noise) checkNoise(input.noise, d);
  checkSample(input.sample, d, k, { gaps: input.gaps !== undefined, noise: input.noise !== undefined });
  if (input.gaps) checkGaps(input.gaps, input.sample, d);
  if (dimensions) checkDimensions(dimensions, columns, fewest);
}

function checkNoise({ weight, ranges }: NoiseInput, d: number): void {
  checkNumbers('noise.weight', [weight], 'a weight ≥ 0', (w) => w >= 0);
  checkRows('noise.ranges', ranges, d, 2);
}

function checkGaussians({ means = [], covariances = [] }: ComponentInput, k: number, d: number): void {
  checkRows('means', means, k, d);
  checkLength('covariances', covariances, k, 'matrices');
  for (let c = 0; c < k; c++) {
    checkLength(`covariances[${c}]`, covariances[c], d, 'rows');
    covariances[c].forEach((row, i) => {
      checkLength(`covariances[${c}][${i}]`, row, d, 'numbers');
      checkNumbers(`covariances[${c}][${i}]`, row);
      if (row[i] < 0) refuse('value', `covariances[${c}][${i}][${i}]`, 'a variance ≥ 0', shown(row[i]));
    });
  }
}

function checkColumns({ columnMeans = [], columnDeviations = [] }: ComponentInput, k: number, d: number): void {
  checkRows('columnMeans', columnMeans, k, d);
  checkRows('columnDeviations', columnDeviations, k, d, 'a deviation ≥ 0', (deviation) => deviation >= 0);
}

function checkRows(
  entry: string,
  rows: readonly (readonly number[])[],
  k: number,
  d: number,
  ...rule: [expected?: string, allowed?: (x: number) => boolean]
): void {
  checkLength(entry, rows, k, 'rows');
  rows.forEach((row, c) => {
    checkLength(`${entry}[${c}]`, row, d, 'numbers');
    checkNumbers(`${entry}[${c}]`, row, ...rule);
  });
}

/**
 * Refuses a report's input as {@link checkPicture} does, and criteria, objective or selection that cannot be shown.
 * @throws InputError `shape`, `value` or `option`, naming the entry.
 */
export function checkReport(input: ReportInput): void {
  checkPicture(input, input.dimensions);
  const { n, criteria, objective, iterations, sweeps, selection, diagnostics, tolerance, logPrior } = input;
  if (!(Number.isInteger(n) && n >= 1)) refuse('shape', 'n', 'a whole number of rows, at least 1', shown(n));
  checkNumbers('objective', objective);
  checkNumbers('iterations', [iterations]);
  checkNumbers('sweeps', [sweeps]);
  if (tolerance !== undefined) checkNumbers('tolerance', [tolerance], 'a gain ≥ 0', (t) => t >= 0);
  for (const name of ['logLikelihood', 'meanLogLikelihood', 'bic', 'aic', 'icl'] as const)
    if (!Number.isFinite(criteria[name])) refuse('value', `criteria.${name}`, 'a finite number', shown(criteria[name]));
  if (logPrior !== undefined) checkNumbers('logPrior', [logPrior]);
  for (const [phase, seconds] of Object.entries(diagnostics.seconds))
    checkNumbers(`diagnostics.seconds.${phase}`, [seconds], 'seconds ≥ 0', (s) => s >= 0);
  if (selection) checkSelection(selection);
}

function checkSelection({ rows, chosen, criterion }: Selection): void {
  const best = rows.at(chosen);
  if (!Number.isInteger(chosen) || chosen < 0 || !best)
    refuse('option', 'selection.chosen', `an index below ${rows.length}`, shown(chosen), 'give an index into its rows');
  if (!Number.isFinite(best[criterion]))
    refuse(
      'value',
      `selection.rows[${chosen}].${criterion}`,
      'a finite number',
      shown(best[criterion]),
      'choose a fit that succeeded',
    );
}

/** `gaps`: whether rows may lack values. */
function checkSample(
  { rows, labels, weights }: Sample,
  d: number,
  k: number,
  { gaps, noise }: { readonly gaps: boolean; readonly noise: boolean },
): void {
  const least = noise ? -1 : 0;
  const size = checkSampleRows('sample.rows', rows, d, gaps);
  checkLength('sample.labels', labels, size, 'labels, one a row');
  if (weights) checkLength('sample.weights', weights, size, 'weights, one a row');
  for (let i = 0; i < size; i++) {
    const label = labels[i];
    if (!(Number.isInteger(label) && label >= least && label < k))
      refuse('value', `sample.labels[${i}]`, `a component from ${least} to ${k - 1}`, shown(label));
    if (weights && !(Number.isFinite(weights[i]) && weights[i] >= 0))
      refuse('value', `sample.weights[${i}]`, 'a finite weight ≥ 0', shown(weights[i]));
  }
}

function checkGaps({ shares, imputed }: Gaps, { labels }: Sample, d: number): void {
  checkLength('gaps.shares', shares, d, 'numbers');
  checkNumbers('gaps.shares', shares, 'a share from 0 to 1', (share) => share >= 0 && share <= 1);
  const size = checkSampleRows('gaps.imputed', imputed, d, false);
  if (size !== labels.length)
    refuse('shape', 'gaps.imputed', `${labels.length} rows, those of the sample`, shown(size));
}

/** The number of the rows, which may have NaN where `gaps` says so. */
function checkSampleRows(entry: string, rows: SampleRows, d: number, gaps: boolean): number {
  if (typeof rows !== 'object' || !(isList(rows) || 'shape' in rows))
    refuse('shape', entry, 'rows of numbers', shown(rows));
  const matrix = 'shape' in rows;
  const size = matrix ? rows.shape[0] : rows.length;
  if (matrix && (rows.shape[1] !== d || rows.data.length !== size * d))
    refuse(
      'shape',
      entry,
      `${size * d} values of shape [${size}, ${d}]`,
      `${rows.data.length} of shape [${rows.shape.join(', ')}]`,
    );
  for (let i = 0; i < size; i++) {
    if (!matrix) checkLength(`${entry}[${i}]`, rows[i], d, 'numbers');
    for (let j = 0; j < d; j++) {
      const value = matrix ? rows.data[i * d + j] : rows[i][j];
      if (!(Number.isFinite(value) || (gaps && Number.isNaN(value))))
        refuse(
          'value',
          `${entry}[${i}][${j}]`,
          'a finite number',
          shown(value),
          'drop incomplete rows, or say what they lack by gaps',
        );
    }
  }
  return size;
}

function checkDimensions(dimensions: readonly string[], columns: readonly string[], fewest: number): void {
  const remedy = `name ${fewest} to 4 of ${listed(columns)}`;
  if (dimensions.length < fewest || dimensions.length > 4)
    refuse('option', 'dimensions', `${fewest} to 4 column names`, shown(dimensions.length), remedy);
  dimensions.forEach((name, i) => {
    if (!columns.includes(name)) refuse('option', `dimensions[${i}]`, 'the name of a column', shown(name), remedy);
    if (dimensions.indexOf(name) < i)
      refuse('option', `dimensions[${i}]`, 'each column once', `${shown(name)} again`, remedy);
  });
}

function checkLength(entry: string, list: unknown, length: number, noun: string): void {
  if (!isList(list)) refuse('shape', entry, `${length} ${noun}`, shown(list));
  if (list.length !== length) refuse('shape', entry, `${length} ${noun}`, shown(list.length));
}

function checkNumbers(
  entry: string,
  list: readonly number[],
  expected = 'a finite number',
  allowed: (x: number) => boolean = () => true,
): void {
  const bad = list.findIndex((x) => !(Number.isFinite(x) && allowed(x)));
  if (bad >= 0) refuse('value', list.length > 1 ? `${entry}[${bad}]` : entry, expected, shown(list[bad]));
}

function refuse(
  code: InputErrorCode,
  entry: string,
  expected: string,
  got: string,
  remedy = 'pass the fit as it was made',
): never {
  throw new InputError(code, { where: `report ${entry}`, expected, got, remedy });
}

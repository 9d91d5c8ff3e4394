import { describe, expect, test } from 'vitest';
import { InputError } from '../../src/base/errors.js';
import type { ReportInput } from '../../src/report/index.js';
import { renderPicture, renderReport } from '../../src/report/index.js';
import { candidate, reportInput } from './fixture.js';

const fine = reportInput(2, 2, 4);
const rows = fine.sample.rows as number[][];
const fit = 'pass the fit as it was made';

const mistakes: [changes: Partial<ReportInput>, code: string, message: string][] = [
  [{ weights: [0.5, NaN] }, 'value', `report weights[1]: expected a weight ≥ 0, got NaN; ${fit}`],
  [{ weights: [1] }, 'shape', `report weights: expected 2 numbers, got 1; ${fit}`],
  [{ means: [[0, Infinity], [0, 0]] }, 'value', `report means[0][1]: expected a finite number, got Infinity; ${fit}`],
  [{ covariances: [[[1, 0], [0, -1]], [[1, 0], [0, 1]]] }, 'value', `report covariances[0][1][1]: expected a variance ≥ 0, got -1; ${fit}`],
  [{ columns: ['a'] }, 'shape', `report columns: expected 2 names, got 1; ${fit}`],
  [{ k: 0 }, 'shape', `report k: expected a whole number of components, at least 1, got 0; ${fit}`],
  [{ objective: [1, NaN] }, 'value', `report objective[1]: expected a finite number, got NaN; ${fit}`],
  [{ criteria: { ...fine.criteria, icl: NaN } }, 'value', `report criteria.icl: expected a finite number, got NaN; ${fit}`],
  [{ sample: { ...fine.sample, rows: [[NaN, 0], ...rows.slice(1)] } }, 'value', 'report sample.rows[0][0]: expected a finite number, got NaN; drop incomplete rows, or say what they lack by gaps'],
  [{ sample: { ...fine.sample, labels: [0, 1, 2, 0] } }, 'value', `report sample.labels[2]: expected a component from 0 to 1, got 2; ${fit}`],
  [{ sample: { rows, labels: [0] } }, 'shape', `report sample.labels: expected 4 labels, one a row, got 1; ${fit}`],
  [{ sample: { ...fine.sample, rows: { data: new Float64Array(8), shape: [4, 3] } } }, 'shape', `report sample.rows: expected 8 values of shape [4, 2], got 8 of shape [4, 3]; ${fit}`],
  [{ dimensions: ['nope'] }, 'option', 'report dimensions[0]: expected the name of a column, got "nope"; name 1 to 4 of column 0, column 1'],
  [{ dimensions: [] }, 'option', 'report dimensions: expected 1 to 4 column names, got 0; name 1 to 4 of column 0, column 1'],
  [{ dimensions: ['column 0', 'column 0'] }, 'option', 'report dimensions[1]: expected each column once, got "column 0" again; name 1 to 4 of column 0, column 1'],
  [{ selection: { rows: [candidate(2, 'full', 1)], chosen: 1, criterion: 'bic' } }, 'option', 'report selection.chosen: expected an index below 1, got 1; give an index into its rows'],
  [{ selection: { rows: [candidate(2, 'full', NaN)], chosen: 0, criterion: 'bic' } }, 'value', 'report selection.rows[0].bic: expected a finite number, got NaN; choose a fit that succeeded'],
]; // prettier-ignore

describe('renderReport refuses', () => {
  test.each(mistakes)('%j', async (changes, code, message) => {
    const error = await renderReport({ ...fine, ...changes }).catch((e: unknown) => e);
    expect(error).toBeInstanceOf(InputError);
    expect(error).toMatchObject({ code, message });
  });
});

test('renderPicture refuses a single dimension', async () => {
  await expect(renderPicture(fine, ['column 0'])).rejects.toThrow(
    'report dimensions: expected 2 to 4 column names, got 1; name 2 to 4 of column 0, column 1',
  );
});

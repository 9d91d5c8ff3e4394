import { expect, test } from 'vitest';
import { modelPhrase } from '../../src/report/drawn.js';
import * as prose from '../../src/report/prose.js';
import { viewOf } from '../../src/report/view.js';
import { candidate, reportInput } from './fixture.js';

test.each([
  [modelPhrase({ k: 1, covarianceType: 'tied' }), 'a single Gaussian with a full covariance'],
  [modelPhrase({ k: 8, covarianceType: 'tied' }), 'a mixture of 8 Gaussians with one shared covariance'],
  [prose.columnsPhrase(['a', 'b', 'c']), 'a, b and c'],
  [prose.columnsPhrase(['a', 'b', 'c', 'd', 'e']), '5 columns'],
  [prose.endingPhrase({ status: 'converged', iterations: 1 }), 'Converged after 1 iteration'],
  [
    prose.endingPhrase({ status: 'precision', iterations: 9 }),
    'Stopped after 9 iterations, where float32 can’t tell whether the fit goes on',
  ],
  [prose.endingPhrase({ status: 'maxIterations', iterations: 200 }), 'Stopped at the limit of 200 iterations, before it converged'],
  [prose.restSentence([0.5, 0.25, 0.25], [0]), 'and 2 lighter components, 50.0 % of the weight together'],
])('says: %s', (said, expected) => expect(said).toBe(expected)); // prettier-ignore

const labels = new Int32Array(4000);
test.each([
  [prose.rowsPhrase({ rows: [], labels }, 4000), 'all 4,000 rows'],
  [prose.rowsPhrase({ rows: [], labels, random: false }, 40_000), '4,000 of 40,000 rows'],
  [prose.rowsPhrase({ rows: [], labels, random: true }, 40_000), '4,000 of 40,000 rows drawn at random'],
  [prose.rowsPhrase({ rows: [], labels, random: false }, 4000, 100), '100 of 4,000 rows drawn at random'],
  [prose.rowsPhrase({ rows: [], labels, random: true, weights: labels }, 5000), '4,000 of 5,000 rows drawn at random by their weights'],
])('says of rows: %s', (said, expected) => expect(said).toBe(expected)); // prettier-ignore

test('the choice names the runner-up, its distance and what failed', () => {
  const rows = [candidate(2, 'full', 10), candidate(3, 'full', 22.5), candidate(4, 'full', NaN)];
  expect(prose.choiceSentence({ rows, chosen: 0, criterion: 'bic' })).toBe(
    'Of 3 fits, k = 2 with full covariance has the lowest bic; the next, k = 3 full, is 12.5 above it. 1 fit failed.',
  );
});

test('a choice against the criterion is not called the lowest', () => {
  const rows = [candidate(2, 'full', 10), candidate(3, 'full', 22.5)];
  expect(prose.choiceSentence({ rows, chosen: 1, criterion: 'bic' })).toBe(
    'Of 2 fits, k = 3 with full covariance was chosen.',
  );
});

test('the caption says what the picture leaves out', () => {
  const input = reportInput(2, 2, 2000);
  const rows = input.sample.rows as number[][];
  const sample = { ...input.sample, rows: [[1e7, 0], ...rows.slice(1)] };
  const far = { ...input, sample, weights: [0.999, 0.001], means: [[...input.means[0]], [-1e5, 0]] };
  expect(prose.scatterCaption(viewOf(far), 9000)).toBe(
    '2,000 of 9,000 rows, coloured by the component they most likely belong to. Ellipses hold each component at 1σ and ' +
      '2σ; a disc at its mean carries its number. Axes are cut so that a few far values don’t squash the picture: ' +
      'column 0 to the sample’s 0.1–99.9 % range (1 row outside). Outside the picture: component 1.',
  );
});

test('the caption names components that are points', () => {
  const input = reportInput(2, 2);
  const covariances = [input.covariances[0], [[0, 0], [0, 1]]]; // prettier-ignore
  expect(prose.pointSentence(viewOf({ ...input, covariances }))).toContain('in a column drawn: component 1.');
  expect(prose.pointSentence(viewOf(input))).toBe('');
});

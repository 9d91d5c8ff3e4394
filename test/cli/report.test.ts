import { describe, expect, test } from 'vitest';
import { reportOf, type ReportParts } from '../../src/cli/report.js';
import { RowSample } from '../../src/data/row-sample.js';
import { InputError } from '../../src/errors.js';
import { gaussian } from '../../src/families/gaussian.js';
import { fitMixture } from '../../src/fit.js';

const rows = [[0, 1], [1, 0], [2, 3], [3, 2]]; // prettier-ignore
const flags = {
  ...{ every: 1, missing: 'error', marginal: 'free', epsilon: 1, seeding: 'k-means++', strategy: 'plain' },
  ...{
    restarts: 1,
    seed: 0,
    tolerance: 1e-4,
    maxIterations: 200,
    regularization: 1e-6,
    backend: 'cpu',
    autotune: true,
  },
} as const satisfies ReportParts['flags'];

describe('a report that cannot be drawn', () => {
  test('is a fault of ours, not a mistake of the user', async () => {
    const fit = await fitMixture(rows, { components: 1, family: gaussian(), backend: 'cpu' });
    const sample = new RowSample(1); // of one column, where the fit has two
    sample.see({ rows: 4, values: Float64Array.of(0, 1, 2, 3) }, 0);
    const failure = reportOf(fit, { spec: 'data.csv', flags, sample, seconds: {} });
    await expect(failure).rejects.toThrow('the report refused the fit: data: expected');
    await expect(failure).rejects.not.toBeInstanceOf(InputError);
  });
});

import { describe, expect, test } from 'vitest';
import { reportOf, type ReportParts } from '../../src/cli/report.js';
import { ReportSample } from '../../src/cli/report-sample.js';
import { InputError } from '../../src/base/errors.js';
import { gaussian } from '../../src/families/gaussian.js';
import { fitMixture } from '../../src/fit/fit.js';

const rows = [[0, 1], [1, 0], [2, 3], [3, 2]]; // prettier-ignore
const flags = {
  ...{
    every: 1,
    missing: 'error',
    prior: 'none',
    marginal: 'free',
    epsilon: 1,
    seeding: 'k-means++',
    strategy: 'plain',
    acceleration: 'auto',
    algorithm: 'em',
  },
  ...{
    restarts: 1,
    seed: 0,
    tolerance: 1e-4,
    maxIterations: 200,
    regularization: 1e-6,
    backend: 'cpu',
    precision: 'auto',
    rows: 'float32',
    autotune: true,
  },
} as const satisfies ReportParts['flags'];

describe('the report of a command', () => {
  test('draws a sample of 4,100 interleaved rows with all their components, and tells how the fit was made', async () => {
    const values = Float64Array.from(
      { length: 8200 },
      (_, at) => 9 * (at % 4 > 1 ? 1 : 0) + ((at * 7919) % 1000) / 500,
    );
    const data = { data: values, shape: [4100, 2] } as const;
    const fit = await fitMixture(data, {
      components: 2,
      family: gaussian(),
      backend: 'cpu',
      precision: 'auto',
      maxIterations: 2,
      tolerance: 0,
    });
    const sample = new ReportSample(2, { seed: 0 });
    sample.see({ rows: 4100, values }, 0);
    const origin = { created: '2026-01-02T03:04:05Z', command: 'otmix fit data.csv -k 2' };
    const page = await reportOf(
      { ...fit, mixture: fit.mixture.withProvenance(origin) },
      {
        ...{ spec: 'data.csv', sample, seconds: {}, flags: { ...flags, every: 3, sampleWeight: 'w<' } },
      },
    );
    expect(page).toContain('4,000 of 4,100 rows drawn at random');
    expect(page).not.toContain('Outside the picture');
    expect(page).toMatch(/<ul class="notes"[^>]*>\s*<li>not converged after 2 iterations/);
    expect(page).toContain('>otmix fit data.csv -k 2</pre>');
    expect(page).toContain('2026-01-02 03:04 UTC');
    for (const [name, value] of Object.entries({ seed: '0', seeding: 'k-means++', 'sample weights': 'column w&lt;' })) {
      expect(page).toMatch(new RegExp(`<dt>${name}</dt>\\s*<dd>${value.replaceAll('+', '\\+')}</dd>`));
    }
    expect(page).toContain('<a download="model.json" href="data:application/json');
  });
});

describe('a report that cannot be drawn', () => {
  test('is a fault of ours, not a mistake of the user', async () => {
    const fit = await fitMixture(rows, { components: 1, family: gaussian(), backend: 'cpu' });
    const sample = new ReportSample(1, { seed: 0 }); // of one column, where the fit has two
    sample.see({ rows: 4, values: Float64Array.of(0, 1, 2, 3) }, 0);
    const failure = reportOf(fit, { spec: 'data.csv', flags, sample, seconds: {} });
    await expect(failure).rejects.toThrow('the report refused the fit: report sample.rows[0]: expected 2 numbers');
    await expect(failure).rejects.not.toBeInstanceOf(InputError);
  });
});

/** What a report says beside its pictures: notes, settings, and everything that was fitted. */
import { describe, expect, test } from 'vitest';
import { gaussian } from '../../src/families/gaussian.js';
import { Mixture } from '../../src/mixture/mixture.js';
import type { ModelFile } from '../../src/mixture/model-json.js';
import { loadMixture } from '../../src/mixture/model-file.js';
import { renderReport, type ReportInput } from '../../src/report/index.js';
import { reportInput, type GaussianInput } from './fixture.js';

const model = modelOf(reportInput(40, 12));

/** Full covariances of 40 components in 12 columns. */
const large = (changes: Partial<ReportInput> = {}): Promise<string> =>
  renderReport(reportInput(40, 12, 30, { covarianceType: 'full', dimensions: ['column 0'], ...changes }));

/** The text of a part of a page, without tags. */
function textOf(html: string): string {
  return html.replace(/<[^>]*>/g, '').replace(/\s+/g, ' ').trim(); // prettier-ignore
}

function details(page: string): { summary: string; body: string }[] {
  return Array.from(
    page.matchAll(/<details>\s*<summary>([^<]*)<\/summary>([^]*?)<\/details>/g),
    ([, summary, body]) => ({
      summary: summary.trim(),
      body,
    }),
  );
}

describe('a report', () => {
  test('shows under the status all that the command warns of', async () => {
    const notes = ['left out 3 rows with missing values', 'columns <b> and \u202eevil coincide'];
    const page = await renderReport(reportInput(2, 2, 20, { notes }));
    const [, list] = /<p class="ending">[^]*?<\/p>\s*<ul class="notes"[^>]*>([^]*?)<\/ul>/.exec(page)!;
    expect(Array.from(list.matchAll(/<li>(.*?)<\/li>/g), ([, item]) => item)).toEqual([
      notes[0],
      'columns &lt;b&gt; and \\u202eevil coincide',
    ]);
    expect(await renderReport(reportInput(2, 2, 20))).not.toContain('class="notes"');
  });

  test('tells every setting, what was left out, and the command, as they are', async () => {
    const page = await renderReport(
      reportInput(2, 2, 20, {
        options: {
          ...{ components: 2, epsilon: { from: 1.5, steps: 3 }, maxIterations: 7, tolerance: 1e-7, seed: -5 },
          marginal: { kind: 'relaxed', weights: [0.25, 0.75], rho: 2 },
        },
        ...{ dropped: 1234, constantColumns: ['year', 'a<b'], command: `otmix fit 'a & b.csv' -k 2` },
      }),
    );
    const facts = Object.fromEntries(
      Array.from(page.matchAll(/<dt>([^<]*)<\/dt>\s*<dd>([^<]*)<\/dd>/g), ([, name, value]) => [name, value]),
    );
    expect(facts).toMatchObject({
      ...{ components: '2', epsilon: 'from 1.5, steps 3', 'max iterations': '7', seed: '−5' },
      ...{ tolerance: '1e−7 nats per row', marginal: 'relaxed, weights 0.25, 0.75, rho 2' },
      ...{ 'rows left out': '1,234, with missing values', 'constant columns': 'year, a&lt;b', backend: 'webgpu' },
    });
    expect(page).toMatch(/<pre class="command"[^>]*>otmix fit &#39;a &amp; b\.csv&#39; -k 2<\/pre>/);
  });

  test('of a fit with a prior tells the prior beside the likelihood, and that the objective has it', async () => {
    const input = reportInput(2, 2, 20);
    const page = await renderReport({ ...input, logPrior: -12.5 });
    const [, value, detail] = /<dt>Log prior<\/dt>\s*<dd>([^<]*)<small>([^<]*)<\/small>/.exec(page)!;
    expect(value).toBe('−12.50');
    expect(detail).toBe('−1,247.07 with the likelihood');
    expect(page).toMatch(/objective came to [^ ]+ nats per row, −log prior included\./);
    const without = await renderReport(input);
    expect(without).not.toMatch(/log prior/i);
    await expect(renderReport({ ...input, logPrior: NaN })).rejects.toThrow('logPrior');
  });

  test('holds every component in every column, and every covariance, for those who open it', async () => {
    const input = reportInput(40, 12);
    const [moments, covariances] = details(await large());
    expect(moments.summary).toBe('Means and standard deviations: 40 components × 12 columns');
    const rows = Array.from(moments.body.matchAll(/<th scope="row">([^]*?)<\/tr>/g), ([row]) => textOf(row));
    expect(rows).toHaveLength(40);
    expect(moments.body.match(/<th scope="col"/g)).toHaveLength(14);
    const wanted = (x: number): string => x.toPrecision(6).replace('-', '−');
    expect(rows[39]).toContain(`${wanted(input.means[39][11])} ± ${wanted(Math.sqrt(input.covariances[39][11][11]))}`);
    expect(covariances.summary).toBe('Covariances: 40 matrices');
    expect(covariances.body.match(/<caption>/g)).toHaveLength(40);
    expect(covariances.body.match(/<td class="number">/g)).toHaveLength(40 * 78);
  });

  test('shows a shared covariance once, and none where the deviations say all', async () => {
    expect(details(await large({ covarianceType: 'tied' }))[1].summary).toBe(
      'Covariances: 1 matrix, that of all components',
    );
    expect(details(await large({ covarianceType: 'diag' }))).toHaveLength(1);
  });

  test('leaves out what would make it huge, and says where that is', async () => {
    const plain = reportInput(100, 60, 0, { n: 5, covarianceType: 'full', dimensions: ['column 0'] });
    const covariances60 = plain.covariances.map((rows) => rows.map((row, i) => row.map((x, j) => x || 1 / (300 + i * j)))); // prettier-ignore
    const input = { ...plain, covariances: covariances60 };
    const page = await renderReport({ ...input, model: modelOf(input) });
    expect(page.length).toBeLessThan(1e6);
    const [moments, covariances] = details(page);
    expect(moments.body).toContain('Left out for want of room: 50 lighter components. A saved model has all.');
    expect(covariances.body).toContain('Left out for want of room: the 97 matrices. A saved model has all.');
    expect(textOf(page)).toMatch(/The whole model would be [\d,]+ kB of JSON, too much for this page/);
    expect(page).not.toContain('data:');
  });

  test('carries the model for download, bit for bit', async () => {
    const page = await large({ model });
    const [, link] = /<a download="model.json" href="data:application\/json;charset=utf-8,([^"]*)">/.exec(page)!;
    const loaded = await loadMixture(JSON.parse(decodeURIComponent(link)) as ModelFile);
    expect(loaded.toJSON()).toEqual(model);
    expect(model.provenance).toEqual({ source: '\u202eevil" <b>.csv' });
  });

  test('explains its criteria and their unit', async () => {
    const page = await renderReport(reportInput(2, 2, 20));
    for (const term of ['nats', 'bic', 'aic', 'icl']) expect(page).toMatch(new RegExp(`<dt>${term}</dt>\\s*<dd>[A-Z]`));
  });
});

function modelOf({ weights, means, covariances, columns }: GaussianInput): ModelFile {
  const family = gaussian({ covariance: 'full' });
  const components = family.fromParameters({ means, covariances }, 'input');
  const provenance = { source: '\u202eevil" <b>.csv' };
  return new Mixture({ family, weights: Float64Array.from(weights), components }, columns, provenance).toJSON();
}

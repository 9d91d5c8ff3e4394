/** What reports say of missing values: shares by column, and imputed beside observed values. */
import { describe, expect, test } from 'vitest';
import * as all from '../../src/families/all.js';
import { fitMixture, product } from '../../src/index.js';
import { renderReport, type ReportInput } from '../../src/report/index.js';
import { reportInput } from './fixture.js';

const nasty = '<script>alert("x")</script>';
const columns = ['size', 'visits', nasty, 'grade', 'whole'] as const;

/** Rows of two kinds, every third of which lacks something: of the first column, a sixth. */
function rowsWithGaps(): number[][] {
  return Array.from({ length: 240 }, (_, i) => {
    const far = i % 2;
    const wave = Math.sin(i * 12.9898);
    const row = [10 * far + wave, Math.round(3 + 2 * wave + 9 * far), Number(wave > 0.5 - far), 1 + far, wave];
    if (i % 3 === 0) row[[0, 1, 0, 2, 3][(i / 3) % 5]] = NaN;
    return row;
  });
}

function recordsOf(rows: readonly (readonly number[])[]): Record<string, number>[] {
  return rows.map((row) => Object.fromEntries(columns.map((name, j) => [name, row[j]])));
}

/** The input of a report of a product fitted to these. */
async function gapped(changes: Partial<ReportInput> = {}): Promise<ReportInput> {
  const rows = rowsWithGaps();
  const family = product([
    { columns: ['size', 'whole'], family: all.gaussian() },
    { columns: ['visits'], family: all.poisson() },
    { columns: [nasty], family: all.bernoulli() },
    { columns: ['grade'], family: all.categorical() },
  ]);
  const asked = { missing: 'model', backend: 'cpu' } as const;
  const { mixture } = await fitMixture(recordsOf(rows), { components: 2, family, maxIterations: 5, ...asked });
  const labels = await mixture.predict(recordsOf(rows), asked);
  const { data, shape } = await mixture.impute(recordsOf(rows), { backend: 'cpu' });
  const { k, d, weights, columnMeans, columnDeviations } = mixture;
  const { means, covariances, covarianceType, ...rest } = reportInput(k, d, 1);
  expect([means.length, covariances.length, covarianceType]).toEqual([k, k, 'diag']);
  return {
    ...{ ...rest, n: rows.length, columns, family: 'product', kind: mixture.family.describe(k), weights },
    ...{ columnMeans, columnDeviations, model: mixture.toJSON(), sample: { rows, labels } },
    gaps: { shares: sharesOf(rows), imputed: { data: data as Float64Array, shape: [shape[0], shape[1]] } },
    ...changes,
  };
}

function sharesOf(rows: readonly (readonly number[])[]): number[] {
  return columns.map((_, j) => rows.filter((row) => Number.isNaN(row[j])).length / rows.length);
}

function sectionOf(page: string, heading: string): string {
  const from = page.indexOf(`>${heading}</h2>`);
  return from < 0 ? '' : page.slice(from, page.indexOf('</section>', from));
}

function textOf(html: string): string {
  return html.replace(/<[^>]*>/g, ' ').replace(/\s+/g, ' ').trim(); // prettier-ignore
}

function tableOf(html: string, label: string): string {
  const from = html.indexOf(`aria-label="Table: ${label}"`);
  return textOf(html.slice(html.indexOf('>', from) + 1, html.indexOf('</table>', from)));
}

/** The heights of the bars of a drawing by their fill. */
function barsOf(svg: string): Map<string, number[]> {
  const bars = new Map<string, number[]>();
  for (const [, d, fill] of svg.matchAll(/<path d="(M[^"]*)" fill="([^"]*)"/g)) {
    const [, height = '0'] = /v(-?[\d.]+)/.exec(d) ?? [];
    bars.set(fill, [...(bars.get(fill) ?? []), Math.abs(Number(height))]);
  }
  return bars;
}

describe('a report of data with gaps', () => {
  test('has the share that is missing of each column, those that lack most first', async () => {
    const section = sectionOf(await renderReport(await gapped()), 'Missing values');
    const shares = tableOf(section, 'Missing values by column');
    expect(shares).toMatch(/^column missing observed .* imputed .* size 13\.3 % .* visits 6\.7 % /);
    expect(shares).toContain('&lt;script&gt;');
    expect(shares).not.toContain('whole');
    expect(textOf(section)).toContain('1 column has all values.');
    expect(shares).toMatch(/grade 6\.7 % [12] 50\.0 % [12] \d+\.\d %/);
  });

  test('tells the means of what is there and of what was put in', async () => {
    const input = await gapped();
    const { data } = input.gaps!.imputed as { readonly data: Float64Array };
    const put = rowsWithGaps().flatMap((row, i) => (Number.isNaN(row[0]) ? [data[i * 5]] : []));
    const there = rowsWithGaps().flatMap((row) => (Number.isNaN(row[0]) ? [] : [row[0]]));
    const [observed, imputed] = [there, put].map((some) => some.reduce((a, b) => a + b) / some.length);
    const shares = tableOf(await renderReport(input), 'Missing values by column');
    const [, first, second] = /size 13\.3 % (\S+) ± \S+ (\S+) ± /.exec(shares)!;
    expect(Math.abs(Number(first) - observed)).toBeLessThan(0.06);
    expect(Math.abs(Number(second) - imputed)).toBeLessThan(0.06);
  });

  test('draws imputed values over observed ones, both to the top, and says so in words', async () => {
    const page = await renderReport(await gapped());
    expect(page).not.toMatch(/NaN|Infinity|undefined|<script/);
    const section = sectionOf(page, 'Missing values');
    const drawings = section.match(/<svg role="img"[^]*?<\/svg>/g) ?? [];
    expect(drawings).toHaveLength(2);
    expect(drawings[0]).toContain('aria-label="Histogram of the observed values of size, and over it that of the imputed ones."'); // prettier-ignore
    expect(drawings[1]).toContain('>visits, 6.7 % missing</text>');
    for (const drawing of drawings) {
      const bars = barsOf(drawing);
      const tallest = ['var(--bar)', 'var(--s1)'].map((fill) => Math.max(...(bars.get(fill) ?? [0])));
      expect(tallest[0]).toBeGreaterThan(150);
      expect(tallest[1]).toBe(tallest[0]);
    }
    expect(tableOf(section, 'Imputed levels')).toMatch(/^level observed imputed &lt;script.* 0 .* 1 .* grade 1 .* 2 /);
  });

  test('draws elsewhere what is there alone', async () => {
    const input = await gapped();
    const page = await renderReport(input);
    expect(sectionOf(page, 'Columns one by one')).toContain('all 240 rows, where there is a value');
    expect(sectionOf(page, 'Data and components')).toContain('where both columns have a value');
    const dots = sectionOf(page, 'Data and components').match(/M-?[\d.]+,-?[\d.]+h\.1Z/g) ?? [];
    const whole = (input.sample.rows as number[][]).filter((row) => !Number.isNaN(row[0] + row[4])).length;
    expect(dots).toHaveLength(2 * whole); // on a desk and on a phone
  });

  test('has no such section where nothing is missing', async () => {
    const rows = rowsWithGaps().map((row) => row.map((x) => (Number.isNaN(x) ? 1 : x)));
    const { data } = (await gapped()).gaps!.imputed as { readonly data: Float64Array };
    const gaps = { shares: [0, 0, 0, 0, 0], imputed: { data, shape: [240, 5] as const } };
    const input = await gapped({ gaps });
    const page = await renderReport({ ...input, sample: { ...input.sample, rows } });
    expect(sectionOf(page, 'Missing values')).toBe('');
    expect(page).not.toContain('where there is a value');
  });

  test('has one of a column of which nothing was drawn', async () => {
    const input = await gapped();
    const rows = (input.sample.rows as number[][]).map(([, ...rest]) => [NaN, ...rest]);
    const shares = [1, ...input.gaps!.shares.slice(1)];
    const page = await renderReport({ ...input, sample: { ...input.sample, rows }, gaps: { ...input.gaps!, shares } });
    expect(page).not.toMatch(/NaN|Infinity|undefined/);
    expect(tableOf(page, 'Missing values by column')).toMatch(/size 100 % – \S+ ± /);
  });

  test.each([
    [{ shares: [0.1] }, 'report gaps.shares: expected 5 numbers, got 1; pass the fit as it was made'],
    [
      { shares: [0, 0, 1.5, 0, 0] },
      'report gaps.shares[2]: expected a share from 0 to 1, got 1.5; pass the fit as it was made',
    ],
    [{ imputed: [[1, 2, 3, 4, 5]] }, 'report gaps.imputed: expected 240 rows, those of the sample, got 1; pass the fit as it was made'],
    [{ imputed: [[1, 2, NaN, 4, 5]] }, 'report gaps.imputed[0][2]: expected a finite number, got NaN; drop incomplete rows, or say what they lack by gaps'],
  ])('refuses %j', async (wrong, message) => {
    const input = await gapped();
    await expect(renderReport({ ...input, gaps: { ...input.gaps!, ...wrong } })).rejects.toThrow(message);
  }); // prettier-ignore
});

test('a report of Gaussians with gaps has the same section', async () => {
  const input = reportInput(2, 3, 60);
  const rows = (input.sample.rows as number[][]).map((row, i) => (i % 4 === 0 ? [NaN, row[1], row[2]] : row));
  const gaps = { shares: [0.25, 0, 0], imputed: input.sample.rows };
  const page = await renderReport({ ...input, sample: { ...input.sample, rows }, gaps });
  expect(page).not.toMatch(/NaN|Infinity|undefined/);
  expect(tableOf(page, 'Missing values by column')).toMatch(/column 0 25\.0 % /);
  expect(page).toContain('.profile .share');
});

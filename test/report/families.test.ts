/** Reports of families other than Gaussians: each column drawn as what it is, parameters by their own names. */
import { describe, expect, test } from 'vitest';
import * as all from '../../src/families/all.js';
import type { Parameters } from '../../src/families/components.js';
import type { Family } from '../../src/families/family.js';
import { fitMixture, product } from '../../src/index.js';
import { Mixture } from '../../src/mixture/mixture.js';
import { renderPicture, renderReport, type ReportInput } from '../../src/report/index.js';
import { reportInput } from './fixture.js';

const nasty = '<script>alert("x")</script>';

/** The input of a report of a mixture and rows drawn from it. */
function inputOf(mixture: Mixture, changes: Partial<ReportInput> = {}): ReportInput {
  const { data, shape, labels } = mixture.sample(400, { seed: 3 });
  const { k, d, columns, family, weights, columnMeans, columnDeviations } = mixture;
  const { means, covariances, covarianceType, ...rest } = reportInput(k, d, 1);
  expect([means.length, covariances.length, covarianceType]).toEqual([k, k, 'diag']);
  return {
    ...{
      ...rest,
      n: 400,
      columns,
      family: family.name,
      kind: family.describe(k),
      weights,
      columnMeans,
      columnDeviations,
    },
    ...{ model: mixture.toJSON(), sample: { rows: { data, shape: [shape[0], shape[1]] }, labels }, ...changes },
  };
}

function mixtureOf(family: Family, parameters: Parameters, columns: readonly string[]): Mixture {
  const components = family.fromParameters(parameters, 'test');
  return new Mixture({ family, weights: Float64Array.of(0.7, 0.3), components }, columns);
}

/** A fit of columns of every kind, texts among them. */
async function mixed(): Promise<{ mixture: Mixture; input: ReportInput }> {
  const kinds = ['fox', nasty, ...Array.from({ length: 14 }, (_, i) => `kind ${i}`)];
  const data = Array.from({ length: 300 }, (_, i) => {
    const far = i % 3 === 0 ? 1 : 0;
    const wave = Math.sin(i * 12.9898) * 0.5 + 0.5;
    return { size: 5 * far + wave, 'a.b[0]': 2 * wave - far, spend: Math.exp(far + wave), visits: Math.floor(3 * wave + 6 * far), kind: kinds[(i * (far + 1)) % kinds.length], grade: 1 + 2 * ((Math.floor(i / 3) + far) % 3), sold: Number(wave > 0.7 - 0.5 * far) }; // prettier-ignore
  });
  const family = product([
    { columns: ['size', 'a.b[0]'], family: all.gaussian({ covariance: 'full' }) },
    { columns: ['spend'], family: all.logNormal() },
    { columns: ['visits'], family: all.poisson() },
    { columns: ['kind', 'grade'], family: all.categorical() },
    { columns: ['sold'], family: all.bernoulli() },
  ]);
  const columns = Object.keys(data[0]);
  const { mixture } = await fitMixture({ data, columns }, { components: 2, family, backend: 'cpu', maxIterations: 5 });
  return { mixture, input: inputOf(mixture) };
}

function headings(page: string): string[] {
  return Array.from(page.matchAll(/<h2[^>]*>([^<]*)</g), ([, heading]) => heading);
}

/** The text of a part of a page. */
function textOf(html: string): string {
  return html.replace(/<[^>]*>/g, ' ').replace(/\s+/g, ' ').trim(); // prettier-ignore
}

function tables(page: string, label: string): string[] {
  const parts = page.split('aria-label="Table: ').slice(1);
  return parts.filter((part) => part.startsWith(label)).map((part) => textOf(part.slice(part.indexOf('>') + 1, part.indexOf('</table>')))); // prettier-ignore
}

const families: readonly (readonly [Family, Parameters, told: RegExp, drawn: string | undefined])[] = [
  [all.bernoulli(), { probabilities: [[0.1], [1]] }, /probability of 1 0 70\.0 % 10\.0 % 1 30\.0 % 100 %/, undefined],
  [all.beta(), { alphas: [[0.5], [7]], betas: [[0.5], [2]] }, /alpha · beta .* 0\.500 · 0\.500 .* 7\.00 · 2\.00/, 'density'],
  [all.exponential(), { rates: [[0.5], [2]] }, /rate .* 0\.500 .* 2\.00/, 'density'],
  [all.gamma(), { shapes: [[0.5], [7]], rates: [[0.5], [2]] }, /shape · rate .* 0\.500 · 0\.500 .* 7\.00 · 2\.00/, 'density'],
  [all.geometric(), { probabilities: [[0.5], [0.1]] }, /probability .* 50\.0 % .* 10\.0 %/, 'share of rows'],
  [all.logNormal(), { meanLogs: [[0], [3]], varianceLogs: [[0.1], [0.3]] }, /mean of the logarithm · its variance .* 0 · 0\.100 .* 3\.00 · 0\.300/, 'density'],
  [all.negativeBinomial(), { means: [[3], [900]], sizes: [[2], [8]] }, /mean · size .* 3\.00 · 2\.00 .* 900 · 8\.00/, 'share of rows per whole number'],
  [all.negativeBinomial({ size: 4 }), { means: [[3], [20]] }, /mean 0 70\.0 % 3\.00 1 30\.0 % 20\.0/, 'share of rows'],
  [all.poisson(), { rates: [[0], [20]] }, /rate 0 70\.0 % 0 1 30\.0 % 20\.0/, 'share of rows'],
]; // prettier-ignore

describe('a report of one column of a family', () => {
  test.each(families)('%#: $name', async (family, parameters, told, drawn) => {
    const page = await renderReport(inputOf(mixtureOf(family, parameters, [nasty])));
    expect(page).not.toMatch(/NaN|Infinity|undefined|<script/);
    expect(tables(page, 'Parameters')[0]).toMatch(told);
    const section = drawn ? 'Data and density' : 'Levels';
    expect(headings(page)).toContain(section);
    if (drawn) expect(page).toContain(`>${drawn}</text>`);
    else expect(tables(page, 'Profile: share of 1')[0]).toMatch(/&lt;script&gt;.* 10\.0 % 100 %/);
    expect(headings(page)).not.toContain('Data and components');
  });
});

describe('a report of directions', () => {
  const family = all.vonMisesFisher();
  const mixture = mixtureOf(family, { means: [[1, 0, 0], [0, 0, 1]], concentrations: [30, 4] }, ['x', 'y', 'z']); // prettier-ignore

  test('has dots and means, and no ellipse', async () => {
    const page = await renderReport(inputOf(mixture));
    expect(headings(page).slice(0, 3)).toEqual(['Data and components', 'Components', 'Columns one by one']);
    expect(page).not.toContain('Ellipses hold');
    expect(page).not.toMatch(/NaN|Infinity|undefined/);
    expect(tables(page, 'Parameters')[0]).toMatch(/concentration .* 30\.0 .* 4\.00/);
  });

  test('draws rows of any length as directions', async () => {
    const input = inputOf(mixture);
    const { data, shape } = input.sample.rows as { data: Float64Array; shape: readonly [number, number] };
    const long = { ...input.sample, rows: { data: data.map((x, at) => x * (1 + (Math.floor(at / 3) % 2))), shape } };
    const figures = (page: string): string => (page.match(/<figure>[^]*?<\/figure>/g) ?? []).join('').replace(/clip\d+/g, 'clip'); // prettier-ignore
    const drawn = figures(await renderReport({ ...input, sample: long }));
    expect(drawn.length).toBeGreaterThan(10000);
    expect(drawn === figures(await renderReport(input))).toBe(true);
  });
});

describe('a report of durations whose densities have a pole at 0', () => {
  const mixture = mixtureOf(all.gamma(), { shapes: [[0.7], [0.9]], rates: [[3e-5], [1e-5]] }, ['votes']);

  test('draws curves as far as a browser takes them', async () => {
    const page = await renderReport(inputOf(mixture));
    const places = (page.match(/ d="M[^"]*"/g) ?? []).join(' ').match(/-?[\d.]+(e[+-]?\d+)?/g) ?? [];
    expect(places.length).toBeGreaterThan(100);
    expect(Math.max(...places.map((place) => Math.abs(Number(place))))).toBeLessThan(1e6);
  });

  test('has no prefix at the 0 of an axis', async () => {
    const page = await renderReport(inputOf(mixture));
    expect(page).toMatch(/>\d+k<\/text>/);
    expect(page).not.toMatch(/>0k<\/text>/);
  });
});

test('a report of multinomial counts has a drawing for each of the most telling columns', async () => {
  const names = Array.from({ length: 8 }, (_, j) => `word ${j}`);
  const probabilities = [names.map((_, j) => (j + 1) / 36), names.map((_, j) => (8 - j) / 36)];
  const mixture = mixtureOf(all.multinomial(), { probabilities }, names);
  const { data } = mixture.sample(50);
  const sample = {
    rows: { data: data.map((x, at) => x + (at % 5)), shape: [50, 8] as const },
    labels: new Int32Array(50),
  };
  const page = await renderReport(inputOf(mixture, { sample }));
  expect(page).not.toMatch(/NaN|Infinity|undefined/);
  expect(page.match(/>share of rows<\/text>/g)).toHaveLength(6);
  expect(tables(page, 'Parameters').join(' ')).toMatch(/share of the counts/);
});

test('names of levels are given room: three such columns beside each other, where six of numbers are', async () => {
  const columns = Array.from({ length: 6 }, (_, j) => `question ${j}`);
  const perTable = async (family: Family): Promise<number[]> => {
    const rows = Array.from({ length: 60 }, (_, i) =>
      Object.fromEntries(columns.map((name, j) => [name, ((i % 2) + (i + j)) % 5])),
    );
    const { mixture } = await fitMixture(rows, { components: 2, family, backend: 'cpu', maxIterations: 2 });
    const parameters = tables(await renderReport(inputOf(mixture)), 'Parameters');
    return parameters.map((one) => one.match(/question/g)!.length);
  };
  expect(await perTable(all.categorical())).toEqual([3, 3]);
  expect(await perTable(all.poisson())).toEqual([6]);
});

describe('a report of a table of several kinds of columns', () => {
  test('draws each kind as what it is', async () => {
    const { input } = await mixed();
    const page = await renderReport(input);
    expect(headings(page).slice(0, 4)).toEqual(['Data and components', 'Components', 'Columns one by one', 'Levels']);
    expect(page).not.toMatch(/NaN|Infinity|undefined/);
    expect(page).toContain('a mixture of 2 components of columns that are Gaussian, log-normal, Poisson, categorical and Bernoulli'); // prettier-ignore
    expect(page).toContain('They are ellipses of the logarithms in spend.');
    for (const name of ['size', 'a.b[0]', 'spend', 'visits']) expect(page).toContain(`>${name}</text>`);
    for (const name of ['kind', 'grade', 'sold']) expect(page).not.toContain(`>${name}</text>`);
  });

  test('has profiles of levels by name, escaped, the largest of many first', async () => {
    const { mixture, input } = await mixed();
    const page = await renderReport(input);
    expect(page).not.toContain('<script');
    const [binary] = tables(page, 'Profile: share of 1');
    expect(binary).toMatch(/^share of 1 in the data \d \d sold [\d.]+ %/);
    const [profile] = tables(page, 'Profile: level');
    expect(profile).toContain('and 6 levels more');
    const falling = Array.from(profile.matchAll(/(?:kind \d+|fox) ([\d.]+) %/g), ([, share]) => Number(share));
    expect(falling.length).toBeGreaterThan(7);
    expect(falling).toEqual(falling.toSorted((x, y) => y - x));
    const kind = mixture.components.find(({ columns }) => columns.includes('kind'));
    const grades = (kind?.probabilities as number[][][])[1];
    const heaviest = mixture.weights[0] >= mixture.weights[1] ? 0 : 1;
    for (const [level, grade] of [1, 3, 5].entries()) {
      const shares = [heaviest, 1 - heaviest].map((c) => `${(100 * grades[c][level]).toFixed(1)} %`);
      expect(profile).toMatch(new RegExp(`(^| )${grade} [\\d.]+ % ${shares.join(' ')}`));
    }
    expect(page).toContain('&lt;script&gt;');
  });

  test('draws the columns asked for alone', async () => {
    const { input } = await mixed();
    const page = await renderReport({ ...input, dimensions: ['visits', 'grade'] });
    expect(headings(page).slice(0, 3)).toEqual(['Data and density', 'Components', 'Levels']);
    expect(page).toContain('>visits</text>');
    expect(tables(page, 'Profile: level')[0]).not.toContain('fox');
  });

  test('has all parameters, for those who open them', async () => {
    const { input } = await mixed();
    const [, details] = /<details>([^]*?)<\/details>/.exec(await renderReport(input)) ?? [];
    for (const head of ['size: mean', 'spend: its variance', 'visits: rate', 'kind: fox', 'sold: probability of 1'])
      expect(textOf(details)).toContain(head);
  });
});

test('a picture of log-normal columns has ellipses of logarithms, e to the power of which is drawn', async () => {
  const parameters = { meanLogs: [[5, 6], [5.1, 6.1]], varianceLogs: [[0.01, 0.02], [0.01, 0.02]] }; // prettier-ignore
  const mixture = mixtureOf(all.logNormal(), parameters, ['a', 'b']);
  const { components } = mixture;
  const svg = await renderPicture({ ...inputOf(mixture), components }, ['a', 'b'], { width: 640, height: 420 });
  const outlines = Array.from(svg.matchAll(/<path d="([^"]*)"[^>]*stroke-width="1.75" stroke-linejoin/g), ([, d]) => d);
  expect(outlines).toHaveLength(2);
  for (const [x, y] of outlines
    .flatMap((d) => d.match(/[-\d.]+,[-\d.]+/g) ?? [])
    .map((point) => point.split(',').map(Number)))
    // prettier-ignore
    expect(x > 0 && x < 640 && y > 0 && y < 420, `${x}, ${y}`).toBe(true);
});

import { readdirSync, readFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { type ReportInput, renderPicture, renderReport } from '../../src/report/index.js';
import { gains } from '../../src/report/convergence.js';
import { candidate, reportInput, type GaussianInput } from './fixture.js';

const warnings = [vi.spyOn(console, 'warn'), vi.spyOn(console, 'error')];
beforeEach(() => warnings.forEach((spy) => spy.mockClear()));
afterEach(() => warnings.forEach((spy) => expect(spy, 'Vega should have nothing to say').not.toHaveBeenCalled()));

const selection = {
  rows: [1, 2, 3].flatMap((k) =>
    (['full', 'tied', 'diag', 'spherical'] as const).map((c, i) =>
      candidate(k, c, 1000 + 50 * (k - 2) ** 2 + 9 * (i - 1) ** 2),
    ),
  ),
  chosen: 5,
  criterion: 'bic' as const,
};

function headings(page: string): string[] {
  return [...page.matchAll(/<h2[^>]*>([^<]*)</g)].map((match) => match[1]);
}

describe('a report', () => {
  test('has its sections in order, those without content left out', async () => {
    const always = ['Data and components', 'Components', 'Columns one by one', 'Convergence', 'The run'];
    expect(headings(await renderReport(reportInput(3, 2)))).toEqual(always);
    const restarts = [7, 8].map((start) => ({ start, status: 'converged', iterations: 9, objective: 2 + start / 10 }));
    const full = await renderReport(reportInput(3, 2, 200, { selection, restarts }));
    expect(headings(full)).toEqual([...always.slice(0, 3), 'Choice of model', 'Convergence', 'Restarts', 'The run']);
    expect(full).toMatch(/<tr class="chosen">\s*<th scope="row" class="number">7</);
    expect(full).toContain('Of 12 fits, k = 2 with tied covariance has the lowest bic');
  });

  test('opens with what was fitted and the key numbers', async () => {
    const page = (await renderReport(reportInput(3, 2))).replace(/\s+/g, ' ');
    expect(page).toContain('<b>a mixture of 3 Gaussians with diagonal covariances</b>, fitted to 1,000 rows of column 0 and column 1 from <b>data.csv</b>'); // prettier-ignore
    for (const text of [
      '−1,234.57',
      '2,600.00',
      'Converged after 12 iterations',
      'webgpu',
      '800 ms',
      'None were needed',
    ])
      expect(page).toContain(text);
  });

  test('draws a random sample of the rows it is given, not every m-th, and says so', async () => {
    const input = reportInput(1, 2, 16_000, { n: 16_000 });
    const rows = (input.sample.rows as number[][]).map((row, i) => [i % 4, row[1]]);
    const page = await renderReport({ ...input, sample: { ...input.sample, rows } });
    const [scatter] = /<svg[^]*?<\/svg>/.exec(page)!;
    const across = [...scatter.matchAll(/M(-?[\d.]+),-?[\d.]+h\.1Z/g)].map(([, x]) => Number(x));
    expect(across).toHaveLength(4000);
    expect(new Set(across).size).toBe(4);
    expect(page).toContain('4,000 of 16,000 rows drawn at random');
  });

  test('loads nothing and runs nothing', async () => {
    const page = await renderReport(reportInput(3, 4, 200, { selection }));
    const loads = page.replaceAll('xmlns="http://www.w3.org/2000/svg"', '');
    expect(loads).not.toMatch(/https?:|<script|<link|<img|<iframe|@import|@font-face|\son\w+=|javascript:/i);
    expect([...loads.matchAll(/url\(([^)]*)\)/g)].every(([, target]) => target.startsWith('#'))).toBe(true);
    expect(page).toContain('default-src &#39;none&#39;; style-src &#39;unsafe-inline&#39;');
  });

  test('labels axes in signs that every font has', async () => {
    const objective = Array.from({ length: 12 }, (_, t) => 2 + 0.1 ** t);
    const page = await renderReport(reportInput(2, 2, 20, { objective, tolerance: 1e-9 }));
    expect(page).toContain('>1e−10</text>');
    expect(page).not.toMatch(/[⁰¹²³⁴⁵⁶⁷⁸⁹⁻]/);
  });

  test('has unique ids, and every reference meets one', async () => {
    const page = await renderReport(reportInput(3, 4, 200, { selection }));
    const ids = [...page.matchAll(/ id="([^"]+)"/g)].map((match) => match[1]);
    expect(new Set(ids).size).toBe(ids.length);
    const uses = [...page.matchAll(/url\(#([^)]+)\)|aria-labelledby="([^"]+)"/g)].map((match) => match[1] ?? match[2]);
    expect(uses.length).toBeGreaterThan(20);
    expect(uses.filter((use) => !ids.includes(use))).toEqual([]);
  });

  test('labels every drawing and heads every table for those who do not see them', async () => {
    const page = await renderReport(reportInput(3, 3, 200, { selection }));
    for (const [svg] of page.matchAll(/<svg [^>]*>/g))
      expect(svg).toMatch(/role="img" aria-label="[^"]+"|aria-hidden="true"/);
    for (const [, table] of page.matchAll(/<table([^]*?)<\/table>/g)) expect(table).toContain('scope="row"');
  });

  test('stays under 1.5 MB with 4000 rows, 4 dimensions and 16 components', async () => {
    const page = await renderReport(reportInput(16, 4, 4000));
    expect(page.length).toBeLessThan(1.5e6);
  });

  test.each([
    ['k = 1', reportInput(1, 2)],
    ['d = 1', reportInput(3, 1)],
    ['d = 10', reportInput(3, 10)],
    ['k = 30', reportInput(30, 4)],
    ['k = 100, d = 40', reportInput(100, 40)],
    ['one iteration', reportInput(2, 2, 50, { objective: [3], iterations: 1 })],
    ['no row', reportInput(2, 2, 0, { n: 5 })],
    ['one row', reportInput(2, 2, 1)],
    ['repairs', reportInput(2, 2, 9, { diagnostics: { ...reportInput(1, 1).diagnostics, repairs: ['<ridge>'] } })],
    [
      'one candidate',
      reportInput(2, 2, 9, { selection: { ...selection, rows: selection.rows.slice(5, 6), chosen: 0 } }),
    ],
    ['a rising objective', reportInput(2, 2, 9, { objective: [3, 2, 2.5, 2.1, 2.1, 2.05] })],
    ['tiny numbers', scaled(reportInput(2, 2), 1e-9)],
    ['huge numbers', scaled(reportInput(2, 2), 1e12)],
  ])('is whole for %s', async (_, input) => {
    const page = await renderReport(input);
    expect(page).toMatch(/^<!doctype html>[^]*<\/html>\s*$/);
    expect(page).not.toMatch(/NaN|undefined|Infinity|\[object/);
  });

  test('caps its table at 20 rows and 8 columns, and says what is missing', async () => {
    const page = await renderReport(reportInput(30, 10));
    const table = /<table class="components dense">([^]*?)<\/table>/.exec(page)![1];
    expect(table.match(/<th scope="row"/g)).toHaveLength(19);
    expect(table.match(/<th scope="col"/g)).toHaveLength(10);
    expect(table).toContain('and 11 lighter components');
    expect(page).toContain('Shown are the 8 of 10 columns');
  });

  test('shows a component without spread', async () => {
    const input = reportInput(2, 2);
    const page = await renderReport({ ...input, covariances: [input.covariances[0], [[0, 0], [0, 0]]] }); // prettier-ignore
    expect(page).toContain('Without spread');
    expect(page).not.toContain('NaN');
  });
});

describe('names', () => {
  const nasty = `<script>alert(1)</script>"'&`;
  const odd = [
    'a.b[0]',
    `"quoted"\\'`,
    nasty,
    '',
    ' id="x" d="1.25" url(#y)',
    '\u0000',
    'x\ny',
    'constructor',
    '__proto__',
  ];

  test('are shown as they are, wherever they stand', async () => {
    const input = reportInput(2, 4, 50, {
      ...{ title: nasty, source: nasty, version: nasty, created: nasty, columns: odd.slice(0, 4) },
      diagnostics: { backend: nasty, adapter: nasty, precision: nasty, repairs: [nasty], seconds: { [nasty]: 1 } },
      restarts: [0, 1].map((start) => ({ start, status: nasty, iterations: 1, objective: start })),
      selection: { ...selection, rows: selection.rows.map((row) => ({ ...row, status: nasty })) },
    });
    const page = await renderReport(input);
    expect(page).not.toMatch(/<script|alert\(1\)<\/script>/);
    expect(page).toContain('&lt;script&gt;alert(1)&lt;/script&gt;&quot;&#39;&amp;');
    expect(page).toContain('>a.b[0]</text>');
  });

  test('keep the rows in the picture', async () => {
    const dots = (svg: string) => svg.match(/Z/g)!.length;
    const plain = reportInput(2, 2, 50);
    const expected = dots(await renderPicture(plain, plain.columns));
    for (const name of odd) {
      const input = { ...plain, columns: [name, 'other'] };
      const svg = await renderPicture(input, input.columns);
      expect(dots(svg), name).toBe(expected);
    }
  });

  test('with dollar signs are not taken for patterns', async () => {
    const input = { ...reportInput(2, 2), columns: [`US$'`, 'other'] };
    expect(await renderPicture(input, input.columns)).toContain('aria-label="Scatter plot of US$&#39; and other with');
  });

  test('are left alone where they look like markup of a drawing', async () => {
    const input = { ...reportInput(2, 2), columns: [odd[4], 'other'] };
    expect(await renderPicture(input, input.columns)).toContain('>id="x" d="1.25" url(#y)</text>');
  });
});

describe('renderPicture', () => {
  test('stands alone: an SVG with its own colours and a white ground', async () => {
    const input = reportInput(3, 3);
    const svg = await renderPicture(input, ['column 2', 'column 0'], { width: 300, height: 200 });
    expect(svg).toMatch(/^<svg role="img" aria-label="Scatter plot of column 2 and column 0 /);
    expect(svg).toMatch(/<rect [^>]*fill="#ffffff"/);
    expect(svg).not.toContain('var(');
  });

  test('draws a disc with a number for each mean, and 1σ and 2σ outlines of each component', async () => {
    const svg = await renderPicture(reportInput(3, 2), ['column 0', 'column 1']);
    for (const number of ['0', '1', '2']) expect(svg).toContain(`font-weight="600" fill="#1d2329">${number}</text>`);
    for (const width of ['"1"', '"1.75"'])
      expect(svg.match(new RegExp(`stroke-width=${width} stroke-linejoin`, 'g'))).toHaveLength(3);
  });
});

test('gains are the falls of the objective', () => {
  expect(gains([5, 3, 3.5])).toEqual([2, -0.5]);
});

test('Vega is loaded only to draw', () => {
  const folder = new URL('../../src/report/', import.meta.url);
  for (const file of readdirSync(folder)) {
    const imports = readFileSync(new URL(file, folder), 'utf8').match(/^import .*'vega[^']*';$/gm) ?? [];
    expect(
      imports.filter((line) => !line.startsWith('import type')),
      file,
    ).toEqual([]);
  }
});

function scaled(input: GaussianInput, factor: number): ReportInput {
  const rows = (input.sample.rows as number[][]).map((row) => row.map((x) => x * factor));
  return {
    ...input,
    sample: { ...input.sample, rows },
    means: input.means.map((mean) => mean.map((x) => x * factor)),
    covariances: input.covariances.map((c) => c.map((row) => row.map((x) => x * factor ** 2))),
  };
}

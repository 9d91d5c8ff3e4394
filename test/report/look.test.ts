/** Reports as browsers show them, on a phone and on a desk: read with ease, by keys, and by those who do not see them. */
import { createRequire } from 'node:module';
import { readFileSync } from 'node:fs';
import type { AxeResults } from 'axe-core';
import { chromium, type Browser, type Page } from 'playwright';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { renderReport, type ReportInput } from '../../src/report/index.js';
import { cases, combinations, grouped } from '../cases.js';
import { launchOptions, setup } from '../chromium.js';
import { candidate, reportInput } from './fixture.js';

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const odd = { notes: ['left out 3 rows'], command: `otmix fit ${'a-long-name'.repeat(12)}.csv -k 2` };
const selection = { rows: [1, 2, 3].map((k) => candidate(k, 'full', k * 100)), chosen: 0, criterion: 'bic' as const };
const reports: Readonly<Record<string, ReportInput>> = {
  'two columns': reportInput(2, 2, 60, { ...odd, selection }),
  'one column': reportInput(1, 1, 60),
  'many components and columns': reportInput(24, 12, 20, { covarianceType: 'full', ...odd }),
  'several kinds of columns': severalKinds(),
  'columns with gaps': withGaps(severalKinds()),
};

let browser: Browser;
beforeAll(async () => {
  setup();
  browser = await chromium.launch(launchOptions);
});
afterAll(() => browser.close());

const views = cases(combinations({ report: Object.keys(reports), width: [360, 1440] }), (one) => Object.values(one));

describe.each(grouped(views, 'report').map((group) => [group.level, group.cases] as const))(
  'a report of %s',
  (name, some) => {
    test.each(some.map(({ width }) => width))(
      'is legible, within the page and accessible at %i pixels',
      async (width) => {
        const context = await browser.newContext({ viewport: { width, height: 900 }, bypassCSP: true });
        const page = await context.newPage();
        await page.setContent(await renderReport(reports[name]));
        await page.evaluate('document.querySelectorAll("details").forEach((one) => (one.open = true))');
        expect(await smallTexts(page)).toEqual([]);
        expect(await page.evaluate('document.documentElement.scrollWidth <= innerWidth')).toBe(true);
        await page.evaluate(axe);
        const { violations } = await page.evaluate<AxeResults>('axe.run()');
        expect(violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`)).toEqual([]);
        await context.close();
      },
    );
  },
);

/** Real numbers, a count, a column of text and one of 0 and 1, in three components. */
function severalKinds(): ReportInput {
  const { means, covariances, covarianceType, ...input } = reportInput(3, 5, 60, odd);
  const [real, square] = [means.map((row) => row.slice(0, 2)), covariances.map((one) => one.slice(0, 2).map((row) => row.slice(0, 2)))]; // prettier-ignore
  const [a, b, count, level, binary] = input.columns;
  const probabilities = [[[0.2, 0.8], [0.5, 0.5], [1, 0]]]; // prettier-ignore
  return {
    ...{ ...input, family: covarianceType && 'product', kind: '3 components', levels: [undefined, undefined, undefined, ['fox', 'a long name'.repeat(9)]] }, // prettier-ignore
    columnMeans: means.map((row) => [...row.slice(0, 2), 2, 0.5, 0.5]),
    columnDeviations: means.map(() => [1, 1, 1.4, 0.5, 0.5]),
    components: [
      { family: 'gaussian', columns: [a, b], means: real, covariances: square },
      { family: 'poisson', columns: [count], rates: [[1], [2], [9]] },
      { family: 'categorical', columns: [level], probabilities },
      { family: 'bernoulli', columns: [binary], probabilities: [[0.1], [0.5], [1]] },
    ],
    sample: { ...input.sample, rows: real.flatMap(([x, y], c) => Array.from({ length: 20 }, (_, i) => [x, y + i / 9, (i % 4) + c, i % 2, (i + c) % 2])) }, // prettier-ignore
  };
}

/** The same, whose rows lack a value each in turn. */
function withGaps(input: ReportInput): ReportInput {
  const whole = input.sample.rows as number[][];
  const rows = whole.map((row, i) => row.map((x, j) => (i % 6 === j ? NaN : x)));
  return { ...input, sample: { ...input.sample, rows }, gaps: { shares: [0.2, 0.2, 0.2, 0.2, 0.2], imputed: whole } };
}

/** The texts of drawings that are shown at less than 9 pixels. */
function smallTexts(page: Page): Promise<string[]> {
  return page.evaluate<string[]>(`[...document.querySelectorAll('svg text')]
    .filter((text) => text.getBoundingClientRect().width > 0)
    .filter((text) => {
      const { a, b } = text.getScreenCTM();
      return Math.hypot(a, b) * parseFloat(getComputedStyle(text).fontSize) < 9;
    })
    .map((text) => text.textContent)`);
}

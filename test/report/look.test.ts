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

/** What axe finds wrong in a page. */
import { createRequire } from 'node:module';
import type { AxeResults } from 'axe-core';
import { size } from '../cases.js';
import type { Driver } from './page.js';

const axe = createRequire(import.meta.url).resolve('axe-core/axe.min.js');

/** A telephone's and a wide screen's; a quick run looks at each state on one of them. */
function widthsOf(state: string): readonly number[] {
  const both = [360, 1440];
  const one = both.slice(state.length % 2).slice(0, 1);
  return size(2, 1) === 2 ? both : one;
}

/** What axe finds wrong on a telephone and on a wide screen, and whether anything reaches beyond the page's width. */
export async function faultsOf({ page }: Driver, state: string): Promise<string[]> {
  await page.addScriptTag({ path: axe });
  const found: string[] = [];
  for (const width of widthsOf(state)) {
    await page.setViewportSize({ width, height: 800 });
    const { violations } = await page.evaluate<AxeResults>('axe.run()');
    const faults = violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(', ')}`);
    if (await page.evaluate<boolean>('document.documentElement.scrollWidth > innerWidth')) faults.push('too wide');
    found.push(...faults.map((fault) => `${state}, ${width} px: ${fault}`));
  }
  return found;
}

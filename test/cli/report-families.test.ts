/** Reports of tables of several kinds of columns, as the command writes them. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { otmix, temporaryFolder } from './otmix.js';

const folder = temporaryFolder();

test('a table of numbers, counts and text is reported, each column as what it is', async () => {
  const rows = Array.from({ length: 240 }, (_, i) => {
    const far = i % 2;
    return [(4 * far + Math.sin(i)).toFixed(4), 5 * far + (i % 4), ['fox', '<b>dog', 'owl'][(i + far * (i % 3)) % 3], Number(i % 5 < 1 + 3 * far)]; // prettier-ignore
  });
  writeFileSync(join(folder.path, 'mixed.csv'), `size,visits,kind,sold\n${rows.map((row) => row.join()).join('\n')}\n`);
  const family = 'gaussian:size,poisson:visits,categorical:kind,bernoulli:sold';
  const args = ['fit', 'mixed.csv', '-k', '2', '--family', family, '--report', 'r.html', '--backend', 'cpu'];
  const { status, stderr } = await otmix(folder.path, args);
  expect([status, stderr.includes('fault')]).toEqual([0, false]);
  const page = folder.read('r.html');
  expect(page).not.toMatch(/NaN|Infinity|undefined|<b>dog/);
  expect(page).toContain('of columns that are Gaussian, Poisson, categorical and Bernoulli');
  expect(page).toContain('>visits</text>');
  expect(page).toContain('>share of rows</text>');
  expect(page).toContain('aria-label="Table: Profile: share of 1"');
  const profile = page.slice(page.indexOf('aria-label="Table: Profile: level"'));
  for (const level of ['fox', '&lt;b&gt;dog', 'owl']) expect(profile).toContain(`<th scope="row">${level}</th>`);
});

/** What the example page does with data and fits. */
import { expect, test } from 'vitest';
import { loadMixture } from '../../src/index.js';
import { examplePage, PATIENCE } from './page.js';

const opened = examplePage();

test('fits a generated cloud on WebGPU, its ellipses moving with the iterations', { timeout: PATIENCE }, async () => {
  const driver = opened();
  const { page } = driver;
  expect(await driver.text('status')).toBe('a generated cloud: 100,000 rows of 2 columns.');
  expect(await driver.text('caption')).toBe('A random sample of 20,000 of 100,000 rows.');
  expect(await driver.ellipses()).toEqual([]);
  await page.evaluate(`globalThis.seen = new Set();
    new MutationObserver((changes) => {
      for (const { target } of changes) if (target.className.baseVal === 'component') seen.add(target.getAttribute('transform'));
    }).observe(document.getElementById('picture'), { subtree: true, attributeFilter: ['transform'] })`);
  await page.selectOption('#backend', 'webgpu');
  await page.fill('#components', '5');
  await page.selectOption('#seeding', 'random'); // some way to go
  await page.click('#start');
  await driver.reach('converged');
  expect(await page.evaluate('seen.size')).toBeGreaterThan(2 * 5); // five ellipses, drawn while it ran and at the end
  expect(await driver.text('status')).toMatch(
    /^Converged after \d+ iterations, in [\d.]+ m?s\. Mean log-likelihood −\d+\.\d{4} nats\./,
  );
  expect(await driver.text('ran')).toMatch(/^WebGPU.*swiftshader/i);
  expect(await driver.text('speed')).toMatch(/^\d+(\.\d+)?[KMB]?$/);
  const last = await driver.ellipses();
  expect(last).toHaveLength(5);
  const iterations = Number(await driver.text('count'));
  const objective = await driver.text('objective');
  const path = (await page.locator('.descent').getAttribute('d')) ?? '';
  expect(path.match(/[ML]/g)).toHaveLength(iterations);
  await page.locator('#iteration').fill('1');
  expect(await driver.text('count')).toBe('1');
  const first = await driver.ellipses();
  first.forEach((ellipse, k) => expect(ellipse).not.toBe(last[k]));
  const value = (nats: string): number => Number(nats.replace('−', '-'));
  expect(value(await driver.text('objective'))).toBeGreaterThan(value(objective));
  await page.click('#replay');
  await driver.waitForText('count', String(iterations));
  expect(await driver.ellipses()).toEqual(last);
});

/** Two groups of 30 rows around (10, 100) and (20, 300), a column of text, and a missing value. */
function csv(): string {
  const rows = Array.from({ length: 60 }, (_, i) => {
    const [u, v] = [((i * 7) % 30) / 15 - 1, ((i * 11) % 30) / 15 - 1];
    return i % 2 ? `a,${10 + u},${100 + 20 * v},${i}` : `b,${20 + u},${300 + 20 * v},${i}`;
  });
  return ['kind,length,mass,number', ...rows, 'c,,200,60'].join('\n');
}

test(
  'fits the chosen columns of a CSV file, and gives numbers and a model to keep',
  { timeout: PATIENCE },
  async () => {
    const driver = opened();
    const { page } = driver;
    await driver.upload('animals.csv', csv());
    await driver.reach('ready');
    const missing = '1 row with missing values will be left out.';
    expect(await driver.text('status')).toBe(`animals.csv: 61 rows of 3 columns. ${missing}`);
    expect(await driver.text('caption')).toBe('All 60 rows.');
    expect(await driver.text('columns')).toBe('lengthmassnumber');
    expect(await page.locator('#reading li').allTextContents()).toEqual([
      'Left out kind: text such as "b" in line 2',
      'Missing: 1 cell of length; a fit leaves out the rows that lack a chosen column',
    ]);
    await page.uncheck('#columns input[value="2"]', { force: true });
    expect(await driver.text('across')).toBe('lengthmass');
    await driver.fit(2);
    expect(await driver.text('ran')).toMatch(/^CPUWebAssembly SIMD/);
    expect(await driver.text('notes')).toContain('1 row with missing values left out.');
    // The heights of the two ellipses: mass 100 and 300 on an axis that has ticks at 100 and 300.
    const heightOf = (mass: string): Promise<number> =>
      page
        .locator('.axis text', { hasText: mass })
        .last()
        .evaluate((label) => Number(label.getAttribute('y')) - 4);
    const drawn = (await driver.ellipses()).map((ellipse) => Number(/ ([\d.]+)\)/.exec(ellipse)?.[1]));
    const [low, high] = [Math.max(...drawn), Math.min(...drawn)];
    expect(Math.abs(high - (await heightOf('300')))).toBeLessThan(8);
    expect(Math.abs(low - (await heightOf('100')))).toBeLessThan(8);

    const [saved] = await Promise.all([page.waitForEvent('download'), page.click('#download')]);
    expect(saved.suggestedFilename()).toBe('model.json');
    const { columns, weights, means, covariances } = await loadMixture(await saved.path());
    expect(columns).toEqual(['length', 'mass']);
    const rows = await page
      .locator('#components-table tr')
      .evaluateAll((all) => all.map((row) => Array.from(row.children, (cell) => Number.parseFloat(cell.textContent))));
    const deviations = await page
      .locator('#components-table tr')
      .evaluateAll((all) =>
        all.map((row) => Array.from(row.children, (cell) => Number(cell.textContent.split(' ± ')[1])).slice(2)),
      );
    expect(rows.map(([number]) => number)).toEqual([0, 1]);
    expect(await page.locator('.component .number').allTextContents()).toEqual(['0', '1']);
    for (const k of [0, 1]) {
      expect(rows[k][1]).toBeCloseTo(100 * weights[k], 1);
      for (const j of [0, 1]) {
        const scale = Math.sqrt(covariances[k][j][j]);
        expect(Math.abs(rows[k][2 + j] - means[k][j])).toBeLessThan(0.06 * scale); // two digits of the deviation
        expect(Math.abs(deviations[k][j] - scale)).toBeLessThan(0.06 * scale);
      }
    }
  },
);

test(
  'draws one column as a histogram with densities, and says what lies beyond the axis',
  { timeout: PATIENCE },
  async () => {
    const driver = opened();
    const values = Array.from({ length: 400 }, (_, i) => (i % 2 ? 10 : 30) + ((i * 37) % 101) / 50);
    await driver.upload('one.csv', ['x', ...values, 1e9].join('\n'));
    await driver.reach('ready');
    expect(await driver.text('caption')).toBe('All 401 rows as a histogram. Beyond the axes: 1 row (0.25 %).');
    expect(await driver.page.locator('.bars').getAttribute('d')).toMatch(/^M/);
    await driver.fit(3);
    expect(await driver.page.locator('.density').count()).toBe(3);
    expect(await driver.text('caption')).toMatch(/Centred beyond the axes: component \d\.$/);
    const last = (): Promise<string> =>
      driver.page
        .locator('.axis text')
        .allTextContents()
        .then((texts) => texts.join(' '));
    expect(await last()).not.toContain('e9');
    await driver.page.check('#whole');
    expect(await last()).toContain('1.0e9');
    expect(await driver.text('caption')).not.toContain('eyond');
  },
);

test('cancels a long fit and shows what is fitted so far', { timeout: PATIENCE }, async () => {
  const driver = opened();
  await driver.fitLong();
  expect(await driver.page.isDisabled('#start')).toBe(true);
  await driver.page.click('#cancel');
  await driver.reach('aborted');
  expect(await driver.text('status')).toMatch(/^Cancelled after \d+ iterations: shown is what was fitted so far/);
  expect(Number(await driver.text('count'))).toBeLessThan(200);
  expect(await driver.ellipses()).toHaveLength(32);
  expect(await driver.page.isDisabled('#start')).toBe(false);
});

test('cancels before there is anything, and can begin anew', { timeout: PATIENCE }, async () => {
  const driver = opened();
  await driver.page.selectOption('#rows', '10000000');
  await driver.reach('loading');
  await driver.page.click('#cancel');
  await driver.reach('empty');
  expect(await driver.text('status')).toBe('Cancelled: there are no data.');
  expect(await driver.isBlank()).toBe(true);
  expect(await driver.page.isDisabled('#start')).toBe(true);
  await driver.cloud(1000);
  expect(await driver.page.isDisabled('#start')).toBe(false);
  expect(await driver.isBlank()).toBe(false);
});

test('says what is wrong with data and settings', { timeout: PATIENCE }, async () => {
  const driver = opened();
  await driver.cloud(1000);
  await driver.page.selectOption('#backend', 'wasm');
  await driver.page.fill('#components', '1001');
  await driver.page.click('#start');
  await driver.waitForText(
    'status',
    'components: expected at most 1000, the number of rows, got 1001; fit fewer components or give more rows',
  );
  await driver.fit(2);
  await driver.upload('words.csv', 'a,b\nx,y\nz,w\n');
  const words =
    'words.csv: expected a column of numbers, got a: text such as "x" in line 2; b: text such as "y" in line 2; ' +
    'say how to read it, or give a file that has one';
  await driver.waitForText('status', words);
  expect(await driver.page.getAttribute('body', 'data-state')).toBe('failed');
  expect(await driver.page.isDisabled('#start')).toBe(true);
  expect(await driver.isBlank()).toBe(true);
  expect(await driver.page.isVisible('#fitted')).toBe(false);
});

test(
  'a wrong number is named where it is, stops nothing where it is hidden, and can be mended',
  { timeout: PATIENCE },
  async () => {
    const driver = opened();
    const { page } = driver;
    await page.fill('#dimensions', '20');
    await page.press('#dimensions', 'Tab');
    const fault = 'Columns: expected a whole number from 1 to 8, got 20; correct it';
    expect(await driver.text('status')).toBe(fault);
    expect(await driver.text('cloud-fault')).toBe(fault);
    expect(await page.getAttribute('#dimensions', 'aria-invalid')).toBe('true');
    expect(await driver.isBlank()).toBe(true);
    await driver.upload('animals.csv', csv());
    await driver.reach('ready');
    await driver.fit(2);
    await page.fill('#components', '');
    expect(await driver.text('mixture-fault')).toBe(
      'Components k: expected a whole number from 1 to 2000, got none; correct it',
    );
    await page.click('#start');
    expect(await page.evaluate('document.activeElement.id')).toBe('components');
    await page.fill('#components', '3');
    expect(await page.isVisible('#mixture-fault')).toBe(false);
    await page.press('#components', 'Enter');
    await expect.poll(() => page.locator('.component').count(), { timeout: PATIENCE }).toBe(3);
    await page.check('input[value=cloud]', { force: true });
    expect(await page.isVisible('#cloud-fault')).toBe(true);
    await page.fill('#dimensions', '3');
    await page.click('#start'); // as soon as the cloud is there
    await driver.reach('converged', 'maxIterations');
    expect(await driver.text('across')).toBe('x1x2x3');
  },
);

test('offers no temperature at which components fall together', { timeout: PATIENCE }, async () => {
  const driver = opened();
  await driver.cloud(10_000);
  const options = await driver.page
    .locator('#epsilon option')
    .evaluateAll((all) => all.map((option) => (option as HTMLOptionElement).value));
  expect(options.length).toBeGreaterThan(2);
  for (const epsilon of options) {
    await driver.page.selectOption('#epsilon', epsilon);
    await driver.fit(8);
    const centres = (await driver.ellipses()).map((ellipse) =>
      /[\d.]+ [\d.]+/.exec(ellipse)?.[0].split(' ').map(Number),
    );
    const apart = centres.flatMap((a, k) => centres.slice(k + 1).map((b) => Math.hypot(a![0] - b![0], a![1] - b![1])));
    expect(Math.min(...apart), epsilon).toBeGreaterThan(10); // pixels; clusters are 50 and more apart
  }
});

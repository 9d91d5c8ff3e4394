/** The example page for those who listen, who use a keyboard, and who hold a telephone. */
import { expect, test } from 'vitest';
import { faultsOf } from './axe.js';
import { examplePage, PATIENCE } from './page.js';

const opened = examplePage();

test('axe finds nothing wrong in any state of the page', { timeout: PATIENCE }, async () => {
  const driver = opened();
  const { page } = driver;
  const found = await faultsOf(driver, 'ready');
  await page.emulateMedia({ colorScheme: 'dark' });
  await driver.fit(8);
  found.push(...(await faultsOf(driver, 'fitted, dark')));
  await page.emulateMedia({ colorScheme: 'light' });
  await page.check('input[value=csv]', { force: true });
  await driver.reach('empty');
  found.push(...(await faultsOf(driver, 'empty')));
  const rows = Array.from({ length: 50 }, (_, i) => `a,${i},${i % 7},${i === 4 ? '' : i % 5},"1,${100 + i}"`);
  await driver.upload(
    'animals.csv',
    ['kind,length,mass,a-rather-long-name-of-a-column-in-centimetres,x', ...rows].join('\n'),
  );
  await driver.reach('ready');
  await driver.fit(3);
  found.push(...(await faultsOf(driver, 'file, fitted')));
  await driver.upload('words.csv', 'a,b\nx,y\nz,w\n');
  await page.waitForFunction("document.body.dataset.state === 'failed'");
  await page.fill('#components', '');
  found.push(...(await faultsOf(driver, 'failed')));
  await page.check('input[value=cloud]', { force: true });
  await driver.reach('ready');
  await driver.fitLong();
  found.push(...(await faultsOf(driver, 'fitting')));
  await page.click('#cancel');
  expect(found).toEqual([]);
});

test('tells what goes on, errors once, and leaves the focus where it is', { timeout: PATIENCE }, async () => {
  const driver = opened();
  const { page } = driver;
  await page.evaluate(`globalThis.told = []; // a text for each time that anything live changes
    new MutationObserver((changes) => {
      if (changes.some(({ target }) => (target.nodeType === 1 ? target : target.parentElement).closest('[role=status], [role=alert], [aria-live]')))
        told.push(document.getElementById('announced').textContent);
    }).observe(document.body, { subtree: true, childList: true, characterData: true })`);
  const told = (): Promise<string[]> => page.evaluate('told');
  const hear = async (text: string): Promise<void> =>
    expect.poll(async () => (await told()).at(-1), { timeout: PATIENCE }).toBe(text);
  const focused = (): Promise<string> => page.evaluate('document.activeElement.id');
  await driver.cloud(1000);
  await page.selectOption('#backend', 'wasm');
  await page.selectOption('#seeding', 'random');
  await page.fill('#tolerance', '0');
  await page.press('#tolerance', 'Enter');
  await driver.reach('converged', 'maxIterations');
  expect(await focused()).toBe('tolerance');
  await page.focus('#start');
  await page.keyboard.press('Enter');
  await driver.reach('converged', 'maxIterations');
  expect(await focused()).toBe('start');
  expect(Number(await driver.text('count'))).toBeGreaterThan(10);
  await hear(await driver.text('status'));
  await page.fill('#components', '1001');
  await page.focus('#start');
  await page.keyboard.press('Space');
  await page.waitForFunction("document.body.dataset.state === 'failed'");
  const error = await driver.text('status');
  await hear(error);
  expect((await told()).filter((text) => text === error)).toHaveLength(1);
  expect(await focused()).toBe('start');
});

test(
  'has the picture in view on a telephone when a fit begins, and its buttons at hand',
  { timeout: PATIENCE },
  async () => {
    const driver = opened();
    const { page } = driver;
    await page.setViewportSize({ width: 360, height: 740 });
    await page.emulateMedia({ reducedMotion: 'reduce' });
    await driver.fit(8);
    const [picture, start] = [await page.locator('#picture').boundingBox(), await page.locator('#start').boundingBox()];
    expect(picture?.y).toBeGreaterThanOrEqual(0);
    expect(picture?.width).toBeGreaterThan(250);
    expect(start?.y).toBeGreaterThan((picture?.y ?? NaN) + (picture?.height ?? NaN));
    expect(start?.y).toBeLessThan(700);
  },
);

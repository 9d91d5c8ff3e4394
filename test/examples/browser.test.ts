/** The example page, built by Vite for production, in a real browser. */
import { execFile } from 'node:child_process';
import { mkdtempSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { chromium, type Browser, type Page } from 'playwright';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { serve, type Server } from '../bundles/server.js';
import { launchOptions, setup } from '../chromium.js';
import { root } from '../unpack.js';

/** Much to do for two cores that other tests use too. */
const PATIENCE = 240_000;

const folder = mkdtempSync(join(tmpdir(), 'otmix-example-'));
let browser: Browser | undefined;
let server: Server;
let page: Page;
/** What went wrong in the page that it did not expect. */
let wrong: string[];

beforeAll(async () => {
  setup();
  const { NODE_ENV: _, VITEST: __, ...env } = process.env; // as a stranger would build it
  const vite = join(root, 'node_modules/vite/bin/vite.js');
  const args = [vite, 'build', 'examples/browser', '--outDir', folder, '--emptyOutDir', '--logLevel', 'warn'];
  await promisify(execFile)(process.execPath, args, { cwd: root, env, timeout: PATIENCE });
  server = await serve(folder, true);
  browser = await chromium.launch(launchOptions);
}, PATIENCE);

afterAll(async () => {
  server?.close();
  await browser?.close();
  await rm(folder, { recursive: true, force: true });
});

beforeEach(async () => {
  page = await browser!.newPage({ viewport: { width: 1240, height: 1000 } });
  page.setDefaultTimeout(PATIENCE);
  wrong = [];
  page.on('pageerror', (error) => wrong.push(error.message));
  page.on('console', (message) => message.type() === 'error' && wrong.push(message.text()));
  page.on('response', (response) => response.ok() || wrong.push(`${response.url()} ${response.status()}`));
  await page.goto(`${server.address}index.html`);
  await reach('ready');
}, PATIENCE);

afterEach(async () => {
  await page.close();
  expect(wrong).toEqual([]);
});

/** Waits until the page is in one of these states, and says in which; fails at once where it has failed instead. */
async function reach(...states: string[]): Promise<string> {
  const wanted = JSON.stringify([...states, 'failed']);
  await page.waitForFunction(`${wanted}.includes(document.body.dataset.state)`);
  const state = await page.evaluate<string>('document.body.dataset.state');
  expect(states, await text('status')).toContain(state);
  return state;
}

async function text(id: string): Promise<string> {
  return (await page.locator(`#${id}`).textContent()) ?? '';
}

/** Where the components are drawn, and how they lie. */
async function ellipses(): Promise<string[]> {
  return page.$$eval('.component', (groups) =>
    groups.map((group) => `${group.getAttribute('transform')} ${group.firstElementChild?.getAttribute('rx')}`),
  );
}

async function smallCloud(rows: number): Promise<void> {
  await page.selectOption('#rows', String(rows));
  await page.waitForFunction(`/^a generated cloud: ${rows.toLocaleString('en')} rows/.test(
    document.getElementById('status').textContent)`);
}

test('fits a generated cloud on WebGPU, its ellipses moving with the iterations', { timeout: PATIENCE }, async () => {
  expect(await text('status')).toBe('a generated cloud: 100,000 rows of 2 columns.');
  expect(await ellipses()).toEqual([]);
  await page.evaluate(`globalThis.seen = new Set();
    new MutationObserver((changes) => {
      for (const { target } of changes) if (target.className.baseVal === 'component') seen.add(target.getAttribute('transform'));
    }).observe(document.getElementById('scatter'), { subtree: true, attributeFilter: ['transform'] })`);
  await page.selectOption('#backend', 'webgpu');
  await page.fill('#components', '5');
  await page.selectOption('#seeding', 'random'); // some way to go
  await page.click('#start');
  await reach('converged');
  expect(await page.evaluate('seen.size')).toBeGreaterThan(2 * 5); // five ellipses, drawn while it ran and at the end
  expect(await text('status')).toMatch(
    /^Converged after \d+ iterations, in [\d.]+ m?s\. Mean log-likelihood −\d+\.\d{4} nats\./,
  );
  expect(await text('ran')).toMatch(/^WebGPU.*swiftshader/i);
  expect(await text('speed')).toMatch(/^\d+(\.\d+)?[KMB]?$/);
  const last = await ellipses();
  expect(last).toHaveLength(5);
  const iterations = Number(await text('count'));
  const objective = await text('objective');
  const path = (await page.locator('.descent').getAttribute('d')) ?? '';
  expect(path.match(/[ML]/g)).toHaveLength(iterations);
  await page.locator('#iteration').fill('1');
  expect(await text('count')).toBe('1');
  const first = await ellipses();
  first.forEach((ellipse, k) => expect(ellipse).not.toBe(last[k]));
  const value = (nats: string): number => Number(nats.replace('−', '-'));
  expect(value(await text('objective'))).toBeGreaterThan(value(objective));
  await page.click('#replay');
  await expect.poll(() => text('count'), { timeout: PATIENCE }).toBe(String(iterations));
  expect(await ellipses()).toEqual(last);
});

/** Two groups of 30 rows around (10, 100) and (20, 300), a column of text, and a missing value. */
function csv(): string {
  const rows = Array.from({ length: 60 }, (_, i) => {
    const [u, v] = [((i * 7) % 30) / 15 - 1, ((i * 11) % 30) / 15 - 1];
    return i % 2 ? `a,${10 + u},${100 + 20 * v},${i}` : `b,${20 + u},${300 + 20 * v},${i}`;
  });
  return ['kind,length,mass,number', ...rows, 'c,,200,60'].join('\n');
}

async function upload(name: string, content: string): Promise<void> {
  await page.check('input[value=csv]', { force: true });
  await page.setInputFiles('#file', { name, mimeType: 'text/csv', buffer: Buffer.from(content) });
}

test('fits the chosen columns of a CSV file on the CPU', { timeout: PATIENCE }, async () => {
  await upload('animals.csv', csv());
  await reach('ready');
  expect(await text('status')).toBe('animals.csv: 61 rows of 3 columns.');
  expect(await text('columns')).toBe('lengthmassnumber');
  await page.uncheck('#columns input[value="2"]', { force: true });
  expect(await text('across')).toBe('lengthmass');
  await page.selectOption('#backend', 'wasm');
  await page.fill('#components', '2');
  await page.click('#start');
  await reach('converged');
  expect(await text('ran')).toMatch(/^CPUWebAssembly SIMD/);
  expect(await text('status')).toContain('1 row with missing values left out.');
  // The heights of the two ellipses: mass 100 and 300 on an axis that has ticks at 100 and 300.
  const heightOf = (mass: string): Promise<number> =>
    page
      .locator('.axis text', { hasText: mass })
      .last()
      .evaluate((label) => Number(label.getAttribute('y')) - 4);
  const drawn = (await ellipses()).map((ellipse) => Number(/ ([\d.]+)\)/.exec(ellipse)?.[1])).sort((a, b) => a - b);
  expect(Math.abs(drawn[0] - (await heightOf('300')))).toBeLessThan(8);
  expect(Math.abs(drawn[1] - (await heightOf('100')))).toBeLessThan(8);
});

test('cancels a long fit and shows what is fitted so far', { timeout: PATIENCE }, async () => {
  await smallCloud(1_000_000);
  await page.selectOption('#backend', 'wasm');
  await page.fill('#components', '32');
  await page.fill('#tolerance', '0');
  await page.click('#start');
  await page.waitForFunction("Number(document.getElementById('count').textContent) >= 2");
  expect(await page.isDisabled('#start')).toBe(true);
  await page.click('#cancel');
  await reach('aborted');
  expect(await text('status')).toMatch(/^Cancelled after \d+ iterations: shown is what was fitted so far/);
  expect(Number(await text('count'))).toBeLessThan(200);
  expect(await ellipses()).toHaveLength(32);
  expect(await page.isDisabled('#start')).toBe(false);
});

test('cancels before there is anything, and can begin anew', { timeout: PATIENCE }, async () => {
  await page.selectOption('#rows', '10000000');
  await reach('loading');
  await page.click('#cancel');
  await reach('empty');
  expect(await text('status')).toBe('Cancelled: there are no data.');
  expect(await page.isDisabled('#start')).toBe(true);
  await smallCloud(1000);
  expect(await page.isDisabled('#start')).toBe(false);
});

test('says what is wrong with data and settings', { timeout: PATIENCE }, async () => {
  const failure = async (): Promise<string> => {
    await page.waitForFunction("document.body.dataset.state === 'failed'");
    return text('status');
  };
  await smallCloud(1000);
  await page.selectOption('#backend', 'wasm');
  await page.fill('#components', '1001');
  await page.click('#start');
  const tooMany =
    'components: expected at most 1000, the number of rows, got 1001; fit fewer components or give more rows';
  expect(await failure()).toBe(tooMany);
  await upload('words.csv', 'a,b\nx,y\nz,w\n');
  const words = 'words.csv: expected a column of numbers, got text in a, b; give a file that has one';
  await expect.poll(() => text('status'), { timeout: PATIENCE }).toBe(words);
  expect(await failure()).toBe(words);
  expect(await page.isDisabled('#start')).toBe(true);
  await upload('headless.csv', '1,2\n3,4\n');
  const headless = 'headless.csv: expected a line of column names, got 1, 2; put names in the first line';
  await expect.poll(() => text('status'), { timeout: PATIENCE }).toBe(headless);
});

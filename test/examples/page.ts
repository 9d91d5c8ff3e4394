/** The example pages, built by Vite for production, in a real browser. */
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { chromium, type Browser, type Page } from 'playwright';
import { afterAll, afterEach, beforeAll, beforeEach, expect } from 'vitest';
import { serve, type Server } from '../bundles/server.js';
import { launchOptions, setup } from '../chromium.js';
import { root, unpackOnce } from '../unpack.js';

/** Much to do for two cores that other tests use too. */
export const PATIENCE = 240_000;

/** What a test does with the page. */
export class Driver {
  constructor(readonly page: Page) {}

  /** Waits until the page is in one of these states, and says in which; fails at once where it has failed instead. */
  async reach(...states: string[]): Promise<string> {
    const wanted = JSON.stringify([...states, 'failed']);
    await this.page.waitForFunction(`${wanted}.includes(document.body.dataset.state)`);
    const state = await this.page.evaluate<string>('document.body.dataset.state');
    expect(states, await this.text('status')).toContain(state);
    return state;
  }

  async text(id: string): Promise<string> {
    return (await this.page.locator(`#${id}`).textContent()) ?? '';
  }

  async waitForText(id: string, wanted: string): Promise<void> {
    await expect.poll(() => this.text(id), { timeout: PATIENCE }).toBe(wanted);
  }

  /** Where the components are drawn, and how they lie. */
  ellipses(): Promise<string[]> {
    return this.page.$$eval('.component', (groups) =>
      groups.map((group) => `${group.getAttribute('transform')} ${group.firstElementChild?.getAttribute('rx')}`),
    );
  }

  async cloud(rows: number): Promise<void> {
    await this.page.selectOption('#rows', String(rows));
    await this.page.waitForFunction(`/^a generated cloud: ${rows.toLocaleString('en')} rows/.test(
      document.getElementById('status').textContent)`);
  }

  async upload(name: string, content: string): Promise<void> {
    await this.page.check('input[value=csv]', { force: true });
    await this.page.setInputFiles('#file', { name, mimeType: 'text/csv', buffer: Buffer.from(content) });
  }

  /** Fits on the CPU to the end. */
  async fit(components: number): Promise<void> {
    await this.page.selectOption('#backend', 'wasm');
    await this.page.fill('#components', String(components));
    await this.page.click('#start');
    await this.reach('converged', 'maxIterations');
  }

  /** Begins a fit that takes long, and waits for its second iteration. */
  async fitLong(): Promise<void> {
    await this.cloud(1_000_000);
    await this.page.selectOption('#backend', 'wasm');
    await this.page.fill('#components', '32');
    await this.page.fill('#tolerance', '0');
    await this.page.click('#start');
    await this.page.waitForFunction("Number(document.getElementById('count').textContent) >= 2");
  }

  /** Whether nothing of rows and components is in the picture. */
  isBlank(): Promise<boolean> {
    return this.page.evaluate<boolean>(
      `document.querySelector('#picture canvas').width === 0
        && document.querySelectorAll('#picture text, .component, .bars').length === 0`,
    );
  }
}

/** One of the example pages, how the browser is started, and the state that says that the page is there. */
export interface Opening {
  readonly page: string;
  readonly args: readonly string[];
  readonly state: string;
}

const rows: Opening = { page: 'index.html', args: [], state: 'ready' };

/** The folder of the pages, built once of what they are made of. */
function builtPages(): string {
  const home = join(root, 'node_modules/.cache/otmix', `examples-${digestOf('dist/src', 'dist/kernels', 'examples')}`);
  unpackOnce(home, (folder) => {
    const { NODE_ENV: _, VITEST: __, ...env } = process.env; // as a stranger would build them
    const vite = join(root, 'node_modules/vite/bin/vite.js');
    const args = [vite, 'build', 'examples/browser', '--outDir', folder, '--emptyOutDir', '--logLevel', 'warn'];
    execFileSync(process.execPath, args, {
      cwd: root,
      env,
      timeout: PATIENCE,
      stdio: ['ignore', 'inherit', 'inherit'],
    });
  });
  return home;
}

/** A digest of the packages that are installed, and of what is built of these folders. */
function digestOf(...folders: readonly string[]): string {
  const hash = createHash('sha256').update(readFileSync(join(root, 'package-lock.json')));
  for (const folder of folders.map((name) => join(root, name))) {
    const files = readdirSync(folder, { recursive: true, encoding: 'utf8' });
    const made = files.filter((file) => !/\.d\.ts$|\.map$/.test(file) && statSync(join(folder, file)).isFile());
    for (const file of made.sort()) hash.update(file).update(readFileSync(join(folder, file)));
  }
  return hash.digest('hex').slice(0, 16);
}

/** Serves the pages for the tests of a file, opens one anew for each, and fails where it finds a fault in itself. */
export function examplePage({ page: name, args: flags, state }: Opening = rows): () => Driver {
  let browser: Browser | undefined;
  let server: Server;
  let driver: Driver;
  let wrong: string[];

  beforeAll(async () => {
    setup();
    server = await serve(builtPages(), true);
    browser = await chromium.launch({ ...launchOptions, args: [...launchOptions.args, ...flags] });
  }, PATIENCE);

  afterAll(async () => {
    server?.close();
    await browser?.close();
  });

  beforeEach(async () => {
    const page = await browser!.newPage({ viewport: { width: 1240, height: 1000 } });
    page.setDefaultTimeout(PATIENCE);
    wrong = [];
    page.on('pageerror', (error) => wrong.push(error.message));
    page.on('console', (message) => message.type() === 'error' && wrong.push(message.text()));
    page.on('response', (response) => response.ok() || wrong.push(`${response.url()} ${response.status()}`));
    await page.goto(`${server.address}${name}`);
    driver = new Driver(page);
    await driver.reach(state);
  }, PATIENCE);

  afterEach(async () => {
    await driver.page.close();
    expect(wrong).toEqual([]);
  });

  return () => driver;
}

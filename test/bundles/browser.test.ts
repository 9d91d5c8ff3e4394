/** The package as it is published fits in a browser, whatever brought it there, and says there what it does in Node. */
import { chromium, type Browser, type BrowserContext, type Worker } from 'playwright';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { launchOptions, setup } from '../chromium.js';
import { expectAllWithin, expectWithin } from '../within.js';
import { Project, type Report } from './project.js';
import { serve, type Server } from './server.js';

/** Much to do for two cores that other tests use too. */
const PATIENCE = 240_000;
const THREADS = 2;
const notIsolated = 'one thread: the page is not cross-origin isolated';

const project = new Project();
let browser: Browser | undefined;
/** Of all visits, so that what one has loaded the next has too. */
let context: BrowserContext;
let inNode: Report;
let isolated: Server;
let open: Server;

beforeAll(async () => {
  setup();
  browser = await chromium.launch(launchOptions);
  context = await browser.newContext();
  await project.install();
  inNode = await project.node(THREADS);
  isolated = await serve(project.folder, true);
  open = await serve(project.folder, false);
}, PATIENCE);

afterAll(async () => {
  isolated?.close();
  open?.close();
  await browser?.close();
  await project.remove();
});

interface Visit {
  readonly report: Report;
  /** Whether the page could share memory. */
  readonly shares: boolean;
  /** The workers it started, all of which have ended. */
  readonly workers: readonly Worker[];
}

/** Opens a page, has it fit, and fails where anything went wrong in it. */
async function visit(address: string, threads: number | undefined): Promise<Visit> {
  const page = await context.newPage();
  try {
    const wrong: string[] = [];
    const workers: Worker[] = [];
    page.on('worker', (worker) => workers.push(worker));
    page.on('pageerror', (error) => wrong.push(error.message));
    page.on('console', (message) => message.type() === 'error' && wrong.push(message.text()));
    page.on('requestfailed', (request) => wrong.push(`${request.url()} failed`));
    page.on('response', (response) => response.ok() || wrong.push(`${response.url()} ${response.status()}`));
    await page.goto(address);
    const report = await page.evaluate<Report>(`report(${threads})`).catch((error: unknown) => {
      throw new Error([...wrong, String(error)].join('\n'));
    });
    expect(wrong).toEqual([]);
    await expect.poll(() => page.workers(), { timeout: PATIENCE }).toEqual([]);
    return { report, shares: await page.evaluate<boolean>('crossOriginIsolated'), workers };
  } finally {
    await page.close();
  }
}

function expectAsInNode({ backend, weights, means, objective }: Report): void {
  expect(backend).toBe('wasm');
  expectAllWithin(weights, inNode.weights, 1e-6, 'weights');
  expectAllWithin(means.flat(), inNode.means.flat(), 1e-6, 'means');
  expectWithin(objective, inNode.objective, 1e-6, 'objective');
}

test('in Node the package fits on as many threads as asked for', () => {
  expect(inNode).toMatchObject({ backend: 'wasm', threads: THREADS, notes: [], reason: 'runs everywhere' });
  expect(inNode.weights).toHaveLength(6);
});

const builds = {
  'built by Vite for production': () => project.vite(),
  'bundled by esbuild and minified': () => project.esbuild(),
  'loaded as plain ES modules with an import map': () => project.plain(),
} as const;

describe.each(Object.entries(builds))('%s', (_, build) => {
  let path: string;
  beforeAll(async () => {
    path = await build();
  }, PATIENCE);

  test('fits on threads where the page is cross-origin isolated', { timeout: PATIENCE }, async () => {
    const { report, shares, workers } = await visit(isolated.address + path, THREADS);
    expect(shares).toBe(true);
    expect(report).toMatchObject({ threads: THREADS, notes: [], reason: 'runs everywhere' });
    expect(workers).toHaveLength(THREADS);
    expectAsInNode(report);
    const alone = await visit(isolated.address + path, 1);
    expect(alone.workers).toHaveLength(0);
    expect(alone.report).toEqual({ ...report, threads: 1 });
  });

  test('fits on one thread where it is not, and says why', { timeout: PATIENCE }, async () => {
    for (const asked of [THREADS, undefined]) {
      const { report, shares, workers } = await visit(open.address + path, asked);
      expect(shares).toBe(false);
      expect(report).toMatchObject({ threads: 1, notes: [notIsolated], reason: notIsolated });
      expect(workers).toHaveLength(0);
      expectAsInNode(report);
    }
  });
});

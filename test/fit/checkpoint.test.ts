/** A fit that goes on from any of its checkpoints comes to the very bits of one that was never interrupted. */
import { copyFileSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import {
  categorical,
  fitMixture,
  gaussian,
  InputError,
  poisson,
  product,
  selectMixture,
  studentT,
  type Family,
  type Fit,
  type FitOptions,
  type Marginal,
  type Progress,
} from '../../src/index.js';
import { strategies } from '../../src/fit/choices.js';
import { cases } from '../cases.js';
import { bytesHeld } from '../held.js';
import { problem } from '../oracle/index.js';

const folder = mkdtempSync(join(tmpdir(), 'otmix-checkpoint-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
let files = 0;
const newFile = (): string => join(folder, `${files++}.checkpoint`);

const { x } = problem('overlapping', { n: 150, d: 2, k: 3, seed: 8 });
const weights = [0.2, 0.3, 0.5];
const marginals: readonly Marginal[] = [
  { kind: 'free' },
  { kind: 'fixed', weights },
  { kind: 'relaxed', weights, rho: 1 },
];

/** All of a fit that does not depend on when and where it was computed. */
const results = ({ mixture, plan, diagnostics, ...fit }: Fit): string => {
  const { seconds: _, ...rest } = diagnostics;
  return JSON.stringify({ ...fit, mixture, mass: Array.from(plan.mass), rest });
};

/** A fit whose checkpoint is copied whenever it tells of something: so much of it as a process had that died there. */
async function keptFit(options: FitOptions, rows = x): Promise<{ readonly fit: Fit; readonly copies: string[] }> {
  const file = newFile();
  const copies: string[] = [];
  const fit = await fitMixture(rows, {
    ...options,
    checkpoint: { file, everySeconds: 0 },
    onProgress({ phase }) {
      if (phase === 'load' || (phase === 'seed' && copies.length === 0)) return;
      copies.push(newFile());
      copyFileSync(file, copies[copies.length - 1]);
    },
  });
  return { fit, copies: [...copies, file] };
}

/** Goes on from some copies, the first and the last among them. */
async function expectSame(options: FitOptions, most: number, rows = x): Promise<void> {
  const whole = results(await fitMixture(rows, options));
  const { fit, copies } = await keptFit(options, rows);
  expect(results(fit), 'a checkpoint changes nothing').toBe(whole);
  const step = Math.max(1, Math.ceil(copies.length / most));
  for (const [at, copy] of copies.entries()) {
    if (at % step !== 0 && at !== copies.length - 1) continue;
    expect(results(await fitMixture(rows, { ...options, resume: copy })), `from ${at} of ${copies.length}`).toBe(whole);
  }
}

/** What the process holds once garbage is collected. */
function held(): { readonly bytes: number; readonly descriptors: number } {
  return { bytes: bytesHeld(), descriptors: readdirSync('/proc/self/fd').length };
}

const common = { components: 3, restarts: 2, seed: 4, tolerance: 1e-6, seeding: 'random', maxIterations: 25 } as const;
const table = strategies.flatMap((strategy) =>
  marginals
    .filter(({ kind }) => (strategy !== 'warm-up' && strategy !== 'split-merge') || kind === 'free')
    .flatMap((marginal) =>
      (['none', 'squarem'] as const).map((acceleration) => ({ strategy, marginal, acceleration })),
    ),
);

test.each(cases(table, ({ strategy, marginal, acceleration }) => [strategy, marginal.kind, acceleration]))(
  '$strategy, $marginal.kind, $acceleration',
  async (way) => {
    await expectSame({ ...common, ...way }, 3);
  },
);

const counts = x.map(([a, b]) => [Math.abs(Math.round(a * 3)), b, Math.abs(Math.round(b)) % 3]);
const families: Readonly<Record<string, readonly [Family, number[][], Partial<FitOptions>]>> = {
  'Student-t': [studentT({ covariance: 'diag' }), x, {}],
  'a product': [
    product([
      { family: poisson(), columns: ['x0'] },
      { family: gaussian(), columns: ['x1'] },
      { family: categorical(), columns: ['x2'] },
    ]),
    counts,
    {},
  ],
  'tied Gaussians with noise and a prior': [gaussian({ covariance: 'tied' }), x, { noise: true, prior: 'default' }],
  'float64 sweeps': [gaussian(), x.map(([a, b]) => [a * 1e-3 + 1e5, b]), { tolerance: 1e-11, maxIterations: 30 }],
};
test.each(Object.entries(families))('%s', async (_name, [family, rows, more]) => {
  await expectSame({ ...common, family, acceleration: 'squarem', ...more }, 3, rows);
});

test('missing values, a schedule, a start of the caller’s, and a sequence of aborts', async () => {
  const gaps = x.map((row, at) => (at % 7 === 0 ? [NaN, row[1]] : row));
  await expectSame({ ...common, missing: 'model', restarts: 1 }, 3, gaps);
  const seeding = { means: [x[0], x[50], x[100]] };
  await expectSame({ components: 3, epsilon: { from: 2, steps: 3 }, seeding, tolerance: 1e-6 }, 3);
  const options: FitOptions = { ...common, strategy: 'short-runs' };
  const whole = results(await fitMixture(x, options));
  const resume = newFile();
  for (let aborts = 0; ; aborts++) {
    const controller = new AbortController();
    let told = 0;
    const fit = await fitMixture(x, {
      ...options,
      checkpoint: { file: resume, everySeconds: 1e6 }, // an abort keeps what there is
      resume,
      signal: controller.signal,
      onProgress({ phase }) {
        if (phase === 'fit' && ++told === 5) controller.abort();
      },
    });
    if (fit.status === 'aborted') continue;
    expect(results(fit)).toBe(whole);
    expect(aborts).toBeGreaterThan(1);
    break;
  }
});

test('a selection goes on from after any of its models', async () => {
  const file = newFile();
  const options = { components: [1, 2, 3], covariances: ['full', 'spherical'] as const, seed: 3, restarts: 2 };
  const told = ({ candidates, best, status }: Awaited<ReturnType<typeof selectMixture>>): string =>
    JSON.stringify([candidates.map(({ fit }) => results(fit)), best.k, best.covariance, status]);
  const whole = told(await selectMixture(x, options));
  const copies: string[] = [];
  const keep = (): void => {
    copies.push(newFile());
    copyFileSync(file, copies[copies.length - 1]);
  };
  let fits = 0;
  const kept = await selectMixture(x, {
    ...options,
    checkpoint: { file, everySeconds: 0 },
    onCandidate: keep,
    onProgress({ phase }) {
      if (phase === 'fit' && fits++ % 20 === 10) keep();
    },
  });
  expect(told(kept)).toBe(whole);
  expect(copies.length).toBeGreaterThan(7);
  for (const resume of copies) {
    let iterations = 0;
    const onProgress = ({ phase }: Progress): void => {
      if (phase === 'fit') iterations++;
    };
    expect(told(await selectMixture(x, { ...options, resume, onProgress }))).toBe(whole);
    expect(iterations).toBeLessThan(fits);
  }
  await expect(selectMixture(x, { ...options, components: [1, 2], resume: file })).rejects.toThrow(
    'models 1 of gaussian',
  );
});

describe('what can’t be gone on from is one line that says why', () => {
  const refusal = async (options: Partial<FitOptions>, rows: number[][] = x): Promise<string> => {
    const error: unknown = await fitMixture(rows, { components: 3, seed: 1, ...options }).catch((e: unknown) => e);
    expect(error).toBeInstanceOf(InputError);
    expect((error as InputError).message).not.toContain('\n');
    return (error as InputError).message.replaceAll(folder, '');
  };
  const kept = async (): Promise<string> => {
    const file = newFile();
    await fitMixture(x, { components: 3, seed: 1, maxIterations: 2, checkpoint: { file } });
    return file;
  };

  test('other options or rows', async () => {
    const resume = await kept();
    const maxIterations = 2;
    expect(await refusal({ resume, maxIterations, seed: 2 })).toMatch(
      /: expected a checkpoint of a fit with seed 2, got one with seed 1; resume with the options that it was begun with/,
    );
    expect(await refusal({ resume, seed: 2, components: 4 })).toContain(
      'components 4, seed 2, maxIterations 200, got one',
    );
    expect(await refusal({ resume, maxIterations, backend: 'cpu' })).toContain(
      'backend cpu, got one with backend wasm',
    );
    expect(await refusal({ resume, maxIterations, seeding: { means: [x[0], x[1], x[2]] } })).toContain('seeding given');
    expect(await refusal({ resume, maxIterations }, x.slice(1))).toContain('one of 150 rows, not 149');
    const other = x.map((row, at) => (at === 77 ? [row[0], row[1] + 1e-13] : row));
    expect(await refusal({ resume, maxIterations }, other)).toContain('got one of other values in column x1');
    const sampleWeights = x.map((_, at) => 1 + (at % 2));
    expect(await refusal({ resume, maxIterations, sampleWeights })).toContain('sampleWeights');
  });

  test('files that are torn, of another kind, of another format, or not there', async () => {
    const resume = await kept();
    const text = readFileSync(resume, 'utf8');
    for (const torn of [text.slice(0, -1), text.slice(0, 200), text.replace('"sweeps":3', '"sweeps":4')]) {
      expect(torn).not.toBe(text);
      writeFileSync(resume, torn);
      expect(await refusal({ resume })).toContain('expected a whole checkpoint, got one that is damaged');
    }
    writeFileSync(resume, '{"otmix": 1}\n');
    expect(await refusal({ resume })).toContain('expected a checkpoint of otmix, got another kind of file');
    writeFileSync(resume, '');
    expect(await refusal({ resume })).toContain('got an empty file');
    writeFileSync(resume, text.replace('checkpoint 1', 'checkpoint 2'));
    expect(await refusal({ resume })).toContain('expected a checkpoint of format 1, got format 2');
    const nowhere = join(folder, 'none');
    expect(await refusal({ resume: nowhere })).toContain('got no such file; to begin where there is none');
    expect((await fitMixture(x, { components: 1, resume: nowhere, checkpoint: { file: nowhere } })).status).toBe(
      'converged',
    );
    expect(await refusal({ checkpoint: { file: join(folder, 'no', 'folder') } })).toContain(
      'a place that can be written to',
    );
  });

  test('what names no file or no time', async () => {
    expect(await refusal({ resume: '' })).toContain('resume: expected the path of a file');
    expect(await refusal({ checkpoint: 'file' as never })).toContain('checkpoint: expected { file, everySeconds }');
    expect(await refusal({ checkpoint: { file: 'f', everySeconds: -1 } })).toContain('checkpoint.everySeconds');
  });
});

test('what a writer that was killed has left is removed, and nothing else', async () => {
  const file = newFile();
  const draft = `${file}.0b0e5d3c-5d43-4a3c-9a86-0d5e1f3c8a11.tmp`;
  for (const name of [draft, `${file}.mine.tmp`]) writeFileSync(name, '');
  await fitMixture(x, { components: 2, checkpoint: { file } });
  const left = readdirSync(folder).filter((name) => join(folder, name).startsWith(file));
  expect(left.map((name) => join(folder, name)).sort()).toEqual([file, `${file}.mine.tmp`]);
});

test('memory does not grow over fifty resumes, and no descriptor is left', { timeout: 120_000 }, async () => {
  const options = { components: 3, seed: 1, tolerance: 0, maxIterations: 12, threads: 1 } as const;
  const file = newFile();
  await fitMixture(x, { ...options, checkpoint: { file } });
  const size = statSync(file).size;
  const resume = (): Promise<Fit> => fitMixture(x, { ...options, resume: file });
  const whole = results(await resume());
  for (let warm = 0; warm < 10; warm++) await resume();
  const before = held();
  for (let resumes = 0; resumes < 50; resumes++) expect(results(await resume())).toBe(whole);
  const after = held();
  expect(statSync(file).size).toBe(size);
  expect(after.descriptors).toBeLessThanOrEqual(before.descriptors);
  expect(after.bytes - before.bytes).toBeLessThan(50 * size); // a checkpoint that stays each time would be as much
});

/** Fits whose rows are read and swept by workers in processes of their own, which run the built command. */
import {
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openSource, type SourceOptions } from '../../src/data/files/open.js';
import { seededRandom } from '../../src/base/random.js';
import { fitMixture, type Fit } from '../../src/fit/fit.js';
import type { FitOptions, Progress } from '../../src/fit/options.js';
import { categorical } from '../../src/families/categorical.js';
import { gaussian } from '../../src/families/gaussian.js';
import { poisson } from '../../src/families/poisson.js';
import { cases } from '../cases.js';
import { expectAllWithin } from '../within.js';

const D = 3;
let folder = '';

/** A row of one of three clusters. */
function row(random: { uniform(): number }): number[] {
  const cluster = Math.floor(3 * random.uniform());
  return Array.from({ length: D }, (_, j) => 4 * cluster * (j + 1) + 3 * (random.uniform() + random.uniform() - 1));
}

function npy(rows: readonly (readonly number[])[]): Buffer {
  const header = `{'descr': '<f8', 'fortran_order': False, 'shape': (${rows.length}, ${D}), }`.padEnd(117) + '\n';
  const head = Buffer.from(`\x93NUMPY\x01\x00${String.fromCharCode(118)}\x00${header}`, 'latin1');
  return Buffer.concat([head, Buffer.from(Float64Array.from(rows.flat()).buffer)]);
}

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'otmix-cluster-'));
  const random = seededRandom(5);
  const rows = (count: number): number[][] => Array.from({ length: count }, () => row(random));
  for (const [at, count] of [1500, 2500].entries()) writeFileSync(join(folder, `part-${at}.npy`), npy(rows(count)));
  for (const part of [0, 1, 2]) {
    const lines = rows(700).map((values, at) =>
      [...values.map((value) => Math.round(Math.abs(value))), at % 9 === 0 ? '' : 'abcd'[(at * part) % 4]].join(),
    );
    writeFileSync(join(folder, `counts-${part}.csv`), `a,b,c,kind\n${lines.join('\n')}\n`);
  }
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** What must be the same to the last bit. */
function bitsOf({ mixture, objective, criteria, restarts, sweeps }: Fit): string {
  const { provenance: _, ...model } = mixture.toJSON();
  return JSON.stringify({ model, objective, criteria, restarts, sweeps });
}

async function fitted(pattern: string, options: FitOptions, source?: SourceOptions): Promise<Fit> {
  return fitMixture(await openSource(join(folder, pattern), source), { backend: 'wasm', ...options });
}

const on = (workers: number) => ({ cluster: { address: 'processes', workers, unitRows: 1024 } });

test('1, 2 and 4 workers give the same bits', async () => {
  const options = { components: 3, seeding: 'k-means||', restarts: 2, seed: 4 } as const;
  const [one, two, four] = await Promise.all([1, 2, 4].map((count) => fitted('*.npy', { ...options, ...on(count) })));
  expect(bitsOf(two)).toBe(bitsOf(one));
  expect(bitsOf(four)).toBe(bitsOf(one));
  expect(one.diagnostics.rows).toBe(4000);
  expect(four.diagnostics.adapter).toContain('4 workers on 1 machine');
});

describe('rows of a single unit give the bits of a fit without a cluster', () => {
  const ways: readonly FitOptions[] = [
    { components: 3, seed: 2 },
    { components: 3, seed: 2, acceleration: 'squarem', seeding: 'random', tolerance: 1e-9 },
    { components: 4, seed: 2, strategy: 'race', seeding: 'random-responsibilities' },
    { components: 4, seed: 2, strategy: 'split-merge', seeding: 'random' },
  ];
  const some = cases(ways, ({ strategy, seeding }) => [strategy, seeding === undefined]);
  test.each(some.map((options) => [JSON.stringify(options), options] as const))('%s', async (_, options) => {
    const cluster = { address: 'processes', workers: 1 };
    const [here, there] = await Promise.all([
      fitted('part-1.npy', options),
      fitted('part-1.npy', { ...options, cluster }),
    ]);
    expect(bitsOf(there)).toBe(bitsOf(here));
    expect(there.diagnostics.adapter).toContain('worker');
  });
});

describe('workers hold rows', () => {
  const options = { components: 3, seed: 4, tolerance: 0, maxIterations: 12 } as const;

  test('in files where memory is short, to the same bits', async () => {
    const spilling = { ...options, memory: 20_000, spill: folder, directSpill: true, ...on(2) };
    const [held, spilled] = await Promise.all([fitted('*.npy', { ...options, ...on(2) }), fitted('*.npy', spilling)]);
    expect(bitsOf(spilled)).toBe(bitsOf(held));
    // Each worker has two units of 16 kB.
    expect(spilled.diagnostics.notes).toContainEqual(expect.stringMatching(/^the rows of 2 of 4 units lie in files/));
    expect(held.diagnostics.notes).not.toContainEqual(expect.stringContaining('lie in files'));
    expect(readdirSync(folder).filter((name) => name.startsWith('otmix-spill'))).toEqual([]);
  });

  test('in float64 where that is asked for, as one process does', async () => {
    const exact = { ...options, precision: 'float64' } as const;
    const [here, one, two] = await Promise.all([
      fitted('*.npy', exact),
      fitted('*.npy', { ...exact, ...on(1) }),
      fitted('*.npy', { ...exact, memory: 0, ...on(2) }),
    ]);
    expect(bitsOf(two)).toBe(bitsOf(one));
    expect(two.diagnostics.precision).toBe(here.diagnostics.precision);
    expect(two.criteria.logLikelihood).toBeCloseTo(here.criteria.logLikelihood, 7);
    const single = { ...exact, cluster: { address: 'processes', workers: 1 } };
    expect(bitsOf(await fitted('part-1.npy', single))).toBe(bitsOf(await fitted('part-1.npy', exact)));
  });

  test('and the master has none of them', async () => {
    const source = await openSource(join(folder, '*.npy'));
    const unread = Object.assign(Object.create(source) as typeof source, {
      name: source.name,
      columns: source.columns,
      batches() {
        throw new Error('rows were read by the master');
      },
    });
    const fit = await fitMixture(unread, { ...options, precision: 'float64', backend: 'wasm', ...on(2) });
    expect(fit.diagnostics.rows).toBe(4000);
  });
});

describe('a checkpoint of a fit with workers', () => {
  const options = { components: 3, seed: 4, restarts: 2, seeding: 'random', tolerance: 0, maxIterations: 8 } as const;

  /** Fits, and copies the checkpoint at an iteration. */
  async function kept(at: number, pattern: string, asked: FitOptions, source?: SourceOptions): Promise<string> {
    const [file, copy] = [join(folder, `${at}.checkpoint`), join(folder, `${at}-copy.checkpoint`)];
    let iterations = 0;
    const onProgress = ({ phase }: Progress): void => {
      if (phase === 'fit' && ++iterations === at) copyFileSync(file, copy);
    };
    await fitted(pattern, { ...asked, ...on(2), checkpoint: { file, everySeconds: 0 }, onProgress }, source);
    return copy;
  }

  test.each(cases([1, 13], () => ['moment']))(
    'goes on from iteration %i with other workers, to the same bits',
    async (at) => {
      const resume = await kept(at, '*.npy', options);
      const [whole, resumed] = await Promise.all([
        fitted('*.npy', { ...options, ...on(1) }),
        fitted('*.npy', { ...options, ...on(3), resume }),
      ]);
      expect(bitsOf(resumed)).toBe(bitsOf(whole));
    },
  );

  test('knows text and gaps', async () => {
    const text = { columns: ['kind', 'a'], text: 'levels' } as const;
    const asked = { components: 2, family: categorical(), missing: 'model', tolerance: 0, maxIterations: 6 } as const;
    const resume = await kept(3, 'counts-*.csv', asked, text);
    const [whole, resumed] = await Promise.all([
      fitted('counts-*.csv', { ...asked, ...on(2) }, text),
      fitted('counts-*.csv', { ...asked, ...on(1), resume }, text),
    ]);
    expect(bitsOf(resumed)).toBe(bitsOf(whole));
  });

  test('is refused with other rows, other units and without workers', async () => {
    const resume = await kept(2, '*.npy', options);
    const other = { cluster: { ...on(2).cluster, unitRows: 2048 } };
    await expect(fitted('*.npy', { ...options, ...other, resume })).rejects.toThrow(
      /expected a checkpoint of a fit with cluster by units of 2048 rows, got one with cluster by units of 1024 rows/,
    );
    await expect(fitted('*.npy', { ...options, resume })).rejects.toThrow(
      /expected a checkpoint of a fit with cluster none, got one with cluster by units of 1024 rows/,
    );
    await expect(fitted('part-0.npy', { ...options, ...on(1), resume })).rejects.toThrow(
      /expected a checkpoint of these rows, got one of 4000 rows, not 1500/,
    );
    const part = join(folder, 'part-1.npy');
    const [before, bytes] = [readFileSync(part), readFileSync(part)];
    bytes.writeDoubleLE(7, bytes.length - 8);
    writeFileSync(part, bytes);
    const changed = fitted('*.npy', { ...options, ...on(2), resume });
    await expect(changed).rejects.toThrow(/expected a checkpoint of these rows, got one of other values in column/);
    writeFileSync(part, before);
  });
});

describe('what fits can do, they do with workers', () => {
  const csv = { columns: ['a', 'b', 'c'] };
  const text = { columns: ['kind', 'a'], text: 'levels' } as const;
  const table: Readonly<Record<string, readonly [string, FitOptions, SourceOptions?]>> = {
    'diagonal covariances, noise': ['*.npy', { components: 3, family: gaussian({ covariance: 'diag' }), noise: true }],
    'a relaxed marginal, annealed': [
      '*.npy',
      { components: 2, marginal: { kind: 'relaxed', weights: [0.3, 0.7], rho: 1 }, epsilon: { from: 2, steps: 3 } },
    ],
    'counts, short runs': ['counts-*.csv', { components: 2, family: poisson(), strategy: 'short-runs' }, csv],
    'text, some of it missing': ['counts-*.csv', { components: 2, family: categorical(), missing: 'model' }, text],
    'rows left out': ['counts-*.csv', { components: 2, family: categorical(), missing: 'drop' }, text],
  };
  test.each(Object.entries(table))('%s', async (_, [pattern, options, source]) => {
    const [here, there] = await Promise.all([
      fitted(pattern, options, source),
      fitted(pattern, { ...options, ...on(2) }, source),
    ]);
    // Units are summed by themselves: float64 rounds otherwise.
    expect(there.criteria.meanLogLikelihood).toBeCloseTo(here.criteria.meanLogLikelihood, 6);
    expect(there.diagnostics.rows).toBe(here.diagnostics.rows);
    expect(there.diagnostics.dropped).toBe(here.diagnostics.dropped);
    expect(there.mixture.columns).toEqual(here.mixture.columns);
  });
});

test('units that lack unlike shares of a column have one fit', async () => {
  mkdirSync(join(folder, 'gaps'));
  const random = seededRandom(6);
  for (const [at, share] of [0.95, 0.02].entries()) {
    const rows = Array.from({ length: 1100 }, () => row(random).map((x, j) => (j === 0 && random.uniform() < share ? NaN : x - at))); // prettier-ignore
    writeFileSync(join(folder, 'gaps', `${at}.npy`), npy(rows));
  }
  const own = { family: gaussian({ covariance: 'diag' }), missing: 'model', precision: 'float64' } as const;
  const seeding = { means: [[0, 0, 0], [8, 12, 20]] }; // prettier-ignore
  const asked = { components: 2, ...own, seeding, tolerance: 0, maxIterations: 6 } as const;
  const [here, there, alone] = await Promise.all([
    fitted('gaps/*.npy', asked),
    fitted('gaps/*.npy', { ...asked, ...on(2) }),
    fitted('gaps/1.npy', { ...asked, cluster: { address: 'processes', workers: 1 } }),
  ]);
  expectAllWithin(there.mixture.columnMeans.flat(), here.mixture.columnMeans.flat(), 1e-6); // models are rounded to float32
  expectAllWithin(there.objective, here.objective, 1e-7);
  expect(bitsOf(alone)).toBe(bitsOf(await fitted('gaps/1.npy', asked)));
});

test('rows are labelled and scored by workers as they are here', async () => {
  const { mixture } = await fitted('*.npy', { components: 3 });
  const source = await openSource(join(folder, '*.npy'));
  const there = { backend: 'wasm', cluster: { address: 'processes', workers: 2, unitRows: 1024 } } as const;
  const here = { backend: 'wasm' } as const;
  expect(await mixture.predict(source, there)).toEqual(await mixture.predict(source, here));
  expect(await mixture.scoreSamples(source, there)).toEqual(await mixture.scoreSamples(source, here));
  expect(await mixture.score(source, there)).toBeCloseTo(await mixture.score(source, here), 10);
});

describe('errors are those of the user, in one line', () => {
  test('a value that is missing is named with its unit', async () => {
    const fit = fitted(
      'counts-*.csv',
      { components: 2, family: categorical(), ...on(2) },
      { columns: ['kind'], text: 'levels' },
    );
    await expect(fit).rejects.toThrow(
      /counts-0\.csv: expected text in every cell, got a missing value .* in row 0, column kind/,
    );
  });

  test('rows that other machines can’t open', async () => {
    const fit = fitMixture([[1], [2], [3]], { components: 1, ...on(1) });
    await expect(fit).rejects.toThrow(/^cluster: expected a source of files/);
  });

  test('a file that has changed since the fit began', async () => {
    const path = join(folder, 'part-0.npy');
    const source = await openSource(path);
    let changed = false;
    const onProgress = ({ phase }: { phase: string }): void => {
      if (phase !== 'load' || changed) return;
      changed = true;
      utimesSync(path, 1e9, 1e9);
    };
    const fit = fitMixture(source, { components: 2, ...on(1), onProgress });
    await expect(fit).rejects.toThrow(new RegExp(`${path}: expected the file that the fit began with`));
  });

  test('options that are none', async () => {
    const cluster = { address: 'spark://x' };
    await expect(fitted('*.npy', { components: 2, cluster })).rejects.toThrow(/^cluster.address: expected auto, local/);
    await expect(fitted('*.npy', { components: 2, sampleWeights: [1], ...on(1) })).rejects.toThrow(
      /^sampleWeights: expected weights in a column/,
    );
  });
});

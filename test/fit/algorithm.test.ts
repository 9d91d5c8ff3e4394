/** Fits by incremental EM: the optimum of EM, by F of a plan that never rises, to the same bits however it is computed. */
import { copyFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import {
  categorical,
  fitMixture,
  gaussian,
  InputError,
  poisson,
  product,
  studentT,
  type Family,
  type Fit,
  type FitOptions,
} from '../../src/index.js';
import { problem } from '../oracle/index.js';

/** Four blocks of 1024 rows, and one of fewer. */
const { x } = problem('overlapping', { n: 4500, d: 2, k: 3, seed: 8 });
const counts = x.map(([a, b]) => [Math.abs(Math.round(a * 3)), b, Math.abs(Math.round(b)) % 3]);
const common = { components: 3, seed: 2, tolerance: 1e-6, maxIterations: 400, algorithm: 'incremental' } as const;

const families: Readonly<Record<string, readonly [Family, number[][]]>> = {
  full: [gaussian(), x],
  tied: [gaussian({ covariance: 'tied' }), x],
  diag: [gaussian({ covariance: 'diag' }), x],
  spherical: [gaussian({ covariance: 'spherical' }), x],
  poisson: [poisson(), counts.map(([a]) => [a])],
  product: [
    product([
      { family: poisson(), columns: ['x0'] },
      { family: gaussian(), columns: ['x1'] },
      { family: categorical(), columns: ['x2'] },
    ]),
    counts,
  ],
};

const results = ({ mixture, plan, diagnostics, ...fit }: Fit): string => {
  const { seconds: _, threads: _threads, notes: _notes, ...rest } = diagnostics;
  return JSON.stringify({ ...fit, mixture: mixture.parts.components, mass: Array.from(plan.mass), rest });
};

describe.each(Object.entries(families))('%s', (_name, [family, rows]) => {
  test('F of the kept plan never rises, and ends where that of EM does', async () => {
    const fit = await fitMixture(rows, { ...common, family });
    const em = await fitMixture(rows, { ...common, family, algorithm: 'em', maxIterations: 400 });
    for (const [at, objective] of fit.objective.entries()) {
      if (at > 0) expect(objective).toBeLessThanOrEqual(fit.objective[at - 1] + 2e-6);
    }
    expect(fit.status).toBe('converged');
    expect(Math.abs(fit.criteria.logLikelihood - em.criteria.logLikelihood) / rows.length).toBeLessThan(2e-4);
    expect(fit.iterations).toBeLessThanOrEqual(em.iterations);
  });
});

test('the same bits on any number of threads, and from a checkpoint', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'otmix-algorithm-'));
  try {
    const [file, copy] = ['now', 'then'].map((name) => join(folder, name));
    const options: FitOptions = { ...common, backend: 'wasm', restarts: 2, strategy: 'anneal' };
    const whole = results(await fitMixture(x, { ...options, threads: 1 }));
    expect(results(await fitMixture(x, { ...options, threads: 2 }))).toBe(whole);
    let told = 0;
    await fitMixture(x, {
      ...options,
      checkpoint: { file, everySeconds: 0 },
      onProgress({ phase }) {
        if (phase === 'fit' && ++told === 8) copyFileSync(file, copy);
      },
    });
    expect(results(await fitMixture(x, { ...options, resume: copy }))).toBe(whole);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test.each<readonly [string, Partial<FitOptions>]>([
  [
    'expected em, or free proportions with incremental, got "marginal fixed"',
    { marginal: { kind: 'fixed', weights: [0.2, 0.3, 0.5] } },
  ],
  ['got "strategy warm-up"', { strategy: 'warm-up' }],
  ['expected em, or epsilon > 0 with incremental', { epsilon: 0 }],
  ['expected em, or acceleration none with incremental', { acceleration: 'squarem' }],
  ['got "noise"', { noise: true }],
  ['got "missing model"', { missing: 'model' }],
  ['a family without Student-t with incremental', { family: studentT() }],
  ['algorithm: expected', { algorithm: 'online' as never }],
])('%s', async (message, options) => {
  const error: unknown = await fitMixture(x.slice(0, 50), { ...common, ...options }).catch((e: unknown) => e);
  expect(error).toBeInstanceOf(InputError);
  expect((error as InputError).message).toContain(message);
});

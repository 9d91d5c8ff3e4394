import { afterEach, describe, expect, test, vi } from 'vitest';
import { InputError } from '../../src/base/errors.js';
import type { DataInput } from '../../src/data/dataset.js';
import type { Family } from '../../src/families/family.js';
import { gaussian } from '../../src/families/gaussian.js';
import { poisson } from '../../src/families/poisson.js';
import { fitModels, type FitterAnswer, type FitterWork } from '../../src/fit/fitter.js';
import { Fitters } from '../../src/fit/fitters.js';
import type * as NodeFitters from '../../src/fit/fitters.node.js';
import { fitterWork, isOwn } from '../../src/fit/fitter-work.js';
import { Loader } from '../../src/fit/loader.js';
import type { Asked, Model, SelectProgress } from '../../src/fit/models.js';
import { triedModels, type Tried } from '../../src/fit/tried.js';
import { sharedIntegers } from '../../src/threads/shared.js';
import { problem } from '../oracle/index.js';

/** Where it is here, a fitter works on this thread, turn by turn with the caller, who can't be first each time. */
const fitter = vi.hoisted(() => ({ isHere: false, ended: [] as number[] }));
vi.mock('#fitters', async (original) => {
  const { startFitter } = await original<typeof NodeFitters>();
  const here: typeof startFitter = ({ onAnswer }) => ({
    post(work) {
      const answer = (one: FitterAnswer): void => {
        if (one.kind === 'ended') fitter.ended.push(one.index);
        onAnswer(structuredClone(one));
      };
      void fitModels(structuredClone(work) as FitterWork, answer)
        .catch(() => undefined)
        .then(() => answer({ kind: 'left' }));
    },
    hold: () => undefined,
    stop: () => Promise.resolve(),
  });
  return { startFitter: (events: Parameters<typeof startFitter>[0]) => (fitter.isHere ? here : startFitter)(events) };
});
afterEach(() => Object.assign(fitter, { isHere: false, ended: [] }));

const { x } = problem('separated', { n: 200, d: 2, k: 3, seed: 1 });
const counts = x.map((_, i) => [(i * i) % 7, (i % 2) * 9 + (i % 3)]);
const asked = (more: Partial<Asked> = {}): Asked => ({ growth: 'none', backend: 'wasm', seed: 1, threads: 2, ...more });
const modelsOf = (families: readonly Family[], ks: readonly number[]): Model[] =>
  families.flatMap((family) => ks.map((k) => ({ k, family })));

/** All numbers of fits, times aside. */
const numbers = ({ candidates }: Tried): unknown[] =>
  candidates.map(({ k, family, fit }) => {
    const { seconds: _, ...diagnostics } = fit.diagnostics;
    const { objective, criteria, restarts, sweeps, status } = fit;
    return {
      k,
      name: family.name,
      ...{ objective, criteria, restarts, sweeps, status, diagnostics },
      model: fit.mixture.toJSON(),
    };
  });

/** Models by a thread that fits beside a caller who does nothing. */
async function elsewhere(
  data: DataInput,
  models: readonly Model[],
  one: Asked,
): Promise<{ indices: number[]; told: Map<number, string[]> } | undefined> {
  const loader = new Loader(data, { encodings: 1, counts: models.map(({ k }) => k) });
  const told = new Map<number, string[]>();
  let fitters: Fitters | undefined;
  try {
    const { candidates } = await triedModels(data, models.slice(0, 1), { ...one, threads: 1 });
    const { fitSettings } = await import('../../src/fit/options.js');
    const { Stopwatch } = await import('../../src/base/stopwatch.js');
    await loader.load(fitSettings({ family: models[0].family, components: 1, backend: 'wasm' }), new Stopwatch());
    const taken = sharedIntegers(1);
    const work = await fitterWork(loader, { models, asked: one, example: candidates[0], taken, threads: 2 });
    if (!work) return undefined;
    const onProgress = (
      index: number,
      { phase, model, start }: Parameters<Fitters['events']['onProgress']>[1],
    ): void => {
      told.set(index, [...(told.get(index) ?? []), phase]);
      if (phase === 'fit')
        expect([start?.().weights?.length, model?.().weights?.length]).toEqual([models[index].k, models[index].k]);
    };
    fitters = new Fitters(work, { onProgress, onEnded: () => undefined });
    fitters.start(1);
    await fitters.done();
    return { indices: fitters.ended().map(({ index }) => index), told };
  } finally {
    await fitters?.stop();
    await loader.close();
  }
}

describe('models that several threads fit', () => {
  test.each([
    ['Gaussians', modelsOf([gaussian(), gaussian({ covariance: 'diag' })], [1, 2, 3]), x, {}],
    [
      'each from one component less',
      modelsOf([gaussian(), gaussian({ covariance: 'tied' })], [1, 2, 3]),
      x,
      { growth: 'split' },
    ],
    [
      'counts and weights',
      modelsOf([poisson(), gaussian()], [1, 2]),
      counts,
      { sampleWeights: x.map((_, i) => 1 + (i % 2)) },
    ],
    [
      'gaps and noise',
      modelsOf([gaussian()], [1, 2, 3]),
      x.map(([a, b], i) => [i % 9 ? a : NaN, b]),
      { missing: 'model', noise: true },
    ],
  ] as const)('%s: the same bits as on one', async (_, models, data, more) => {
    const alone = await triedModels(data, models, asked({ ...more, threads: 1 }));
    fitter.isHere = true;
    const helped = await triedModels(data, models, asked(more), { startAfter: 0 });
    expect(numbers(helped)).toEqual(numbers(alone));
    expect(fitter.ended.length).toBeGreaterThan(0);
    expect(fitter.ended).not.toContain(0);
  });

  test('are fitted by others too, which tell how far they are', async () => {
    const models = modelsOf([gaussian()], [1, 2, 3]);
    const found = await elsewhere(x, models, asked({ onProgress: () => undefined }));
    expect(found?.indices).toEqual([0, 1, 2]);
    for (const index of [0, 1, 2]) expect(new Set(found?.told.get(index))).toEqual(new Set(['load', 'seed', 'fit']));
  });

  test('can’t all be fitted: what others fail at is told as the caller’s own thread has it', async () => {
    const models = modelsOf([gaussian()], [1, 2, 201, 3]);
    const { candidates, failures } = await triedModels(x, models, asked(), { startAfter: 0 });
    expect(candidates.map(({ k }) => k)).toEqual([1, 2, 3]);
    expect(failures.map(({ k, error }) => [k, error instanceof InputError && error.message])).toEqual([
      [201, 'components: expected at most 200, the number of rows, got 201; fit fewer components or give more rows'],
    ]);
  });

  test('end with those that are fitted where the caller has enough', async () => {
    const controller = new AbortController();
    const one = asked({ signal: controller.signal });
    const onCandidate = (): void => controller.abort();
    const { candidates } = await triedModels(x, modelsOf([gaussian()], [1, 2, 3, 4]), one, {
      onCandidate,
      startAfter: 0,
    });
    expect(candidates.map(({ k }) => k)).toEqual([1]);
  });

  test('are numbered in what is told of them', async () => {
    const told: SelectProgress[] = [];
    const onProgress = (progress: SelectProgress): void => void told.push(progress);
    await triedModels(x, modelsOf([gaussian()], [1, 2, 3]), asked({ onProgress }), { startAfter: 0 });
    expect(new Set(told.map(({ candidate }) => candidate))).toEqual(new Set([1, 2, 3]));
    expect(new Set(told.map(({ candidates }) => candidates))).toEqual(new Set([3]));
    expect(told.every(({ finished }, at) => at === 0 || finished >= told[at - 1].finished)).toBe(true);
    expect(told.at(-1)).toMatchObject({ phase: 'score' });
  });
});

describe('the caller’s own thread alone fits', () => {
  const models = modelsOf([gaussian()], [1, 2]);
  test.each([
    ['models of a start', { seeding: { labels: x.map((_, i) => i % 2) } }],
    ['rows of which some may lie in a file', { memory: 1e9 }],
  ] as const)('%s', async (_, more) => {
    expect(await elsewhere(x, models.slice(1), asked(more as Partial<Asked>))).toBeUndefined();
  });

  test('families of the caller’s own, if only one method is', () => {
    const own = { ...gaussian(), logVolume: () => 0 } as Family;
    expect([gaussian(), gaussian({ covariance: 'tied' }), poisson(), own].map(isOwn)).toEqual([
      true,
      true,
      true,
      false,
    ]);
  });
});

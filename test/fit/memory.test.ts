import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, test } from 'vitest';
import { fitMixture, gaussian, selectMixture, type BackendName } from '../../src/index.js';
import { resolveBackend } from '../../src/backend/resolve.js';
import { problem } from '../oracle/index.js';

const { x } = problem('separated', { n: 3000, d: 2, k: 3, seed: 1 });

describe.each<BackendName>(['cpu', 'wasm'])('tensors on %s are as many after as before', (backend) => {
  beforeAll(async () => {
    await resolveBackend(backend);
  });

  async function expectNoneLeft(call: () => Promise<unknown>): Promise<void> {
    const before = tf.memory().numTensors;
    await call();
    expect(tf.memory().numTensors).toBe(before);
  }

  test.each(['k-means++', 'k-means', 'random'] as const)('a fit seeded by %s', (seeding) =>
    expectNoneLeft(() => fitMixture(x, { components: 3, seeding, restarts: 2, backend })),
  );

  test('a selection', () =>
    expectNoneLeft(() => selectMixture(x, { components: [1, 2], covariances: ['diag'], maxIterations: 3, backend })));

  test('every call of a mixture', async () => {
    const { mixture } = await fitMixture(x, { components: 3, family: gaussian({ covariance: 'tied' }), backend });
    await expectNoneLeft(() => mixture.predict(x, { backend }));
    await expectNoneLeft(() => mixture.predictProba(x, { backend }));
    await expectNoneLeft(() => mixture.scoreSamples(x, { backend }));
    await expectNoneLeft(() => mixture.criteria(x, { backend }));
  });

  test.each([
    ['a missing value', [...x, [NaN, 0]]],
    ['an infinite value', [...x, [Infinity, 0]]],
    ['too many components', [[1, 2]]],
  ])('an error from %s', (_, data) =>
    expectNoneLeft(() => expect(fitMixture(data, { components: 3, backend })).rejects.toThrow('expected')),
  );

  test('a source that fails half way', () =>
    expectNoneLeft(async () => {
      const source = {
        name: 'broken',
        columns: ['a', 'b'],
        async *batches() {
          yield { rows: 70_000, values: new Float64Array(140_000).fill(1) };
          throw new Error('the disk is gone');
        },
      };
      await expect(fitMixture(source, { components: 2, backend })).rejects.toThrow('the disk is gone');
    }));

  test.each(['load', 'seed', 'fit'] as const)('an abort in phase %s', (phase) =>
    expectNoneLeft(async () => {
      const controller = new AbortController();
      const fit = fitMixture(x, {
        components: 3,
        seeding: 'k-means',
        tolerance: 0,
        backend,
        signal: controller.signal,
        onProgress: (progress) => progress.phase === phase && controller.abort(),
      });
      if (phase === 'fit') expect((await fit).status).toBe('aborted');
      else await expect(fit).rejects.toThrow('aborted');
    }),
  );

  test('a progress callback that throws', () =>
    expectNoneLeft(async () => {
      const onProgress = (): never => {
        throw new Error('no more');
      };
      await expect(fitMixture(x, { components: 3, backend, onProgress })).rejects.toThrow('no more');
    }));

  test('a tensor as data, which stays its owner’s', async () => {
    const tensor = tf.tensor2d(x);
    await expectNoneLeft(() => fitMixture(tensor, { components: 3 }));
    expect(tensor.isDisposed).toBe(false);
    tensor.dispose();
  });

  test('a visitor that throws while rows are evaluated', async () => {
    const { mixture } = await fitMixture(x, { components: 2, backend });
    await expectNoneLeft(() =>
      expect(
        mixture.evaluate(
          x,
          () => {
            throw new Error('enough');
          },
          { backend },
        ),
      ).rejects.toThrow('enough'),
    );
  });
});

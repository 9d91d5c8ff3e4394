import { describe, expect, test } from 'vitest';
import { fitMixture, gaussian, loadMixture, version, type ModelFile } from '../../src/index.js';

const rows = Array.from({ length: 40 }, (_, i) => [i % 2 ? i / 40 : 5 + i / 40, (i * 7) % 5, 3]);
rows[3] = [NaN, 0, 0];
const options = { components: 2, family: gaussian({ covariance: 'diag' }), missing: 'drop', seed: 5 } as const;

describe('the model file of a fit', () => {
  test('tells how the mixture came about', async () => {
    const fit = await fitMixture(rows, { ...options, seeding: 'k-means', tolerance: 1e-3, backend: 'cpu' });
    expect(fit.mixture.toJSON().provenance).toEqual({
      ...{ otmix: version, source: 'data', rows: 39, dropped: 1, constantColumns: ['x2'] },
      options: {
        ...{ components: 2, covariance: 'diag', marginal: { kind: 'free' }, epsilon: 1, seeding: 'k-means' },
        ...{ strategy: 'plain', restarts: 1, seed: 5, tolerance: 1e-3, maxIterations: 200, missing: 'drop' },
        regularization: "1e-9 of each column's variance, 1e-6 at most",
      },
      ...{ backend: 'cpu', precision: fit.diagnostics.precision, status: fit.status, iterations: fit.iterations },
      ...{ objective: fit.objective.at(-1), marginalError: 0, ridged: fit.ridged, criteria: fit.criteria },
      ...{ repairs: [], notes: fit.diagnostics.notes },
    });
  });

  test('is the same, byte for byte, whenever and by however many threads it is made', async () => {
    const text = async (threads: number): Promise<string> => {
      const { mixture } = await fitMixture(rows, { ...options, threads, backend: 'wasm' });
      return JSON.stringify(mixture);
    };
    expect(await text(2)).toBe(await text(1));
  });

  test('calls data given what is too long for it', async () => {
    const seeding = { weights: [0.5, 0.5], means: [[0, 1, 3], [5, 1, 3]], covariances: [unit, unit] }; // prettier-ignore
    const { mixture } = await fitMixture(rows.slice(4), {
      ...{ components: 2, seeding, backend: 'cpu', sampleWeights: rows.slice(4).map((_, i) => 1 + (i % 3)) },
    });
    expect(mixture.provenance?.options).toMatchObject({ seeding: 'given', sampleWeights: 'given' });
  });
});

describe('provenance', () => {
  const unfitted: ModelFile = {
    ...{ format: 'otmix-mixture', version: 1, family: 'gaussian', options: { covariance: 'diag' } },
    ...{ columns: ['a'], weights: [1], means: [[0]], covariances: [1] },
  };

  test('is kept and saved again as it is, and absent where there is none', async () => {
    const provenance = { source: 'old.csv', rows: 12, criteria: { bic: 3 }, 'from elsewhere': [{ deep: true }] };
    const loaded = await loadMixture({ ...unfitted, provenance } as unknown as ModelFile);
    expect(loaded.toJSON()).toEqual({ ...unfitted, provenance });
    expect((await loadMixture(unfitted)).toJSON()).not.toHaveProperty('provenance');
  });

  test('takes what only the caller knows', async () => {
    const loaded = await loadMixture({ ...unfitted, provenance: { source: 'a.csv', created: 'once' } });
    const told = loaded.withProvenance({ created: '2026-01-01', command: 'otmix fit a.csv -k 1' });
    expect(told.provenance).toEqual({ source: 'a.csv', created: '2026-01-01', command: 'otmix fit a.csv -k 1' });
    expect(loaded.provenance).toEqual({ source: 'a.csv', created: 'once' });
    expect(told.weights).toEqual(loaded.weights);
  });

  test.each(['text', [1], 5, null])('is refused where it is %j', async (provenance) => {
    const file = { ...unfitted, provenance } as unknown as ModelFile;
    await expect(loadMixture(file)).rejects.toMatchObject({ code: 'format' });
  });
});

const unit = [[1, 0, 0], [0, 1, 0], [0, 0, 1]]; // prettier-ignore

import { describe, expect, test } from 'vitest';
import { InputError } from '../../src/base/errors.js';
import { logGamma } from '../../src/base/special/gamma.js';
import { categorical, fitMixture, loadMixture, negativeBinomial, product, selectMixture, type ModelFile } from '../../src/index.js'; // prettier-ignore
import { expectAllWithin, expectWithin } from '../within.js';
import { drawn, scenes } from './scenes.js';

const [known, free] = scenes.filter(({ family }) => family.name === 'negativeBinomial');
const { rows } = drawn(free, 800, 11);
const options = { family: negativeBinomial(), components: 3, maxIterations: 30, backend: 'wasm' } as const;

/** log Σ_k w_k Π_j p(x_j | m, r), by the formula. */
function score(x: readonly number[], weights: readonly number[], means: number[][], sizes: number[][]): number {
  const terms = weights.map((weight, c) =>
    x.reduce((sum, count, j) => {
      const [m, r] = [means[c][j], sizes[c][j]];
      const base = logGamma(count + r) - logGamma(r) - logGamma(count + 1);
      return sum + base + count * Math.log(m / (m + r)) - r * Math.log1p(m / r);
    }, Math.log(weight)),
  );
  const largest = Math.max(...terms);
  return largest + Math.log(terms.reduce((sum, term) => sum + Math.exp(term - largest), 0));
}

async function messageOf(promise: Promise<unknown>): Promise<string> {
  const error: unknown = await promise.catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(InputError);
  return (error as InputError).message;
}

describe('negativeBinomial of free size', () => {
  test('scores counts that the fit has never seen, also after it was saved', async () => {
    const { mixture } = await fitMixture(rows, options);
    const [{ means, sizes }] = mixture.components as unknown as { means: number[][]; sizes: number[][] }[];
    const unseen = [[0, 0], [1234, 7], [77777, 1_000_000], [3, 2]]; // prettier-ignore
    const file = JSON.parse(JSON.stringify(mixture)) as ModelFile;
    expect(JSON.stringify(file.columns)).toBe('[{"name":"x0"},{"name":"x1"}]'); // no counts
    for (const one of [mixture, await loadMixture(file)]) {
      const scores = await one.scoreSamples(unseen, { backend: 'wasm' });
      const expected = unseen.map((row) => score(row, mixture.weights, means, sizes));
      scores.forEach((value, i) => expectWithin(value, expected[i], 1e-6 * Math.abs(expected[i])));
    }
  });

  test('stands in a product with levels, before and after it is saved', async () => {
    const table = rows.map(([a, b], i) => ({ kind: i % 3 === 0 ? 'x' : 'y', a, b }));
    const family = product([
      { columns: ['kind'], family: categorical() },
      { columns: ['a', 'b'], family: negativeBinomial() },
    ]);
    const data = { data: table, columns: ['kind', 'a', 'b'] };
    const { mixture, plan } = await fitMixture(data, { ...options, family });
    const { gap, dual } = await plan.duality();
    expectWithin(gap, 0, 5e-6 * Math.abs(dual));
    const unseen = { data: [{ kind: 'y', a: 5000, b: 123_456 }], columns: data.columns };
    const [value] = await mixture.scoreSamples(unseen, { backend: 'wasm' });
    const again = await loadMixture(JSON.parse(JSON.stringify(mixture)) as ModelFile);
    expect(await again.scoreSamples(unseen, { backend: 'wasm' })).toEqual(Float64Array.of(value));
    expect(Number.isFinite(value)).toBe(true);
  });

  test('is seeded by counts as numbers: clusters far apart are found at once', async () => {
    const far = Array.from({ length: 300 }, (_, i) => [[2, 400, 5000][i % 3] + ((7 * i) % 5)]);
    const ends = await fitMixture(far, options);
    const found = ends.mixture.columnMeans.flat().sort((a, b) => a - b);
    expectAllWithin(found, [4, 402, 5002], 1e-3 * 5002);
    expectAllWithin(ends.mixture.weights, [1 / 3, 1 / 3, 1 / 3], 1e-6);
  });

  test('is selected among beside levels, each of whose limits counts for its own', async () => {
    const { best } = await selectMixture(rows.slice(0, 300), { families: [categorical(), negativeBinomial()], components: [1, 2], backend: 'wasm' }); // prettier-ignore
    expect(best.family.name).toBe('negativeBinomial');
  });

  test('refuses more than 4,096 different counts, and offers what does without them', async () => {
    const many = Array.from({ length: 4097 }, (_, i) => [i]);
    expect(await messageOf(fitMixture(many, { ...options, components: 1 }))).toBe(
      'data: expected at most 4,096 different counts in a column, got more in column x0; give a size, as in negativeBinomial({ size: 2 }), or choose a family of real numbers',
    );
    const { mixture } = await fitMixture(many.slice(1), { ...options, components: 1, maxIterations: 3 });
    expect((await mixture.scoreSamples(many)).every(Number.isFinite)).toBe(true);
    const { status } = await fitMixture(many, { ...options, family: negativeBinomial({ size: 2 }), components: 1 });
    expect(status).toBe('converged');
  });

  test('names what is no count, however many different numbers there are', async () => {
    const reals = Array.from({ length: 5000 }, (_, i) => [i === 3 ? 1.25 : i % 50]);
    const parts = Array.from({ length: 5000 }, (_, i) => [i + 0.5]);
    const of = (value: string): string =>
      `data: expected counts: whole numbers ≥ 0, got ${value}, column x0; round it, or choose a family of real numbers`;
    expect(await messageOf(fitMixture(reals, options))).toBe(of('1.25 in row 3'));
    expect(await messageOf(fitMixture(parts, options))).toBe(of('0.5 in row 0'));
    const { mixture } = await fitMixture(rows, options);
    expect(await messageOf(mixture.predict([[1, 2], [3, -1]]))).toBe(of('-1 in row 1').replace('x0', 'x1')); // prettier-ignore
  });
});

describe('negativeBinomial of known size', () => {
  test('keeps its size as an option, and reads it from text', async () => {
    const { mixture } = await fitMixture(rows, { ...options, family: negativeBinomial({ size: 2.5 }) });
    const file = JSON.parse(JSON.stringify(mixture)) as ModelFile;
    expect(file).toMatchObject({ family: 'negativeBinomial', options: { size: '2.5' } });
    expect((await loadMixture(file)).components).toEqual(mixture.components);
    expect(negativeBinomial({ size: '2.5' }).options).toEqual(known.family.options);
    expect(negativeBinomial({ size: 2.5 }).encoding).not.toBe(negativeBinomial({ size: 3 }).encoding);
  });

  test.each([0, -1, NaN, Infinity, 'many'])('refuses a size of %s', (size) => {
    expect(() => negativeBinomial({ size } as { size: number })).toThrow(
      `negativeBinomial: expected a size > 0, got ${typeof size === 'string' ? '"many"' : size}; give a number such as 2, or leave it out to have sizes estimated`,
    );
  });
});

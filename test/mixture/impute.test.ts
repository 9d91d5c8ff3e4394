import { describe, expect, test } from 'vitest';
import { bernoulli, categorical, fitMixture, gaussian, logNormal, poisson, product, vonMisesFisher } from '../../src/index.js'; // prettier-ignore
import { mulberry32, normal } from '../oracle/index.js';
import { expectAllWithin, expectWithin } from '../within.js';

const random = mulberry32(3);
const rows = Array.from({ length: 300 }, (_, i) => {
  const [u, v, w] = [normal(random), normal(random), normal(random)];
  const far = 8 * (i % 2);
  return [far + u, far + 0.8 * u + 0.5 * v, 2 * far - 0.3 * u + w].map((x) => (random() < 0.15 ? NaN : x));
});

describe.each(['full', 'tied', 'diag', 'spherical'] as const)('%s Gaussians', (covariance) => {
  test('have the mean of what is missing, given what is there', async () => {
    const family = gaussian({ covariance });
    const { mixture } = await fitMixture(rows, { family, components: 2, missing: 'model' });
    const { data, shape } = await mixture.impute(rows);
    expect(shape).toEqual([300, 3]);
    const proba = (await mixture.predictProba(rows, { missing: 'model' })).data;
    rows.forEach((row, i) => {
      row.forEach((value, j) => {
        const got = data[3 * i + j];
        if (!Number.isNaN(value)) expect(got).toBe(value);
        else expectWithin(got, expected(row, j, proba.subarray(2 * i, 2 * i + 2), mixture), 1e-6);
      });
    });
  });
});

/** Σ_k r_k (μ_kj + Σ_jo Σ_oo⁻¹ (x_o − μ_ko)), of at most two columns that are there. */
function expected(
  row: readonly number[],
  j: number,
  shares: ArrayLike<number>,
  { means, covariances }: { means: number[][]; covariances: number[][][] },
): number {
  const there = [0, 1, 2].filter((column) => !Number.isNaN(row[column]));
  return [0, 1].reduce((sum, k) => {
    const s = covariances[k];
    const delta = there.map((column) => row[column] - means[k][column]);
    let mean = means[k][j];
    if (there.length === 1) mean += (s[j][there[0]] / s[there[0]][there[0]]) * delta[0];
    else if (there.length === 2) {
      const [a, b] = there;
      const determinant = s[a][a] * s[b][b] - s[a][b] ** 2;
      const first = (s[b][b] * delta[0] - s[a][b] * delta[1]) / determinant;
      const second = (s[a][a] * delta[1] - s[a][b] * delta[0]) / determinant;
      mean += s[j][a] * first + s[j][b] * second;
    }
    return sum + shares[k] * mean;
  }, 0);
}

test('levels are the likeliest, counts and durations their means, and what is there stays', async () => {
  const people = Array.from({ length: 400 }, (_, i) => {
    const group = i % 2;
    const gap = <T>(value: T): T | null => (random() < 0.15 ? null : value);
    return {
      town: gap(random() < 0.9 ? ['Bern', 'Ulm'][group] : 'Aarau'),
      code: gap(random() < 0.9 ? 10 + 5 * group : 20),
      visits: gap(Math.max(0, Math.round(3 + 9 * group + normal(random)))),
      wait: gap(Math.exp(group + 0.2 * normal(random))),
      member: gap(Number(random() < 0.1 + 0.8 * group)),
    };
  });
  const family = product([
    { columns: ['town', 'code'], family: categorical() },
    { columns: ['visits'], family: poisson() },
    { columns: ['wait'], family: logNormal() },
    { columns: ['member'], family: bernoulli() },
  ]);
  const { mixture } = await fitMixture(people, { family, components: 2, missing: 'model' });
  expect(mixture.levels.slice(0, 2)).toEqual([['Aarau', 'Bern', 'Ulm'], [10, 15, 20]]); // prettier-ignore
  const labels = await mixture.predict(people, { missing: 'model' });
  const { data } = await mixture.impute(people);
  const whole = await mixture.impute(people, { whole: true });
  const isGap = people.map(({ visits }) => visits === null);
  expect(data.some((value, at) => at % 5 === 2 && isGap[Math.floor(at / 5)] && !Number.isInteger(value))).toBe(true);
  expect(whole.data).toEqual(data.map((value, at) => (at % 5 === 2 ? Math.round(value) : value)));
  const means = mixture.columnMeans;
  people.forEach(({ town, code, visits, wait, member }, i) => {
    const own = data.subarray(5 * i, 5 * i + 5);
    const group = i % 2;
    const sure = Object.values(people[i]).filter((value) => value !== null).length >= 4;
    expect(own[0]).toBe(town === null ? own[0] : ['Aarau', 'Bern', 'Ulm'].indexOf(town));
    expect(own[1]).toBe(code ?? own[1]);
    expect(own[2]).toBe(visits ?? own[2]);
    expect(own[4]).toBe(member ?? own[4]);
    if (!sure) return;
    if (town === null) expect(own[0]).toBe(1 + group);
    if (code === null) expect(own[1]).toBe(10 + 5 * group);
    if (visits === null) expectWithin(own[2], means[labels[i]][2], 0.5);
    if (wait === null) expectWithin(own[3], means[labels[i]][3], 0.1);
    if (member === null) expect(own[4]).toBe(group);
  });
});

test('rows come block after block, with which values were put in', async () => {
  const { mixture } = await fitMixture(rows, { family: gaussian(), components: 2, missing: 'model' });
  const all: number[] = [];
  let missing = 0;
  for await (const { data, shape, imputed } of mixture.imputeRows(rows)) {
    expect(imputed).toHaveLength(shape[0] * shape[1]);
    missing += imputed.reduce((sum, one) => sum + one, 0);
    all.push(...data);
  }
  expect(missing).toBe(rows.flat().filter(Number.isNaN).length);
  expectAllWithin(all, (await mixture.impute(rows)).data, 0);
});

test('a family without margins of its own kind is refused', async () => {
  const { mixture } = await fitMixture(
    rows.filter((row) => !row.some(Number.isNaN)),
    { family: { ...vonMisesFisher(), withGaps: undefined } as never, components: 2 },
  );
  await expect(mixture.impute(rows)).rejects.toThrow(
    "mixture: missing: expected error or drop with family vonMisesFisher, which has no margins of its own kind, got model; fill missing values in, or leave such rows out with missing: 'drop' (--missing drop)",
  );
});

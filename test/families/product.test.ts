import { describe, expect, test } from 'vitest';
import {
  categorical,
  fitMixture,
  gaussian,
  loadMixture,
  logNormal,
  poisson,
  product,
  vonMisesFisher,
  type Family,
  type FitOptions,
} from '../../src/index.js';
import { InputError } from '../../src/base/errors.js';
import { mulberry32, normal } from '../oracle/index.js';
import { expectAllWithin, expectWithin } from '../within.js';

const n = 600;
const random = mulberry32(11);
/** Two groups in columns of every kind. */
const rows = Array.from({ length: n }, (_, i) => {
  const group = Number(i % 3 === 0);
  const [u, v, w] = [normal(random), normal(random), normal(random)];
  return {
    age: 40 + 10 * group + 3 * u,
    income: 100 + 2 * u + 5 * v - 20 * group,
    noise: w,
    visits: Math.floor(2 + 4 * group + 3 * random()),
    calls: Math.floor(6 * random()),
    region: group === 1 && random() < 0.7 ? 2 : Math.floor(3 * random()),
    wait: Math.exp(group + 0.5 * normal(random)),
    dx: 1 + group + 0.3 * u,
    dy: 2 * group + 0.3 * v,
    dz: 1 + 0.3 * w,
  };
});
const columnsOf = (...names: (keyof (typeof rows)[number])[]): { data: typeof rows; columns: string[] } => ({
  data: rows,
  columns: names,
});
const options = { components: 2, backend: 'wasm', tolerance: 1e-9, maxIterations: 40 } as const satisfies FitOptions;

const mixed = (): Family =>
  product([
    { columns: ['dx', 'dy', 'dz'], family: vonMisesFisher() },
    { columns: ['visits', 'calls'], family: poisson() },
    { columns: ['region'], family: categorical() },
    { columns: ['age', 'income'], family: gaussian() },
    { columns: ['wait'], family: logNormal() },
    { columns: '*', family: gaussian({ covariance: 'spherical' }) },
  ]);

describe('a product of one family', () => {
  test.each([
    ['diagonal Gaussians', () => gaussian({ covariance: 'diag' }), ['age', 'income'], 1e-9],
    ['counts', poisson, ['visits', 'calls'], 1e-12],
  ] as const)('%s on two columns is the family on both', async (_, family, [a, b], tolerance) => {
    const data = columnsOf(a, b);
    const both = await fitMixture(data, { ...options, family: family() });
    const apart = product([
      { columns: [b], family: family() },
      { columns: [a], family: family() },
    ]);
    const seeding = { weights: both.mixture.weights, components: both.mixture.components };
    const [one] = both.mixture.components;
    const split = [1, 0].map((j) => {
      const own = Object.entries(one).filter(([name]) => name !== 'family' && name !== 'columns');
      const pick = (values: unknown): unknown => {
        const lists = values as number[][] | number[][][];
        return lists.map((list) => (Array.isArray(list[j]) ? [[list[j][j]]] : [list[j]]));
      };
      return Object.fromEntries(own.map(([name, values]) => [name, pick(values)]));
    });
    const again = await fitMixture(data, { ...options, family: family(), seeding, maxIterations: 3 });
    const fit = await fitMixture(data, {
      ...options,
      family: apart,
      seeding: { weights: both.mixture.weights, components: split },
      maxIterations: 3,
    });
    expectWithin(fit.criteria.logLikelihood / again.criteria.logLikelihood, 1, tolerance);
    expect(fit.mixture.parameters).toBe(again.mixture.parameters);
  });
});

describe.each(['cpu', 'wasm'] as const)('a product of every kind on %s', (backend) => {
  test('falls in F, says the sum of its factors’ log-densities, and keeps its duality', async () => {
    const fit = await fitMixture(rows, { ...options, family: mixed(), backend });
    fit.objective.slice(1).forEach((value, i) => expect(value).toBeLessThanOrEqual(fit.objective[i] + 1e-6));
    const { gap, dual } = await fit.plan.duality();
    expectWithin(gap, 0, 1e-6 * Math.abs(dual));
    const { mixture } = fit;
    const blocks = mixture.components;
    expect(blocks.map(({ family, columns }) => [family, columns.join('+')])).toEqual([
      ['vonMisesFisher', 'dx+dy+dz'],
      ['poisson', 'visits+calls'],
      ['categorical', 'region'],
      ['gaussian', 'age+income'],
      ['logNormal', 'wait'],
      ['gaussian', 'noise'],
    ]);
    const scores = await mixture.scoreSamples(rows, { backend });
    expectAllWithin(
      scores.subarray(0, 50),
      rows.slice(0, 50).map((row) => byHand(row, mixture)),
      2e-5,
    );
    expect(new Set(await mixture.predict(rows))).toEqual(new Set([0, 1]));
  });
});

type Row = (typeof rows)[number];

/** log Σ_k w_k Π_f p_f, of densities as textbooks have them. */
function byHand(row: Row, { weights, components }: Awaited<ReturnType<typeof fitMixture>>['mixture']): number {
  const [directions, counts, levels, plane, waits, ball] = components as unknown as Record<string, number[][] & number[][][]>[]; // prettier-ignore
  const gauss = (x: number, mean: number, variance: number): number =>
    -((x - mean) ** 2) / (2 * variance) - Math.log(2 * Math.PI * variance) / 2;
  const logs = weights.map((weight, k) => {
    const length = Math.hypot(row.dx, row.dy, row.dz);
    const kappa = (directions.concentrations as unknown as number[])[k];
    const dot = ([row.dx, row.dy, row.dz].reduce((sum, x, j) => sum + x * directions.means[k][j], 0) / length) * kappa;
    // On the sphere of ℝ³, C(κ) = κ / (4π sinh κ).
    let sum = Math.log(weight) + dot + Math.log(kappa / (2 * Math.PI)) - kappa - Math.log1p(-Math.exp(-2 * kappa));
    [row.visits, row.calls].forEach((x, j) => {
      let factorial = 0;
      for (let i = 2; i <= x; i++) factorial += Math.log(i);
      sum += x * Math.log(counts.rates[k][j]) - counts.rates[k][j] - factorial;
    });
    sum += Math.log(levels.probabilities[0][k][row.region]);
    const [[a, b], [, c]] = plane.covariances[k];
    const [x, y] = [row.age - plane.means[k][0], row.income - plane.means[k][1]];
    const determinant = a * c - b * b;
    sum -= (c * x * x - 2 * b * x * y + a * y * y) / (2 * determinant) + Math.log(4 * Math.PI ** 2 * determinant) / 2;
    sum += gauss(Math.log(row.wait), waits.meanLogs[k][0], waits.varianceLogs[k][0]) - Math.log(row.wait);
    return sum + gauss(row.noise, ball.means[k][0], ball.covariances[k][0][0]);
  });
  const most = Math.max(...logs);
  return most + Math.log(logs.reduce((sum, log) => sum + Math.exp(log - most), 0));
}

test('texts are levels, by their names in the model, and one that the fit has not seen is refused', async () => {
  const people = rows.slice(0, 90).map(({ visits, region }) => ({ region: ['Bern', 'Ulm', 'Aarau'][region], visits }));
  const family = product([
    { columns: ['region'], family: categorical() },
    { columns: ['visits'], family: poisson() },
  ]);
  const { mixture } = await fitMixture(people, { ...options, family });
  const file = JSON.parse(JSON.stringify(mixture.toJSON())) as ReturnType<typeof mixture.toJSON>;
  expect(file.columns[0]).toEqual({ name: 'region', levels: ['Aarau', 'Bern', 'Ulm'] });
  const again = await loadMixture(file);
  expect(await again.predict(people.toReversed())).toEqual((await mixture.predict(people)).toReversed());
  await expect(again.predict([...people, { region: 'Thun', visits: 1 }])).rejects.toThrow(
    'data: expected one of the levels Aarau, Bern, Ulm, got "Thun" in row 90, column region; leave the row out, or fit again with such rows',
  );
  await expect(fitMixture(people, { ...options, family: poisson() })).rejects.toThrow(InputError);
});

test('a product is saved, read, started from and sampled from', async () => {
  const { mixture } = await fitMixture(rows, { ...options, family: mixed() });
  const file = JSON.parse(JSON.stringify(mixture.toJSON())) as ReturnType<typeof mixture.toJSON>;
  expect(file.options).toEqual({
    factors:
      'von-mises-fisher:dx+dy+dz,poisson:visits+calls,categorical:region,gaussian(full):age+income,log-normal:wait,gaussian(spherical):noise',
  });
  expect(file.columns.find((column) => typeof column === 'object' && column.name === 'region')).toEqual({ name: 'region', levels: [0, 1, 2] }); // prettier-ignore
  const again = await loadMixture(file);
  expect(await again.scoreSamples(rows)).toEqual(await mixture.scoreSamples(rows));
  expect(again.sample(20, { seed: 3 })).toEqual(mixture.sample(20, { seed: 3 }));
  const { weights, components } = mixture;
  const start = await fitMixture(rows, { ...options, family: mixed(), seeding: { weights, components }, maxIterations: 0 }); // prettier-ignore
  expectWithin(-start.objective[0], await mixture.score(rows), 1e-6);
  const { data } = mixture.sample(2000);
  const at = (name: string): number => mixture.columns.indexOf(name);
  const d = mixture.columns.length;
  for (let row = 0; row < 2000; row++) {
    expect([0, 1, 2]).toContain(data[row * d + at('region')]);
    expect(Number.isInteger(data[row * d + at('visits')])).toBe(true);
    expect(data[row * d + at('wait')]).toBeGreaterThan(0);
  }
});

describe('refused', () => {
  const fit = (family: Family): Promise<unknown> => fitMixture(rows, { ...options, family });
  test.each([
    [() => product([]), 'product: expected factors such as { columns: [\'age\', \'income\'], family: gaussian() }, got []; give each its columns, or *, and its family'], // prettier-ignore
    [() => fit(product([{ columns: ['agee', 'income'], family: gaussian() }])), 'product: expected columns of the data, got "agee"; did you mean "age"?'], // prettier-ignore
    [() => fit(product([{ columns: ['age'], family: gaussian() }])), 'product: expected a family for each column, got none for "income", "noise", "visits", "calls", "region", "wait", "dx", "dy" and 1 more; name them too, or give data without them'], // prettier-ignore
    [() => fit(product([{ columns: ['age'], family: poisson() }, { columns: '*', family: gaussian() }])), /^data: expected counts: whole numbers ≥ 0, got [\d.]+ in row 0, column age; round it, or choose a family of real numbers$/], // prettier-ignore
  ] as const)('%s', async (act, message) => {
    const thrown = await Promise.resolve().then(act).catch((error: unknown) => error); // prettier-ignore
    expect(thrown).toBeInstanceOf(InputError);
    const { message: got } = thrown as InputError;
    if (typeof message === 'string') expect(got).toBe(message);
    else expect(got).toMatch(message);
  });
});

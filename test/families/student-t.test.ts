/** Student-t components: against plain EM, at the ends of what they take, and in the words of messages. */
import { describe, expect, test } from 'vitest';
import { FastRandom } from '../../src/base/fast-random.js';
import { familyOf } from '../../src/families/families.js';
import { fitMixture, gaussian, loadMixture, studentT, type FitOptions } from '../../src/index.js';
import { sum } from '../oracle/index.js';
import { expectAllWithin, expectWithin } from '../within.js';
import { type Model, kinds, options, rows, shaped, start, step } from './student-em.js';

describe.each(['cpu', 'wasm'] as const)('on %s', (backend) => {
  test.each(kinds.map(({ form, degrees }) => [form, degrees] as const))(
    'EM with %s scales and degrees %s is plain EM in float64, step by step',
    async (covariance, degrees) => {
      const given = options({ covariance, degrees });
      const { objective, mixture, criteria } = await fitMixture(rows, { ...given, maxIterations: 6, backend });
      let model: Model = {
        ...start,
        scales: start.scales.map((one) => shaped(one, covariance)),
        degrees: start.degrees.map((nu) => (typeof degrees === 'number' ? degrees : nu)),
      };
      if (covariance === 'tied') model.scales = model.scales.map(() => [[1.5, 0.05], [0.05, 1.5]]); // prettier-ignore
      for (let at = 0; at < objective.length; at++) {
        model = step(model, covariance, degrees).model;
        expectWithin(objective[at], step(model, covariance, degrees).F, 1e-6, `F after step ${at + 1}`);
      }
      const [own] = mixture.components as unknown as [Omit<Model, 'weights'>];
      expectAllWithin(mixture.weights, model.weights, 1e-5);
      expectAllWithin(own.means.flat(), model.means.flat(), 1e-5);
      expectAllWithin(own.scales.flat(2), model.scales.flat(2), 3e-5);
      own.degrees.forEach((nu, c) => expectWithin(nu / model.degrees[c], 1, 1e-4, `degrees of ${c}`));
      const free = { full: 6, tied: 3, diag: 4, spherical: 2 }[covariance];
      expect(mixture.parameters).toBe(1 + 4 + free + { each: 2, common: 1, 4: 0 }[degrees]);
      expectWithin(criteria.meanLogLikelihood, -objective.at(-1)!, 1e-6);
    },
  );
});

describe('a Student-t mixture', () => {
  const fit = (more: Partial<FitOptions> = {}) => fitMixture(rows, { family: studentT(), components: 2, backend: 'wasm', ...more }); // prettier-ignore

  test('puts clusters where they are, whatever rows far out; Gaussians do not', async () => {
    const seeding = { labels: rows.map((_, i) => i % 2) };
    const { mixture, criteria } = await fit({ seeding });
    expectAllWithin(mixture.columnMeans.flat(), [0, 0, 3, -1], 0.35);
    expect(criteria.bic).toBeLessThan((await fit({ family: gaussian(), seeding })).criteria.bic);
  });

  test('is seeded by every method, by means, labels and responsibilities', async () => {
    const labels = rows.map((_, i) => i % 2);
    const responsibilities = labels.map((label) => [0.1 + 0.8 * (1 - label), 0.1 + 0.8 * label]);
    for (const seeding of [
      'k-means++',
      'k-means',
      'k-means||',
      'random',
      { labels },
      { responsibilities },
      { means: start.means },
    ] as const) {
      // prettier-ignore
      const { mixture, objective } = await fit({ seeding, maxIterations: 30 });
      const [{ degrees }] = mixture.components as unknown as [Model];
      expect(objective.every(Number.isFinite)).toBe(true);
      expect(degrees.every((nu) => nu >= 0.05 && nu <= 200)).toBe(true);
    }
  });

  test('labels are a start in which every row has the same say, and degrees of freedom are 10', async () => {
    const own = [0, 1].map((c) => rows.filter((_, i) => i % 2 === c));
    const means = own.map((some) => [0, 1].map((j) => sum(some.map((row) => row[j])) / some.length));
    const scales = own.map(
      (some, c) =>
      [0, 1].map((i) => [0, 1].map((j) => sum(some.map((row) => (row[i] - means[c][i]) * (row[j] - means[c][j]))) / some.length)), // prettier-ignore
    );
    const { model } = step({ weights: [0.5, 0.5], means, scales, degrees: [10, 10] }, 'full', 'each');
    const seeding = { labels: rows.map((_, i) => i % 2) };
    const { objective } = await fit({ seeding, maxIterations: 1, regularization: 0 });
    expectWithin(objective[0], step(model, 'full', 'each').F, 1e-6);
  });

  test.each(['full', 'tied', 'diag', 'spherical'] as const)(
    'has the conjugate priors of Gaussians on means and %s scales: F with the term never rises',
    async (covariance) => {
      const family = studentT({ covariance });
      const few = rows.slice(0, 40);
      const prior = { weights: 2, shrinkage: 5 };
      const { objective, mixture } = await fitMixture(few, { family, components: 2, prior, tolerance: 0, maxIterations: 40, regularization: 0, restarts: 2 }); // prettier-ignore
      objective.forEach((value, t) => expect(t > 0 ? value - objective[t - 1] : 0).toBeLessThan(1e-6));
      expect(mixture.columnDeviations.flat().every((value) => value > 0.1)).toBe(true);
    },
  );

  test('is saved and loaded bit for bit, with each of its options', async () => {
    for (const { form: covariance, degrees } of kinds) {
      const { mixture } = await fitMixture(rows, { ...options({ covariance, degrees }), maxIterations: 3 });
      const again = await loadMixture(JSON.parse(JSON.stringify(mixture)) as Parameters<typeof loadMixture>[0]);
      expect(again.components).toEqual(mixture.components);
      expect(again.family.options).toEqual({ degrees: String(degrees), covariance });
      expect(await again.scoreSamples(rows)).toEqual(await mixture.scoreSamples(rows));
    }
  });

  test('has deviations that are finite: those of ν = 3 stand for lower ones', () => {
    const family = studentT();
    const of = (degrees: number[]): number[] =>
      [...family.spread(family.fromParameters({ means: degrees.map(() => [0]), scales: degrees.map(() => [[2]]), degrees }, 'test')).variances]; // prettier-ignore
    expectAllWithin(of([0.05, 1, 2, 2.5, 3, 4, 200]), [6, 6, 6, 6, 6, 4, (2 * 200) / 198], 1e-12);
  });

  test('coincides where scales and tails are alike', () => {
    const family = studentT();
    const means = [[0, 0], [0, 0], [0, 0], [5, 5]]; // prettier-ignore
    const scales = means.map(() => [[1, 0], [0, 1]]); // prettier-ignore
    const components = family.fromParameters({ means, scales, degrees: [3, 150, 200, 3] }, 'test');
    expect(family.coincident(family.pack(components), components)).toEqual([[1, 2]]);
  });

  test('comes back from a vector, within bounds', () => {
    for (const degrees of ['each', 'common', 4] as const) {
      const family = studentT({ degrees });
      const given = options({ degrees }).seeding as { components: [Record<string, never>] };
      const { family: _, ...parameters } = given.components[0];
      const components = family.fromParameters(parameters, 'test');
      const vector = family.toVector(components);
      const again = family.fromVector(vector, components)!;
      expectAllWithin(again.arrays.degrees.values, components.arrays.degrees.values, 1e-12);
      expect(again.arrays.covariances).toEqual(components.arrays.covariances);
      if (degrees === 4) continue;
      const far = family.fromVector(vector.map((value, at) => (at >= vector.length - 2 ? 9 : value)), components)!; // prettier-ignore
      expect([...far.arrays.degrees.values]).toEqual([200, 200]);
    }
  });
});

describe('extremes', () => {
  const family = studentT();
  const drawn = (degrees: number, count: number): number[][] => {
    const components = family.fromParameters({ means: [[3, -4]], scales: [[[2, 1], [1, 5]]], degrees: [degrees] }, 'test'); // prettier-ignore
    const data = new Float64Array(2 * count);
    family.sampler(components)(new Int32Array(count), new FastRandom(8), data);
    return Array.from({ length: count }, (_, i) => [data[2 * i], data[2 * i + 1]]);
  };

  test('rows without outliers have degrees of freedom at their upper bound', async () => {
    const plain = Array.from({ length: 300 }, (_, i) => [Math.sin(i), Math.cos(1.7 * i)]);
    const { mixture, objective } = await fitMixture(plain, {
      family,
      components: 1,
      maxIterations: 2000,
      tolerance: 0,
    });
    expect((mixture.components as unknown as [Model])[0].degrees[0]).toBeGreaterThan(190);
    objective.forEach((value, t) => expect(t > 0 ? value - objective[t - 1] : 0).toBeLessThan(1e-6));
  });

  test('tails that are heavier than any moment has are at the lower bound, and F falls', async () => {
    // Of ν = .05 rows are at 1e-4 of the scale and at 1e17 of it.
    const tails = drawn(0.05, 400).filter((row) => row.every((value) => Math.abs(value) < 1e12));
    const { mixture, objective } = await fitMixture(tails, { family, components: 1, maxIterations: 60 });
    expect(objective.every(Number.isFinite)).toBe(true);
    objective.forEach((value, t) => expect(t > 0 ? value - objective[t - 1] : 0).toBeLessThan(1e-5 * Math.abs(value)));
    expect((mixture.components as unknown as [Model])[0].degrees[0]).toBeLessThan(0.5);
  });

  test.each([['each'], ['common'], [4]] as const)(
    'rows 1e6 deviations out move nothing, degrees %s',
    async (degrees) => {
      const near = drawn(30, 400);
      const far = [...near, [2e6, -3e6], [-1e6, 1e6]];
      const given = { components: 1, family: studentT({ degrees }), maxIterations: 400, tolerance: 1e-9 };
      const { mixture } = await fitMixture(far, given);
      expectAllWithin(mixture.columnMeans[0], [3, -4], 0.5);
      const scores = await mixture.scoreSamples(far);
      expect(scores.every(Number.isFinite)).toBe(true);
      expect(Math.min(...scores.slice(-2))).toBeLessThan(-20);
    },
  );

  test('a few rows are enough, or one line says that they are not', async () => {
    const { mixture, objective } = await fitMixture(drawn(4, 5), { family, components: 1, maxIterations: 50 });
    expect(objective.every(Number.isFinite)).toBe(true);
    expect(mixture.sample(10).data.every(Number.isFinite)).toBe(true);
    await expect(fitMixture([[1, 2]], { family, components: 2 })).rejects.toThrow(/expected/);
  });

  test('samples of the heaviest tails are numbers', () => {
    expect(drawn(0.05, 5000).flat().every(Number.isFinite)).toBe(true);
  });
});

describe('what is wrong is one line', () => {
  const parameters = { means: start.means, scales: start.scales, degrees: [3, 5] };
  test.each([
    [() => studentT({ degrees: 0 }), "studentT: expected degrees to be 'each', 'common' or a number > 0, got 0; "],
    [() => studentT({ degrees: 'tied' as never }), "studentT: expected degrees to be 'each', 'common' or a number > 0, got \"tied\"; leave it out, which is each; the covariance type comes after it, as in student-t(each,tied)"], // prettier-ignore
    [() => studentT({ covariance: 'round' as never }), 'gaussian: expected covariance to be one of'],
    [() => familyOf('studentT', ['4', 'full', 'x']), '--family: expected student-t(degrees, covariance), got student-t(4, full, x); '], // prettier-ignore
    [() => studentT({ degrees: 4 }).fromParameters(parameters, 'start'), "start: degrees: expected 4, as the family has, got 3; give 4, or choose the family with degrees 'each'"], // prettier-ignore
    [() => studentT({ degrees: 'common' }).fromParameters(parameters, 'start'), 'start: degrees: expected 3, as the first component has, got 5; '], // prettier-ignore
    [() => studentT().fromParameters({ ...parameters, degrees: [3, 300] }, 'start'), 'start: degrees: expected degrees of freedom from 0.05 to 200, within which they are estimated, got 300 at [1]'], // prettier-ignore
    [() => studentT().fromParameters({ ...parameters, degrees: [3] }, 'start'), 'start: degrees: expected an array of 2, got one [1]; give one per component'], // prettier-ignore
    [() => studentT().fromParameters({ ...parameters, scales: start.scales.map(() => [[1, 2], [2, 1]]) }, 'start'), 'start: scales[0]: expected a symmetric positive definite matrix, got one that is not positive definite'], // prettier-ignore
  ])('%#', (make, message) => {
    expect(make).toThrow(message);
  });

  test('options are read as text, too', () => {
    expect(familyOf('studentT', ['4']).options).toEqual({ degrees: '4', covariance: 'full' });
    expect(familyOf('studentT', []).describe(2)).toBe(
      '2 Student-t components with full scale matrices and degrees of freedom of their own',
    );
    expect(familyOf('studentT', ['common', 'diag']).describe(1)).toBe(
      '1 Student-t component with a diagonal scale matrix and common degrees of freedom',
    );
  });
});

import { expect, test } from 'vitest';
import type { CovarianceForm } from '../../../kernels/form.js';
import { ExactShard } from '../../../src/sweep/exact/shard.js';
import type { PackedModel } from '../../../src/sweep/model.js';
import type { Moments } from '../../../src/sweep/moments.js';
import { logSumExp, mulberry32, normal, sum } from '../../oracle/index.js';
import { expectAllWithin, expectWithin } from '../../within.js';

const [k, d] = [2, 2];
const random = mulberry32(7);
const rows = Array.from({ length: 60 }, (_, i) => [normal(random), 3 * normal(random) * (i % 9 === 0 ? 1e6 : 1)]);
const weights = Float64Array.from(rows, (_, i) => 1 + (i % 3));
const means = Float64Array.of(0.2, -0.5, 1, -1);
const whitening: Record<CovarianceForm, number[]> = {
  full: [1, 0.3, 0, 0.5, 0.7, -0.4, 0, 2],
  tied: [0.9, -0.2, 0, 0.6],
  diag: [1, 0.5, 0.8, 1.5],
  spherical: [0.7, 1.2],
};

const modelOf = (form: CovarianceForm, degrees: readonly number[]): PackedModel<Float64Array> => ({
  k,
  logNormalizers: Float64Array.of(-1.5, -1.1),
  quadratic: [
    {
      ...{ form, d, means, whitening: Float64Array.from(whitening[form]) },
      ...{ radial: 'student', degrees: Float64Array.from(degrees) },
    },
  ],
});

async function swept(
  components: PackedModel<Float64Array>,
  epsilon = 1,
  of = rows,
): Promise<{ moments: Moments; logDensity: number[] }> {
  const shard = new ExactShard(d, [
    { start: 0, values: Float64Array.from(of.flat()), weights: weights.slice(0, of.length) },
  ]);
  const model = { components, weights: Float64Array.of(0.4, 0.6), potential: Float64Array.of(0, 0.2), epsilon };
  const [moments] = await shard.sweep([{ model }]);
  for await (const { logDensity } of shard.rows(model)) return { moments, logDensity: [...logDensity] };
  throw new Error('no rows');
}

/** z of component c, by the whole matrix. */
function whitened(form: CovarianceForm, row: readonly number[], c: number): number[] {
  const all = whitening[form];
  const [x, y] = row.map((value, j) => value - means[c * d + j]);
  if (form === 'diag') return [x * all[c * d], y * all[c * d + 1]];
  if (form === 'spherical') return [x * all[c], y * all[c]];
  const [a, b, , e] = all.slice(form === 'tied' ? 0 : 4 * c);
  return [x * a, x * b + y * e];
}

for (const form of ['full', 'tied', 'diag', 'spherical'] as const) {
  test(`${form}: densities and sums are as they are written`, async () => {
    const degrees = [0.7, 30];
    for (const epsilon of [0.5, 1, 3]) {
      const components = modelOf(form, degrees);
      const { moments, logDensity } = await swept(components, epsilon);
      const [mass, weight, logarithm] = [[0, 0], [0, 0], [0, 0]]; // prettier-ignore
      const first = [0, 0, 0, 0];
      let trace = 0;
      rows.forEach((row, i) => {
        const z = [0, 1].map((c) => whitened(form, row, c));
        const q = z.map((one) => sum(one.map((value) => value ** 2)));
        const logits = q.map((square, c) => {
          const log = components.logNormalizers[c] - ((degrees[c] + d) / 2) * Math.log(1 + square / degrees[c]);
          return Math.log([0.4, 0.6][c]) + ([0, 0.2][c] + log) / epsilon;
        });
        expectWithin(logDensity[i], logSumExp(logits), 1e-9);
        z.forEach((one, c) => {
          const share = weights[i] * Math.exp(logits[c] - logSumExp(logits));
          const u = (degrees[c] + d) / (degrees[c] + q[c]);
          mass[c] += share;
          weight[c] += share * u;
          logarithm[c] += share * (Math.log(u) - u);
          one.forEach((value, j) => (first[c * d + j] += share * u * value));
          trace += share * u * q[c];
        });
      });
      const [own] = moments.quadratic;
      expectAllWithin(moments.mass, mass, 1e-9);
      expectAllWithin(own.radial!.weight, weight, 1e-9);
      expectAllWithin(own.radial!.logarithm, logarithm, 1e-9);
      expectAllWithin(own.first, first, 1e-9);
      const matrices = form === 'full' || form === 'tied';
      const diagonal = own.second.filter((_, at) => !matrices || at % (d * d) === 0 || at % (d * d) === d + 1);
      expectWithin(sum([...diagonal]), trace, 1e-8);
    }
  });
}

test('components of infinite degrees of freedom are Gaussian', async () => {
  for (const epsilon of [0, 1, 3]) {
    const student = modelOf('full', [Infinity, Infinity]);
    const [{ radial: _, degrees: __, ...term }] = student.quadratic;
    const near = rows.map(([x, y], i) => [x, i % 9 === 0 ? y / 1e6 : y]);
    const one = await swept({ ...student, quadratic: [term] }, epsilon, near);
    const two = await swept(student, epsilon, near);
    expect(two.logDensity).toEqual(one.logDensity);
    const [{ radial, ...own }] = two.moments.quadratic;
    expect(own).toEqual(one.moments.quadratic[0]);
    expect(radial?.weight).toEqual(two.moments.mass);
    expectAllWithin(radial!.logarithm, two.moments.mass.map((mass) => -mass), 1e-12); // prettier-ignore
  }
});

test('of rows however far out log-densities and sums are finite: u z zᵀ tends to ν + d along the row', async () => {
  const degrees = [0.05, 200];
  const { logDensity } = await swept(modelOf('diag', degrees), 1, [[0, -1e250]]);
  // The first component's tail is the heavier: −(ν + d)/2 log(q / ν), with the logarithm taken apart.
  const log = -1.5 - ((0.05 + d) / 2) * (2 * (250 * Math.log(10) + Math.log(0.5)) - Math.log(0.05));
  expectWithin(logDensity[0], Math.log(0.4) + log, 1e-9 * Math.abs(log));
  const { moments } = await swept(modelOf('diag', degrees), 1, [[0, -1e250]]);
  const [{ first, second, radial }] = moments.quadratic;
  expectWithin(second[1], 0.05 + d, 1e-9);
  expect(radial!.weight[0]).toBe(0);
  expect([...first, ...second, ...radial!.logarithm].every(Number.isFinite)).toBe(true);
});

test('degrees of freedom of every component are needed', async () => {
  await expect(swept(modelOf('diag', [3]))).rejects.toThrow('degrees of freedom of 2 components were expected');
});

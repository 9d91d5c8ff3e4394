/** Values are those of their seed, bit for bit, and of no function that engines round differently. */
import { createHash } from 'node:crypto';
import { afterEach, expect, test, vi } from 'vitest';
import { FastRandom } from '../../../src/base/fast-random.js';
import { drawBeta } from '../../../src/families/sampling/beta.js';
import { drawBinomial } from '../../../src/families/sampling/binomial.js';
import * as gammas from '../../../src/families/sampling/gamma.js';
import { categoricalSampler, multinomialSampler } from '../../../src/families/sampling/multinomial.js';
import { Numbers } from '../../../src/families/sampling/numbers.js';
import { drawNegativeBinomial, drawPoisson } from '../../../src/families/sampling/poisson.js';
import * as simple from '../../../src/families/sampling/simple.js';
import { directionSampler } from '../../../src/families/sampling/von-mises-fisher.js';
import { drawn } from './goodness.js';

type Rows = (numbers: Numbers, rows: number) => Float64Array;

const each =
  (draw: (numbers: Numbers) => number): Rows =>
  (numbers, rows) =>
    Float64Array.from({ length: rows }, () => draw(numbers));
const rowsOf =
  (d: number, draw: (numbers: Numbers, into: Float64Array) => void): Rows =>
  (numbers, rows) => {
    const data = new Float64Array(rows * d);
    for (let row = 0; row < rows; row++) draw(numbers, data.subarray(row * d, (row + 1) * d));
    return data;
  };

const distributions: Readonly<Record<string, () => Rows>> = {
  poisson: () => each((numbers) => drawPoisson(numbers, 3)),
  'poisson of many': () => each((numbers) => drawPoisson(numbers, 1234.5)),
  'negative binomial': () => each((numbers) => drawNegativeBinomial(numbers, 20, 0.7)),
  binomial: () => each((numbers) => drawBinomial(numbers, 30, 0.1)),
  'binomial of many': () => each((numbers) => drawBinomial(numbers, 1000, 0.7)),
  bernoulli: () => each((numbers) => simple.drawBernoulli(numbers, 0.4)),
  exponential: () => each((numbers) => simple.drawExponential(numbers, 2)),
  geometric: () => each((numbers) => simple.drawGeometric(numbers, 0.1)),
  'log-normal': () => each((numbers) => simple.drawLogNormal(numbers, 1, 0.5)),
  gamma: () => each((numbers) => gammas.drawGamma(numbers, 2.5, 3)),
  'gamma of a small shape': () => each((numbers) => gammas.drawGamma(numbers, 0.2, 3)),
  beta: () => each((numbers) => drawBeta(numbers, 2, 3)),
  'beta of small shapes': () => each((numbers) => drawBeta(numbers, 0.5, 0.1)),
  student: () => each((numbers) => gammas.drawStudentFactor(numbers, 3) * numbers.normal()),
  categorical: () => each(categoricalSampler(Float64Array.of(0.2, 0.5, 0.3))),
  multinomial: () => {
    const draw = multinomialSampler(Float64Array.of(0.2, 0.5, 0.3));
    return rowsOf(3, (numbers, into) => draw(numbers, 40, into));
  },
  'multinomial of many': () => {
    const draw = multinomialSampler(Float64Array.of(0.2, 0.5, 0.3));
    return rowsOf(3, (numbers, into) => draw(numbers, 400, into));
  },
  'von Mises–Fisher': () => rowsOf(3, directionSampler([0.48, -0.6, 0.64], 7)),
};

/** The first values, and a digest of 2,000 rows. */
const pinned: Readonly<Record<string, readonly [first: readonly number[], digest: string]>> = {
  poisson: [[4, 1, 3], 'deee781ca8492394'],
  'poisson of many': [[1174, 1202, 1291], '66358090eca08087'],
  'negative binomial': [[1, 1, 0], 'f8bac63d01e7c5c4'],
  binomial: [[1, 3, 2], 'c9fca4562700a537'],
  'binomial of many': [[725, 713, 677], 'c206cab5c89c2c57'],
  bernoulli: [[1, 0, 1], '7c9edd41cc85202a'],
  exponential: [[0.04213097655255711, 0.3688722840564273, 0.11726256538081269], 'b9d3963e446bf25f'],
  geometric: [[0, 7, 2], '1faa06574c8f5fca'],
  'log-normal': [[0.9450149940580896, 2.8146216531671278, 1.6399087623290367], '4dde2ab82debafb9'],
  gamma: [[0.10241685769833449, 0.7569409620789433, 0.3311556203538188], '0776308d10d4f95d'],
  'gamma of a small shape': [[0.005945290145645952, 0.008277010526550006, 0.00907705965516766], '3aa808072eda7b10'],
  beta: [[0.05321627230287595, 0.1161950200748199, 0.24997894895334352], '5c1086cb6acb5039'],
  'beta of small shapes': [[0.9915710617965684, 0.9999027085915435, 0.9999918290978771], '02d7b9719f978093'],
  student: [[-1.1100624947328481, 0.5117533931579539, -0.021679076899220103], '9b1b656a71c7a061'],
  categorical: [[0, 1, 1], 'a01bad277c97ef05'],
  multinomial: [[7, 21, 12], 'a569b50ec0abd1fe'],
  'multinomial of many': [[66, 217, 117], '4dc095bb78137ac9'],
  'von Mises–Fisher': [[0.05307790884156216, -0.9674969216768241, -0.24724975660023651], '37a8e4d5f9d1612a'],
};

function digest(values: Float64Array): string {
  return createHash('sha256').update(new Uint8Array(values.buffer)).digest('hex').slice(0, 16);
}

const drawnOf = (name: string): Float64Array => distributions[name]()(new Numbers(new FastRandom(11)), 2000);

afterEach(() => vi.restoreAllMocks());

test.each(Object.keys(distributions))('%s: the same bits as ever', (name) => {
  const values = drawnOf(name);
  const [first, whole] = pinned[name];
  expect([...values.subarray(0, first.length)]).toEqual(first);
  expect(digest(values)).toBe(whole);
});

test('no value depends on how an engine rounds', () => {
  const exact = ['abs', 'ceil', 'clz32', 'floor', 'fround', 'imul', 'max', 'min', 'round', 'sign', 'sqrt', 'trunc'];
  const expected = Object.keys(distributions).map((name) => digest(drawnOf(name)));
  for (const name of Object.getOwnPropertyNames(Math)) {
    if (typeof Math[name as 'exp'] !== 'function' || exact.includes(name)) continue;
    vi.spyOn(Math, name as 'exp').mockImplementation(() => NaN);
  }
  expect(Math.exp(1)).toBeNaN();
  expect(Object.keys(distributions).map((name) => digest(drawnOf(name)))).toEqual(expected);
});

test('numbers are those of the stream, block by block', () => {
  const [uniforms, normals] = [new Float64Array(1024), new Float64Array(512)];
  const random = new FastRandom(3);
  random.uniforms(uniforms.subarray(0, 512));
  random.normals(normals);
  random.uniforms(uniforms.subarray(512));
  const numbers = new Numbers(new FastRandom(3));
  const [first, normal] = [numbers.uniform(), numbers.normal()];
  const others = Array.from({ length: 1023 }, () => numbers.uniform());
  expect([first, ...others]).toEqual([...uniforms]);
  expect([normal, ...Array.from({ length: 511 }, () => numbers.normal())]).toEqual([...normals]);
  expect(drawn(4, (one) => one.positive(), 3)).toEqual(uniforms.slice(0, 4).map((u) => 1 - u));
});

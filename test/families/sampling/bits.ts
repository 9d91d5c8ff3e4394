/** What a seed draws of every distribution, in every engine. */
import { expect, test } from 'vitest';
import { FastRandom } from '../../../src/base/fast-random.js';
import { drawBeta } from '../../../src/families/sampling/beta.js';
import { drawBinomial } from '../../../src/families/sampling/binomial.js';
import * as gammas from '../../../src/families/sampling/gamma.js';
import { categoricalSampler, multinomialSampler } from '../../../src/families/sampling/multinomial.js';
import { Numbers } from '../../../src/families/sampling/numbers.js';
import { drawNegativeBinomial, drawPoisson } from '../../../src/families/sampling/poisson.js';
import * as simple from '../../../src/families/sampling/simple.js';
import { directionSampler } from '../../../src/families/sampling/von-mises-fisher.js';
import { digest } from '../../mixture/draws.js';

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

export const distributions: Readonly<Record<string, () => Rows>> = {
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
const pinned: Readonly<Record<string, readonly [first: readonly number[], digest: number]>> = {
  poisson: [[4, 1, 3], 0x34fad36b],
  'poisson of many': [[1174, 1202, 1291], 0x41029822],
  'negative binomial': [[1, 1, 0], 0xc06e0ddd],
  binomial: [[1, 3, 2], 0x4beb8294],
  'binomial of many': [[725, 713, 677], 0xd0ec2045],
  bernoulli: [[1, 0, 1], 0xc4df97d8],
  exponential: [[0.04213097655255711, 0.3688722840564273, 0.11726256538081269], 0xa294a392],
  geometric: [[0, 7, 2], 0x6bad3201],
  'log-normal': [[0.9450149940580896, 2.8146216531671278, 1.6399087623290367], 0x85e12398],
  gamma: [[0.10241685769833449, 0.7569409620789433, 0.3311556203538188], 0xa8ece9f3],
  'gamma of a small shape': [[0.005945290145645952, 0.008277010526550006, 0.00907705965516766], 0x0253c6be],
  beta: [[0.05321627230287595, 0.1161950200748199, 0.24997894895334352], 0x41e2c733],
  'beta of small shapes': [[0.9915710617965684, 0.9999027085915435, 0.9999918290978771], 0xb113e1d6],
  student: [[-1.1100624947328481, 0.5117533931579539, -0.021679076899220103], 0xdc3a6876],
  categorical: [[0, 1, 1], 0xbdecb0d8],
  multinomial: [[7, 21, 12], 0xd301e0aa],
  'multinomial of many': [[66, 217, 117], 0x05feb8cb],
  'von Mises–Fisher': [[0.05307790884156216, -0.9674969216768241, -0.24724975660023651], 0x6b2fe3b6],
};

/** 2,000 rows of one seed. */
export const drawnOf = (name: string): Float64Array => distributions[name]()(new Numbers(new FastRandom(11)), 2000);

export function describeBits(): void {
  test.each(Object.keys(distributions))('%s: the same bits as ever', (name) => {
    const values = drawnOf(name);
    const [first, whole] = pinned[name];
    expect([...values.subarray(0, first.length)]).toEqual(first);
    expect(digest(values)).toBe(whole);
  });
}

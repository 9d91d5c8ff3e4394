import { describe, expect, test } from 'vitest';
import { FastRandom } from '../../src/base/fast-random.js';
import { NumberTally, type ColumnFacts, type NumberFacts } from '../../src/families/column-facts.js';
import { parseFamilies, printFamilies } from '../../src/families/family-text.js';
import { proposeFamilies } from '../../src/families/propose.js';
import { drawBeta } from '../../src/families/sampling/beta.js';
import { drawGamma } from '../../src/families/sampling/gamma.js';
import { Numbers } from '../../src/families/sampling/numbers.js';
import { drawNegativeBinomial, drawPoisson } from '../../src/families/sampling/poisson.js';
import { drawLogNormal } from '../../src/families/sampling/simple.js';
import { goldenRows } from '../golden/data.js';

const factsOf = (values: Iterable<number>, name = 'x'): NumberFacts => {
  const tally = new NumberTally();
  tally.add(values);
  return tally.facts(name);
};
const text = (values: number, distinct: number): ColumnFacts => ({ kind: 'text', name: 'x', values, missing: 0, distinct }); // prettier-ignore

/** The family and the reason for a column, which stands beside another that always has one. */
function choice(facts: ColumnFacts): string {
  const other: ColumnFacts = { kind: 'boolean', name: 'other', values: 10, missing: 0, distinct: 2 };
  const [, { name, family, reason }] = proposeFamilies([other, facts]).columns;
  expect(name).toBe(facts.name);
  return `${family}: ${reason}`;
}

const drawn = (n: number, draw: (numbers: Numbers, row: number) => number): Float64Array => {
  const numbers = new Numbers(new FastRandom(5));
  return Float64Array.from({ length: n }, (_, row) => draw(numbers, row));
};
/** Each of some values so many times. */
const repeated = (values: readonly number[], times: readonly number[]): number[] =>
  values.flatMap((value, i) => new Array<number>(times[i]).fill(value));

describe('levels:', () => {
  test.each([
    [text(100, 4), 'categorical: text of 4 levels'],
    [text(2000, 1000), 'categorical: text of 1000 levels'],
    [text(5000, 1001), 'ignore: text of over 1,000 levels'],
    [text(100, 100), 'ignore: text that differs in every row'],
    [text(100, 51), 'ignore: text whose levels come less than twice in the mean'],
    [text(100, 50), 'categorical: text of 50 levels'],
    [text(100, 1), 'ignore: constant'],
    [text(0, 0), 'ignore: no values'],
    [{ ...text(100, 2), missing: 0.78 }, 'ignore: 78 % missing'],
    [{ ...text(100, 2), missing: 0.5 }, 'categorical: text of 2 levels'],
    [{ ...text(100, 2), kind: 'boolean' }, 'categorical: true or false'],
    [{ ...text(2, 2), kind: 'boolean' }, 'categorical: true or false'],
  ] as const)('%j is %s', (facts, expected) => {
    expect(choice(facts)).toBe(expected);
  });
});

describe('whole numbers:', () => {
  test.each<[string, readonly number[] | Float64Array, string]>([
    ['0 and 1', repeated([0, 1], [7, 3]), 'bernoulli: 0 and 1 alone'],
    ['1 and 2', repeated([1, 2], [7, 3]), 'categorical: 2 whole numbers that are no counts from 0'],
    ['-1, 0 and 1', repeated([-1, 0, 1], [4, 5, 6]), 'categorical: 3 whole numbers that are no counts from 0'],
    ['answers from 1 to 5', repeated([1, 2, 3, 4, 5], [2, 5, 9, 7, 3]), 'categorical: 5 whole numbers that are no counts from 0'],
    ['months', Array.from({ length: 240 }, (_, i) => 1 + (i % 12)), 'categorical: 12 whole numbers that are no counts from 0'],
    ['answers from 0 to 2, of less variance than counts', repeated([0, 1, 2], [3, 10, 4]), 'categorical: 3 whole numbers that are no counts from 0'],
    // mean 1.4, variance 1.24: of 1000 rows of a Poisson distribution 54 would be over 3
    ['answers from 0 to 3, where counts would go on', repeated([0, 1, 2, 3], [300, 220, 260, 220]), 'categorical: 4 whole numbers that are no counts from 0'],
    ['few counts', repeated([0, 1, 2, 3], [60, 30, 8, 2]), 'poisson: counts whose variance is 1.0 times their mean'],
    ['a few values, once each', [3, 9, 4, 21, 8], 'gaussian: whole numbers that are no counts'],
    ['numbers of rows', Array.from({ length: 500 }, (_, i) => 1000 + ((i * 7) % 500)), 'ignore: numbers of rows'],
    ['these but for one', Array.from({ length: 500 }, (_, i) => (i === 250 ? 251 : i)), 'negativeBinomial: counts whose variance is 83 times their mean'],
    ['these but for two', Array.from({ length: 500 }, (_, i) => (i === 1 ? 0 : i === 498 ? 499 : i)), 'negativeBinomial: counts whose variance is 84 times their mean'],
    ['years', Array.from({ length: 200 }, (_, i) => 1980 + (i % 40)), 'gaussian: whole numbers that are no counts'],
    ['Fahrenheit', drawn(300, (numbers) => Math.round(78 + 9 * numbers.normal())), 'gaussian: whole numbers that are no counts'],
    ['negative ones', drawn(300, (numbers) => Math.round(9 * numbers.normal())), 'gaussian: whole numbers that are no counts'],
    ['amounts of money, a third of them 0', drawn(900, (numbers, row) => (row % 3 === 0 ? 0 : Math.round(drawLogNormal(numbers, 8, 1)))), 'gaussian: whole numbers that are no counts'],
    ['amounts of hundreds', drawn(900, (numbers, row) => (row % 5 === 0 ? 0 : 100 * Math.round(drawLogNormal(numbers, 2, 0.5)))), 'gaussian: whole numbers that are no counts'],
    ['visits of which some are many', drawn(900, (numbers, row) => drawNegativeBinomial(numbers, row % 3 === 0 ? 400 : 5, 0.8)), 'negativeBinomial: counts whose variance is '],
    ['incomes', drawn(9000, (numbers) => 1000 + Math.round(drawLogNormal(numbers, 10, 0.8))), 'logNormal: positive numbers of skewness '],
  ])('%s', (_, values, expected) => {
    expect(choice(factsOf(values)).startsWith(expected), choice(factsOf(values))).toBe(true);
  }); // prettier-ignore

  test.each([
    [3, 'poisson: counts whose variance is 0.98 times their mean'],
    [25, 'poisson: counts whose variance is 1.0 times their mean'],
    [200, 'gaussian: whole numbers that are no counts'],
  ])('Poisson of mean %d', (mean, expected) => {
    expect(choice(factsOf(drawn(2000, (numbers) => drawPoisson(numbers, mean))))).toBe(expected);
  });

  test('negative binomials, and mixtures of Poisson distributions', () => {
    const one = drawn(2000, (numbers) => drawNegativeBinomial(numbers, 16, 1.5));
    expect(choice(factsOf(one))).toMatch(/^negativeBinomial: counts whose variance is 1\d times their mean$/);
    const two = drawn(2000, (numbers, row) => drawPoisson(numbers, row % 2 === 0 ? 2 : 20));
    expect(choice(factsOf(two))).toMatch(/^negativeBinomial: counts whose variance is 8.\d times their mean$/);
  });

  test('at the edges of rules', () => {
    const facts: NumberFacts = { ...factsOf(drawn(2000, (numbers) => drawPoisson(numbers, 20))), mean: 20, min: 5 };
    const family = (changed: Partial<NumberFacts>): string => choice({ ...facts, ...changed }).replace(/:.*/, '');
    expect(family({ variance: 13.3 })).toBe('gaussian');
    expect(family({ variance: 13.4 })).toBe('poisson');
    expect(family({ variance: 30 })).toBe('poisson');
    expect(family({ variance: 30.1 })).toBe('negativeBinomial');
    expect(family({ variance: 30.1, min: 6 })).toBe('gaussian');
    expect(family({ variance: 30, min: 10 })).toBe('poisson');
    expect(family({ variance: 30, min: 11 })).toBe('gaussian');
    expect(family({ variance: 30.1, distinct: 4096 })).toBe('negativeBinomial');
    expect(family({ variance: 30.1, step: 2 })).toBe('gaussian');
    expect(family({ variance: 2e4, distinct: 1001 })).toBe('negativeBinomial');
    expect(family({ variance: 2.1e4, distinct: 1000 })).toBe('negativeBinomial');
    expect(family({ variance: 2.1e4, distinct: 1001 })).toBe('gaussian');
    expect(family({ variance: 2.1e4, distinct: 502, zeros: 1000 })).toBe('gaussian');
    expect(family({ variance: 30.1, distinct: 4097 })).toBe('gaussian');
    expect(family({ variance: 30, distinct: 13, min: 3 })).toBe('poisson');
    expect(family({ variance: 30, distinct: 12, min: 3 })).toBe('categorical');
    expect(family({ variance: 30, distinct: 12, min: 3, values: 23 })).toBe('poisson');
  });
});

describe('real numbers:', () => {
  test.each<[string, Float64Array, string]>([
    ['shares', drawn(500, (numbers) => drawBeta(numbers, 2, 5)), 'beta: between 0 and 1'],
    ['shares that reach 1', Float64Array.of(1, ...drawn(500, (numbers) => drawBeta(numbers, 2, 2))), 'gaussian: real numbers'],
    ['normal ones', drawn(500, (numbers) => numbers.normal()), 'gaussian: real numbers'],
    ['positive ones without skew', drawn(500, (numbers) => 20 + numbers.normal()), 'gaussian: real numbers'],
    ['gamma of shape 2', drawn(2000, (numbers) => drawGamma(numbers, 2, 0.1)), 'gamma: positive numbers of skewness '],
    ['gamma of shape 8', drawn(2000, (numbers) => drawGamma(numbers, 8, 0.1)), 'gaussian: real numbers'],
    ['log-normal', drawn(2000, (numbers) => drawLogNormal(numbers, 2, 0.8)), 'logNormal: positive numbers of skewness '],
    ['a skewed one with a 0', Float64Array.of(0, ...drawn(2000, (numbers) => drawGamma(numbers, 2, 0.1))), 'gaussian: real numbers'],
    // log x̄ − mean log x is .3, but the skewness is .4
    ['two Gaussians, of which the upper is a little smaller', drawn(2000, (numbers, row) => (row % 5 < 2 ? 10 : 2) + 0.2 * numbers.normal()), 'gaussian: real numbers'],
    // skewness 1.5, but log x̄ − mean log x is .12
    ['two Gaussians, of which the upper is smaller', drawn(2000, (numbers, row) => (row % 5 === 0 ? 30 : 10) + numbers.normal()), 'gaussian: real numbers'],
    // log x̄ − mean log x is .6, but the skewness is −1.5
    ['two Gaussians, of which the lower is smaller', drawn(2000, (numbers, row) => (row % 5 === 0 ? 1.5 : 30) + 0.2 * numbers.normal()), 'gaussian: real numbers'],
  ])('%s', (_, values, expected) => {
    expect(choice(factsOf(values)).startsWith(expected), choice(factsOf(values))).toBe(true);
  }); // prettier-ignore
});

const iris = goldenRows('iris');
const column = (j: number): number[] => iris.map((row) => row[j]);

test('iris is Gaussian, its species categorical: what is printed may be pasted', () => {
  const names = ['sepal length', 'sepal width', 'petal length', 'petal width'];
  const numbers = names.map((name, j) => factsOf(column(j), name));
  const { entries } = proposeFamilies([
    factsOf(Array.from({ length: 150 }, (_, i) => i + 1), '#'),
    ...numbers.slice(0, 2),
    { ...text(150, 3), name: 'species, by eye' },
    ...numbers.slice(2),
    { ...text(150, 150), name: 'label' },
  ]); // prettier-ignore
  const printed = printFamilies(entries);
  expect(printed).toBe(
    'gaussian:sepal length+sepal width+petal length+petal width,categorical:"species, by eye",ignore:#+label',
  );
  expect(parseFamilies(printed, ['gaussian', 'categorical'])).toEqual(entries);
});

test('where no column is left, says of each why', () => {
  const columns: readonly ColumnFacts[] = [{ ...text(5, 5), name: 'id' }, factsOf([2, 2, 2], 'two')];
  expect(() => proposeFamilies(columns)).toThrow(
    '--family auto: expected columns that differ from row to row and repeat, ' +
      'got "id" (text that differs in every row), "two" (constant); name a family and its columns',
  );
  expect(() => proposeFamilies([], 'here')).toThrow(/^here: expected columns .*, got none; name a family/);
});

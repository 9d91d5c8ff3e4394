import { describe, expect, test } from 'vitest';
import { columnMarginals } from '../../src/families/marginals.js';
import { levelIndices, levelSeparation, levelShares, withinSupport } from '../../src/report/columns.js';
import { reportInput } from './fixture.js';

const [marginal] = columnMarginals({
  columns: ['a'],
  components: [{ family: 'categorical', columns: ['a'], probabilities: [[[1, 0], [0.5, 0.5]]] }], // prettier-ignore
  levels: [[2, 7]],
  columnMeans: [[2], [4.5]],
  columnDeviations: [[0], [2.5]],
});

test('levels that are numbers have their index, and shares by component', () => {
  const input = { ...reportInput(2, 1), sample: { rows: [[7], [2], [7]], labels: [0, 0, 1] } };
  expect(Array.from(levelIndices(input, 0, marginal))).toEqual([1, 0, 1]);
  expect(levelShares(marginal, 1)).toEqual([0.5, 0.5]);
});

test('levels separate by the variance of shares between components over that within', () => {
  // Between, of each level: (1/4)²; within: half of 1/4.
  expect(levelSeparation([0.5, 0.5], marginal)).toBeCloseTo(0.5, 14);
  expect(levelSeparation([1, 0], marginal)).toBe(0);
});

describe('withinSupport', () => {
  test.each([
    ['count', [-3, 4.2], [-0.5, 5.5]],
    ['positive', [-3, 4], [0, 4]],
    ['share', [-3, 4], [0, 1]],
    ['direction', [-3, 4], [-1, 1]],
    ['real', [-3, 4], [-3, 4]],
  ] as const)('an axis of %s values shows what there can be', (kind, domain, expected) => {
    expect(withinSupport(domain, { ...marginal, kind })).toEqual(expected);
  });
});

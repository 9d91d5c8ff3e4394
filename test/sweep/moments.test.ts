import { expect, test } from 'vitest';
import { soleQuadratic } from '../../src/sweep/model.js';
import { addMoments, emptyMoments } from '../../src/sweep/moments.js';

const shape = { k: 2, quadratic: [{ form: 'full', d: 3 }, { form: 'tied', d: 1 }, { form: 'diag', d: 2 }] } as const; // prettier-ignore

test('moments have sums for every quadratic term, and no coupling unless asked for', () => {
  const { mass, coupling, quadratic } = emptyMoments(shape);
  expect([mass.length, coupling]).toEqual([2, undefined]);
  expect(quadratic.map(({ first, second }) => [first.length, second.length])).toEqual([[6, 18], [2, 1], [4, 4]]); // prettier-ignore
  expect(emptyMoments(shape, { coupling: true }).coupling).toHaveLength(4);
});

test('moments of different rows add, and those in different frames do not', () => {
  const one = emptyMoments(shape, { coupling: true });
  for (const sums of [one.mass, one.coupling, ...one.quadratic.flatMap(({ first, second }) => [first, second])]) {
    sums?.forEach((_, at) => (sums[at] = at + 1));
  }
  Object.assign(one, { weight: 2, objective: 3 });
  const all = emptyMoments(shape, { coupling: true });
  addMoments(all, one);
  expect(all).toEqual(one);
  addMoments(all, one);
  expect([all.weight, all.objective, all.mass[1], all.coupling?.[3]]).toEqual([4, 6, 4, 8]);
  expect([all.quadratic[0].first[5], all.quadratic[2].second[3]]).toEqual([12, 8]);
  expect(() => addMoments(all, emptyMoments(shape, { frame: 'differences' }))).toThrow('frame whitened');
});

test('a kernel that knows but one term refuses a model of several', () => {
  expect(soleQuadratic({ k: 2, quadratic: [shape.quadratic[0]] })).toEqual({ k: 2, form: 'full', d: 3 });
  expect(() => soleQuadratic(shape)).toThrow(new RangeError('a model of one quadratic term was expected, got 3'));
});

import { expect, test } from 'vitest';
import { picked } from '../../../src/families/components.js';
import { matchComponents } from '../../../src/mixture/distances/match.js';
import { Mixture } from '../../../src/mixture/mixture.js';
import { expectWithin } from '../../within.js';
import { someMixture } from './setting.js';

/** The mixture with its components in another order, or some of them. */
function reordered({ parts }: Mixture, order: readonly number[]): Mixture {
  const weights = Float64Array.from(order, () => 1 / order.length);
  return new Mixture({ ...parts, weights, components: picked(parts.components, order) });
}

test('components in another order are found again, at a distance of 0', async () => {
  const mixture = someMixture(1, 5, 3);
  const order = [3, 0, 4, 1, 2];
  const { pairs, onlyA, onlyB } = await matchComponents(mixture, reordered(mixture, order));
  expect(pairs).toEqual([0, 1, 2, 3, 4].map((a) => ({ a, b: order.indexOf(a), distance: 0 })));
  expect([onlyA, onlyB]).toEqual([[], []]);
});

test('of more components some stay alone, on either side', async () => {
  const mixture = someMixture(2, 5, 2);
  const fewer = reordered(mixture, [4, 1]);
  const { pairs, onlyA, onlyB } = await matchComponents(mixture, fewer);
  expect(pairs.map(({ a, b }) => [a, b])).toEqual([[1, 1], [4, 0]]); // prettier-ignore
  expect([onlyA, onlyB]).toEqual([[0, 2, 3], []]);
  expect(await matchComponents(fewer, mixture)).toMatchObject({ onlyA: [], onlyB: [0, 2, 3] });
});

test('the sum of squared distances is the least, not each of them', async () => {
  // 0 is nearest to 1 on both sides: whoever takes it first leaves the other far away.
  const at = (...means: number[]): Mixture => {
    const one = someMixture(1, means.length, 1, 'spherical');
    const arrays = { means: { shape: [means.length, 1], values: Float64Array.from(means) }, covariances: { shape: [means.length], values: new Float64Array(means.length).fill(1) } }; // prettier-ignore
    return new Mixture({ ...one.parts, components: { ...one.parts.components, arrays } });
  };
  const { pairs } = await matchComponents(at(0, 1.1), at(1, 5));
  expect(pairs.map(({ a, b }) => [a, b])).toEqual([[0, 0], [1, 1]]); // prettier-ignore
  expectWithin(pairs[1].distance, 3.9, 1e-14);
});

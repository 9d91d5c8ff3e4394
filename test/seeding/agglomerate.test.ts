import { expect, test } from 'vitest';
import { agglomerate, type Mergeable } from '../../src/seeding/agglomerate.js';
import { seededRandom } from '../../src/base/random.js';

/** Points on a line whose merger lies in their middle; costs are distances. Tells what merged. */
class Points implements Mergeable {
  readonly merged: [number, number][] = [];
  private readonly places: number[];

  constructor(places: readonly number[]) {
    this.places = [...places];
  }

  get count(): number {
    return this.places.length;
  }

  cost(i: number, j: number): number {
    return Math.abs(this.places[i] - this.places[j]);
  }

  merge(i: number, j: number): void {
    this.merged.push([i, j]);
    this.places[i] = (this.places[i] + this.places[j]) / 2;
  }
}

/** The same by looking at all pairs each time. */
function byAllPairs(places: readonly number[], left: number): { merged: [number, number][]; takenBy: number[] } {
  const points = new Points(places);
  const there = new Set(places.keys());
  const takenBy = [...places.keys()];
  while (there.size > left) {
    const pairs = [...there].flatMap((i) => [...there].filter((j) => j > i).map((j) => [i, j] as const));
    const [i, j] = pairs.reduce((best, pair) => (points.cost(...pair) < points.cost(...best) ? pair : best));
    points.merge(i, j);
    there.delete(j);
    for (const [item, by] of takenBy.entries()) if (by === j) takenBy[item] = i;
  }
  return { merged: points.merged, takenBy };
}

test.each([1, 2, 3, 4, 5, 6])(
  'merges the cheapest pair each time, as a look at all pairs does, seed %d',
  async (seed) => {
    const random = seededRandom(seed);
    const places = Array.from({ length: 60 }, () => random.uniform() ** 2);
    for (const left of [1, 2, 7, 59]) {
      const points = new Points(places);
      const takenBy = Array.from(await agglomerate(points, left));
      expect({ merged: points.merged, takenBy }).toEqual(byAllPairs(places, left));
    }
  },
);

test('equal costs are settled alike each time', async () => {
  const [first, second] = [new Points([0, 1, 2, 3, 4, 5]), new Points([0, 1, 2, 3, 4, 5])];
  expect(await agglomerate(first, 3)).toEqual(await agglomerate(second, 3));
  expect(first.merged).toEqual(second.merged);
});

test('leaves as many as there are, where so many are wanted', async () => {
  expect(Array.from(await agglomerate(new Points([3, 1, 2]), 3))).toEqual([0, 1, 2]);
  expect(Array.from(await agglomerate(new Points([3]), 1))).toEqual([0]);
});

test('ends with the reason of a signal', async () => {
  const signal = AbortSignal.abort(new Error('never mind'));
  await expect(agglomerate(new Points([3, 1, 2]), 1, signal)).rejects.toThrow('never mind');
});

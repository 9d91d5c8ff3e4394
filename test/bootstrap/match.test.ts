import { describe, expect, test } from 'vitest';
import { matcher } from '../../src/bootstrap/match.js';
import { fitMixture, Mixture } from '../../src/index.js';
import { picked } from '../../src/families/components.js';
import { drawn, scenes, startOf } from '../families/scenes.js';
import { goldenRows } from '../golden/data.js';

/** The same mixture with its components in another order. */
function turned({ k, parts, columns }: Mixture, order: readonly number[]): Mixture {
  const weights = parts.weights.map((weight, c) => (c < k ? parts.weights[order[c]] : weight));
  return new Mixture({ ...parts, weights, components: picked(parts.components, order) }, columns);
}

describe('components of another order are put back into that of the reference', () => {
  test.each(scenes.map((scene) => [scene.name, scene] as const))('of %s', async (_, scene) => {
    const { rows } = drawn(scene, 2000, 7);
    const seeding = startOf(scene, scene.components);
    const { mixture } = await fitMixture(rows, { family: scene.family, components: 3, seeding, maxIterations: 3 });
    const back = matcher(mixture)(turned(mixture, [2, 0, 1]));
    expect(back.weights).toEqual(mixture.weights);
    expect(back.components).toEqual(mixture.components);
  });

  test('beside noise, which stays the last', async () => {
    const options = { components: 2, noise: true, seed: 1 } as const;
    const { mixture } = await fitMixture(goldenRows('faithful'), options);
    expect(matcher(mixture)(turned(mixture, [1, 0])).weights).toEqual(mixture.weights);
  });
});

test('components that lie alike are told apart by their spread', async () => {
  const component = (deviation: number): number[][] => [[deviation]];
  const start = { weights: [0.5, 0.5], means: [[0], [0]], covariances: [component(1), component(9)] };
  const options = { components: 2, seeding: start, maxIterations: 0 } as const;
  const { mixture } = await fitMixture([[-3], [-1], [1], [3]], options);
  expect(matcher(mixture)(turned(mixture, [1, 0])).covariances).toEqual(mixture.covariances);
});

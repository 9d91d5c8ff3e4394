import { describe, expect, test } from 'vitest';
import { barycentre } from '../../../src/mixture/distances/barycentre.js';
import { mixtureWasserstein } from '../../../src/mixture/distances/wasserstein.js';
import { expectWithin } from '../../within.js';
import { forms, someMixture } from './setting.js';

describe.each(forms)('the barycentre, %s', (form) => {
  test.each([0.2, 0.5])('lies on the way between two mixtures, at %d', async (share) => {
    const [a, b] = [someMixture(1, 3, 2, form), someMixture(2, 4, 2, form)];
    const middle = await barycentre(a, b, { share });
    const { distance } = await mixtureWasserstein(a, b);
    expectWithin((await mixtureWasserstein(a, middle)).distance, share * distance, 1e-7);
    expectWithin((await mixtureWasserstein(middle, b)).distance, (1 - share) * distance, 1e-7);
    expect(middle.k).toBeLessThanOrEqual(6);
    expect(middle.family.options.covariance).toBe(form === 'full' || form === 'tied' ? 'full' : 'diag');
  });

  test('at 0 and 1 is one of the two', async () => {
    const [a, b] = [someMixture(5, 2, 2, form), someMixture(6, 3, 2, form)];
    expectWithin((await mixtureWasserstein(a, await barycentre(a, b, { share: 0 }))).distance, 0, 1e-7);
    expectWithin((await mixtureWasserstein(b, await barycentre(a, b, { share: 1 }))).distance, 0, 1e-6);
  });
});

test.each([-0.1, 1.1, NaN, '1'])('a share of %j is refused', async (share) => {
  const a = someMixture(1, 1, 1);
  await expect(barycentre(a, a, { share: share as number })).rejects.toThrow('barycentre: share: expected a number from 0 to 1');
}); // prettier-ignore

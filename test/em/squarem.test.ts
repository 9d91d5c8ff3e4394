/** What SQUAREM proposes, of ways of EM that are known. */
import { describe, expect, test } from 'vitest';
import type { Step } from '../../src/em/accelerator.js';
import type { Iterate, Unswept } from '../../src/em/e-step.js';
import { squarem } from '../../src/em/squarem.js';
import type { Components } from '../../src/families/components.js';
import { poisson } from '../../src/families/poisson.js';

const family = poisson();

/** Two components of one rate each, and their weights. */
function at(weight: number, rates: readonly [number, number], repairs: Unswept['repairs'] = []): Unswept {
  const components: Components = { k: 2, d: 1, arrays: { rates: { shape: [2, 1], values: Float64Array.from(rates) } } };
  const side = { weights: Float64Array.of(weight, 1 - weight), potential: new Float64Array(2) };
  return { components, side, repairs };
}

/** The same, swept. */
function swept(unswept: Unswept): Iterate {
  return { ...unswept, model: unswept.side } as unknown as Iterate;
}

/** A step of EM, or of a proposal, from one model to another. */
function step(from: Unswept, to: Unswept, taken?: boolean): Step {
  return { from: swept(from), estimate: to, to: swept(to), ...(taken !== undefined && { taken }) };
}

const ratesOf = (model?: Unswept): number[] => Array.from(model?.components.arrays.rates.values ?? []);

describe('a proposal', () => {
  test('of a way that shrinks by one factor is where that ends', () => {
    // Each step half of that before: s = 2, θ₀ + 4 r − 4 r/2 = θ₀ + 2 r.
    const [zeroth, first, second] = [at(0.4, [8, 4]), at(0.5, [6, 3]), at(0.55, [5, 2.5])];
    const accelerator = squarem(family);
    expect(accelerator.propose(swept(zeroth), first)).toBeUndefined();
    const proposal = accelerator.after(step(zeroth, first)).propose(swept(first), second);
    expect(ratesOf(proposal).map((rate) => rate.toFixed(9))).toEqual(['4.000000000', '2.000000000']);
    expect(proposal?.side.weights[0]).toBeCloseTo(0.6, 12);
    expect(proposal?.side.weights[1]).toBeCloseTo(0.4, 12);
  });

  test('that would leave what parameters may be is drawn back until it does not', () => {
    // s would be 4 and the second rate −2.
    const [zeroth, first, second] = [at(0.5, [4, 6]), at(0.5, [4, 4]), at(0.5, [4, 2.5])];
    const proposal = squarem(family).after(step(zeroth, first)).propose(swept(first), second);
    const [, rate] = ratesOf(proposal);
    expect(rate).toBeGreaterThanOrEqual(0);
    expect(rate).toBeLessThan(2.5);
  });

  test('goes no further than a bound, which grows where it was reached and taken, and shrinks where refused', () => {
    // Steps that shrink by a hundredth: s = 100.
    const way = [at(0.5, [50, 10]), at(0.5, [49, 10]), at(0.5, [48.01, 10])] as const;
    const [zeroth, first, second] = way;
    const far = (accelerator = squarem(family)): number => {
      const [rate] = ratesOf(accelerator.after(step(zeroth, first)).propose(swept(first), second));
      return 50 - rate;
    };
    const next = (taken: boolean): ReturnType<typeof squarem> =>
      squarem(family)
        .after(step(zeroth, first))
        .after(step(first, second, taken));
    const reached = (s: number): number => 2 * s - s ** 2 * 0.01;
    expect(far()).toBeCloseTo(reached(4), 9);
    expect(far(next(true))).toBeCloseTo(reached(16), 9);
    expect(far(next(false))).toBeCloseTo(reached(4), 9);
  });

  test('is none after a repair, where EM stands still, and where it is no slower than its second step', () => {
    const repaired = at(0.5, [6, 3], [{ kind: 'reseeded', component: 0, message: 'started again' }]);
    const [zeroth, first] = [at(0.5, [8, 4]), at(0.5, [6, 3])];
    const begun = squarem(family).after(step(zeroth, first));
    expect(begun.propose(swept(first), repaired)).toBeUndefined();
    expect(squarem(family).after(step(zeroth, repaired)).propose(swept(repaired), first)).toBeUndefined();
    expect(begun.fresh().propose(swept(first), at(0.5, [5, 2.5]))).toBeUndefined();
    const still = squarem(family).after(step(first, first));
    expect(still.propose(swept(first), first)).toBeUndefined();
    // v = −2 r: s = 1/2.
    expect(begun.propose(swept(first), at(0.5, [8, 4]))).toBeUndefined();
  });
});

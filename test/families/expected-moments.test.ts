/** What a mixture's own rows would sum to, and sums seen from where other components are. */
import { describe, expect, test } from 'vitest';
import { expectedMoments } from '../../src/families/expected-moments.js';
import type { Components } from '../../src/families/components.js';
import type { Family } from '../../src/families/family.js';
import { categorical } from '../../src/families/categorical.js';
import { gaussian } from '../../src/families/gaussian.js';
import { poisson } from '../../src/families/poisson.js';
import { product } from '../../src/families/product.js';
import type { Scaling } from '../../src/families/scaling.js';
import { reframed } from '../../src/sweep/reframed.js';
import { expectWithin } from '../within.js';
import { nearby, scenes, weights } from './scenes.js';

const forms = ['full', 'tied', 'diag', 'spherical'] as const;

function gaussians(covariance: (typeof forms)[number]): { family: Family; components: Components } {
  const family = gaussian({ covariance });
  const tied = covariance === 'tied';
  const own = (scale: number): number[][] =>
    covariance === 'spherical' ? [[scale, 0], [0, scale]] : [[2 * scale, covariance === 'diag' ? 0 : 0.5 * scale], [covariance === 'diag' ? 0 : 0.5 * scale, scale]]; // prettier-ignore
  const covariances = [1, 3, 0.2].map((scale) => own(tied ? 1 : scale));
  const means = [[0, 1e3], [4, 1e3 + 2], [-3, 998]]; // prettier-ignore
  return { family, components: family.fromParameters({ means, covariances }, 'components') };
}

/** Columns of three kinds, the levels first. */
function mixed(): { family: Family; components: Components } {
  const family = product([
    { columns: ['a'], family: categorical() },
    { columns: ['b'], family: poisson() },
    { columns: ['c', 'd'], family: gaussian() },
  ]).forColumns?.(['a', 'b', 'c', 'd']) as Family;
  const adapted = family.survey?.adapted([['x', 'y'], [], [], []]) as Family;
  const blocks = [
    { family: 'categorical', columns: ['a'], probabilities: [[[0.1, 0.9], [0.5, 0.5], [0.8, 0.2]]] }, // prettier-ignore
    { family: 'poisson', columns: ['b'], rates: [[3], [20], [9]] },
    { family: 'gaussian', columns: ['c', 'd'], ...gaussians('full').family.toParameters(gaussians('full').components) },
  ];
  return { family: adapted, components: adapted.fromBlocks?.(blocks, 3, 'components') as Components };
}

const cases = [
  ['product', mixed()] as const,
  ...forms.map((form) => [`gaussian, ${form}`, gaussians(form)] as const),
  ...scenes.map((scene) => [scene.name, { family: scene.adapted, components: scene.components }] as const),
];

describe.each(cases)('%s', (name, { family, components }) => {
  const d = family.coding?.swept(Array.from({ length: components.d }, String)).length ?? components.d;
  const plain: Scaling = { shift: new Float64Array(d), scale: new Float64Array(d).fill(1) };
  // Indices of levels, and directions, are held as they are; in the product the levels come last.
  const fixed = name === 'vonMisesFisher' ? d : name === 'product' ? 1 : family.levels ? d : 0;
  const unit = (j: number): number => (name.includes('spherical') ? 4 : 2 ** (j % 3));
  const other: Scaling = {
    shift: plain.shift.map((_, j) => (j < d - fixed ? j + 0.5 : 0)),
    scale: plain.scale.map((_, j) => (j < d - fixed ? unit(j) : 1)),
  };
  const regularization = new Float64Array(d);
  const expectSame = (found: Components, wanted: Components): void => {
    const [own, other] = [family.toVector(found), family.toVector(wanted)];
    own.forEach((value, at) => expectWithin(value, other[at], 1e-6 * Math.max(1, Math.abs(other[at])), `number ${at}`));
  };

  test('the M-step of what a mixture expects of its own rows is that mixture', () => {
    const held = family.toShard(components, other);
    const packed = family.packExactly(held);
    const moments = expectedMoments({ family, components: held, weights: Float64Array.from(weights) }, packed, other);
    expect(Array.from(moments.mass)).toEqual(weights);
    expectSame(family.estimate(moments, packed, { regularization }).components, held);
  });

  test('moments seen from other components, in other coordinates, have the same M-step', () => {
    const framed = (at: Components, scaling: Scaling) => ({
      model: family.packExactly(family.toShard(at, scaling)),
      ...scaling,
    });
    const elsewhere = /gaussian|product|studentT/.test(name) ? family.toData(components, other) : nearby({ adapted: family, components } as (typeof scenes)[number]); // prettier-ignore
    const [from, to] = [framed(components, plain), framed(elsewhere, other)];
    const expected = { family, components: family.toShard(components, plain), weights: Float64Array.from(weights) };
    const moments = reframed(expectedMoments(expected, from.model, plain), from, to);
    const found = family.estimate(moments, to.model, { regularization }).components;
    expectSame(family.toShard(family.toData(found, other), plain), family.toShard(components, plain));
  });
});

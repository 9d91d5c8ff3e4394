import { expect, test } from 'vitest';
import type { QuadraticShape } from '../../../src/sweep/model.js';
import type { Moments } from '../../../src/sweep/moments.js';
import { halved, whole } from '../../../src/sweep/remote/halved.js';

const [k, d] = [3, 4];

/** Moments of one quadratic term, of some of which −0 is a sum. */
function momentsOf(second: Float64Array): Moments {
  const first = Float64Array.from({ length: k * d }, (_, at) => (at % 3 === 0 ? -0 : Math.sin(at)));
  return {
    weight: 7,
    objective: -2,
    mass: new Float64Array(k).fill(2),
    quadratic: [{ frame: 'whitened', first, second }],
  };
}

function symmetric(matrices: number): Float64Array {
  return Float64Array.from({ length: matrices * d * d }, (_, at) => {
    const [matrix, j, l] = [Math.floor(at / (d * d)), Math.floor(at / d) % d, at % d];
    return j + l === 3 ? -0 : Math.sin(matrix + 1) / (1 + j * l + j + l);
  });
}

const shapes = (form: QuadraticShape['form']) => [{ form, d }] as readonly QuadraticShape[];

test.each([
  { form: 'full', matrices: k },
  { form: 'tied', matrices: 1 },
] as const)(
  'symmetric matrices of the form $form travel as triangles, and come out to the bit',
  ({ form, matrices }) => {
    const moments = momentsOf(symmetric(matrices));
    const sent = halved(moments, shapes(form));
    expect(sent.quadratic[0].second).toHaveLength((matrices * d * (d + 1)) / 2);
    expect(whole(sent)).toStrictEqual(moments);
  },
);

test('a matrix whose sides differ in their last bit travels whole', () => {
  const second = symmetric(k);
  second[d * d + 2 * d] *= 1 + Number.EPSILON;
  const moments = momentsOf(second);
  expect(halved(moments, shapes('full')).quadratic[0].second).toBe(second);
  expect(whole(halved(moments, shapes('full')))).toStrictEqual(moments);
});

test('what are no matrices travels as it is', () => {
  const moments = momentsOf(symmetric(1).subarray(0, k * d));
  expect(halved(moments, shapes('diag')).quadratic[0].second).toBe(moments.quadratic[0].second);
});

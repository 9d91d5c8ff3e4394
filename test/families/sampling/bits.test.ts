/** Values are those of their seed, bit for bit, and of no function that engines round differently. */
import { afterEach, expect, test, vi } from 'vitest';
import { FastRandom } from '../../../src/base/fast-random.js';
import { Numbers } from '../../../src/families/sampling/numbers.js';
import { digest } from '../../mixture/draws.js';
import { describeBits, distributions, drawnOf } from './bits.js';
import { drawn } from './goodness.js';

describeBits();

afterEach(() => vi.restoreAllMocks());

test('no value depends on how an engine rounds', () => {
  const exact = ['abs', 'ceil', 'clz32', 'floor', 'fround', 'imul', 'max', 'min', 'round', 'sign', 'sqrt', 'trunc'];
  const expected = Object.keys(distributions).map((name) => digest(drawnOf(name)));
  for (const name of Object.getOwnPropertyNames(Math)) {
    if (typeof Math[name as 'exp'] !== 'function' || exact.includes(name)) continue;
    vi.spyOn(Math, name as 'exp').mockImplementation(() => NaN);
  }
  expect(Math.exp(1)).toBeNaN();
  expect(Object.keys(distributions).map((name) => digest(drawnOf(name)))).toEqual(expected);
});

test('numbers are those of the stream, block by block', () => {
  const [uniforms, normals] = [new Float64Array(1024), new Float64Array(512)];
  const random = new FastRandom(3);
  random.uniforms(uniforms.subarray(0, 512));
  random.normals(normals);
  random.uniforms(uniforms.subarray(512));
  const numbers = new Numbers(new FastRandom(3));
  const [first, normal] = [numbers.uniform(), numbers.normal()];
  const others = Array.from({ length: 1023 }, () => numbers.uniform());
  expect([first, ...others]).toEqual([...uniforms]);
  expect([normal, ...Array.from({ length: 511 }, () => numbers.normal())]).toEqual([...normals]);
  expect(drawn(4, (one) => one.positive(), 3)).toEqual(uniforms.slice(0, 4).map((u) => 1 - u));
});

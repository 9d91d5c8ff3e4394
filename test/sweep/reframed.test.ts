import { expect, test } from 'vitest';
import { gaussian } from '../../src/families/gaussian.js';
import { hostMoments, addRow } from '../../src/seeding/host-moments.js';
import { reframed } from '../../src/sweep/reframed.js';

test('moments in another frame share no array with those before', () => {
  const family = gaussian({ covariance: 'full' });
  const model = family.pack(family.atRows(Float64Array.of(0, 0, 1, 1), Float64Array.of(1, 1)));
  const frame = { model, shift: new Float64Array(2), scale: new Float64Array(2).fill(1) };
  const moments = hostMoments(model);
  addRow(moments, model, Float64Array.of(0.5, 2), 1, Float64Array.of(0.25, 0.75));
  const other = reframed(moments, frame, frame);
  expect(other.mass).toEqual(moments.mass);
  for (const { mass, quadratic } of [other]) {
    expect(mass).not.toBe(moments.mass);
    expect(quadratic[0].first).not.toBe(moments.quadratic[0].first);
    expect(quadratic[0].second).not.toBe(moments.quadratic[0].second);
  }
});

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { drawnOf } from '../../src/report/drawn.js';
import { ellipse } from '../../src/report/ellipse.js';

const scale = fc.double({ min: 1e-3, max: 1e3, noNaN: true });
const place = fc.double({ min: -1e3, max: 1e3, noNaN: true });
const correlation = fc.double({ min: -0.999, max: 0.999, noNaN: true });

describe('ellipse', () => {
  test('holds the points (p − μ)ᵀ Σ⁻¹ (p − μ) = r²', () => {
    fc.assert(
      fc.property(
        place,
        place,
        scale,
        scale,
        correlation,
        fc.constantFrom(1, 2, 3.5),
        (mx, my, sx, sy, rho, radius) => {
          const points = ellipse({ mean: [mx, my], covariance: [sx * sx, rho * sx * sy, sy * sy] }, radius);
          for (const [x, y] of points) {
            const [u, v] = [(x - mx) / sx, (y - my) / sy];
            const distance = (u * u - 2 * rho * u * v + v * v) / (1 - rho * rho);
            expect(distance / radius ** 2).toBeCloseTo(1, 4); // p − μ cancels up to 6 of 16 digits, 1 − ρ² three more
          }
        },
      ),
      { seed: 1 },
    );
  });

  test('is a segment where one direction has no spread', () => {
    const points = ellipse({ mean: [1, 2], covariance: [4, 0, 0] }, 1);
    expect(points.every(([, y]) => Math.abs(y - 2) < 1e-12)).toBe(true);
    expect(Math.max(...points.map(([x]) => x))).toBeCloseTo(3, 12);
  });

  test('is its centre where nothing has spread', () => {
    for (const point of ellipse({ mean: [1, 2], covariance: [0, 0, 0] }, 2)) expect(point).toEqual([1, 2]);
  });

  test('counts an eigenvalue that rounding made negative as zero', () => {
    const points = ellipse({ mean: [0, 0], covariance: [1, 1 + 1e-12, 1] }, 1);
    for (const [x, y] of points) expect(y).toBeCloseTo(x, 6);
  });
});

test('what is drawn of a component in a plane is two columns of its mean and covariance', () => {
  const covariance = [
    [1, 2, 3],
    [2, 4, 5],
    [3, 5, 6],
  ];
  const drawn = drawnOf({ means: [[7, 8, 9]], covariances: [covariance] });
  expect(drawn.plane(0, 2, 0)).toEqual({ mean: [9, 7], covariance: [6, 3, 1] });
});

test('of a Student-t the correlation of its scales, and the deviations that the columns have', () => {
  const scales = [[[4, 3], [3, 9]]]; // prettier-ignore
  const drawn = drawnOf({
    columns: ['x', 'y'],
    components: [{ family: 'studentT', columns: ['x', 'y'], means: [[1, 2]], scales, degrees: [4] }],
    columnMeans: [[1, 2]],
    columnDeviations: [[Math.sqrt(8), Math.sqrt(18)]], // ν / (ν − 2) = 2 times the scale
  });
  const { mean, covariance } = drawn.plane(0, 0, 1);
  expect(mean).toEqual([1, 2]);
  [8, 6, 18].forEach((value, at) => expect(covariance[at]).toBeCloseTo(value, 12));
});

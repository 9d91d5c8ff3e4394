/** What the example page draws: ellipses, axes, clouds. */
import { describe, expect, test } from 'vitest';
import { drawCloud } from '../../examples/browser/cloud.js';
import { domainOf, ellipseOf, tickText, ticksOf, toPixels, type Axis } from '../../examples/browser/plane.js';
import { expectAllWithin, expectWithin } from '../within.js';

const across: Axis = { domain: [-2, 6], pixels: [40, 800] };
const up: Axis = { domain: [-100, 300], pixels: [500, 10] };

describe('the ellipse of a component', () => {
  const mean = [9, 1, 50];
  const covariance = [
    [7, 0, 0],
    [0, 2, 30],
    [0, 30, 900],
  ];

  test('is where the Mahalanobis distance from the mean is 1, on axes of different scales', () => {
    const { x, y, rx, ry, angle } = ellipseOf(mean, covariance, [1, 2], [across, up]);
    const [cos, sin] = [Math.cos((angle * Math.PI) / 180), Math.sin((angle * Math.PI) / 180)];
    const data = ({ domain: [low, high], pixels: [from, to] }: Axis, pixel: number): number =>
      low + ((pixel - from) / (to - from)) * (high - low);
    const determinant = 2 * 900 - 30 * 30;
    for (const t of [0, 0.7, 2, 4.5]) {
      const [a, b] = [rx * Math.cos(t), ry * Math.sin(t)];
      const u = data(across, x + a * cos - b * sin) - 1;
      const v = data(up, y + a * sin + b * cos) - 50;
      expectWithin((900 * u * u - 60 * u * v + 2 * v * v) / determinant, 1, 1e-9);
    }
    expectAllWithin([x, y], [toPixels(across, 1), toPixels(up, 50)], 1e-9);
  });

  test('of one column against itself is a segment', () => {
    const { rx, ry } = ellipseOf(mean, covariance, [1, 1], [across, across]);
    expectWithin(rx, Math.sqrt(2 * 2) * 95, 1e-9); // 95 pixels to a unit, on both axes
    expectWithin(ry, 0, 1e-6);
  });
});

test('an axis shows nearly all values, whatever the outliers, and those that are missing have no say', () => {
  const values = Float64Array.from({ length: 5001 }, (_, i) => i / 50);
  values[7] = 1e9;
  values[8] = NaN;
  const [low, high] = domainOf(values);
  expect(low).toBeGreaterThan(-10);
  expect(low).toBeLessThan(0);
  expect(high).toBeGreaterThan(100);
  expect(high).toBeLessThan(110);
  expect(domainOf(new Float64Array(3).fill(4))).toEqual([3, 5]);
  expect(domainOf(new Float64Array(3).fill(NaN))).toEqual([0, 1]);
});

test('ticks are round numbers within the domain', () => {
  const tenths = ticksOf([-0.31, 0.42], 4);
  expect(tenths.map(tickText(tenths))).toEqual(['−0.2', '0', '0.2', '0.4']);
  const thousands = ticksOf([900, 5100], 5);
  expect(thousands.map(tickText(thousands))).toEqual(['1,000', '2,000', '3,000', '4,000', '5,000']);
});

test('a cloud is the same for the same seed, and has its rows about its clusters', () => {
  const draw = (seed: number) => drawCloud({ kind: 'cloud', rows: 4000, d: 3, clusters: 1, seed }, () => undefined);
  const [one, same, other] = [draw(1), draw(1), draw(2)];
  expect(one.columns.map(({ name }) => name)).toEqual(['x1', 'x2', 'x3']);
  expect(same).toEqual(one);
  expect(other.columns[0].values).not.toEqual(one.columns[0].values);
  for (const column of one.columns) {
    const values = Array.from(column.values);
    const mean = values.reduce((a, b) => a + b, 0) / 4000;
    const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / 4000;
    expect(Math.abs(mean)).toBeLessThan(3 + 1); // within reach of a cluster's centre
    expect(variance).toBeGreaterThan(0.4 ** 2 * 0.8); // axes are 0.4 to 2.8 long; sampling moves a variance by a few percent
    expect(variance).toBeLessThan(2.8 ** 2 * 1.2);
  }
});

/** What the example page draws: ellipses, axes, clouds. */
import { describe, expect, test } from 'vitest';
import { drawCloud } from '../../examples/browser/cloud.js';
import { domainOf } from '../../examples/browser/domain.js';
import { frameOf } from '../../examples/browser/frame.js';
import { densityDomain } from '../../examples/browser/histogram.js';
import { ellipseOf, toPixels, type Axis } from '../../examples/browser/plane.js';
import { sampleOf, wholeRows } from '../../examples/browser/table.js';
import { ticksOf } from '../../examples/browser/ticks.js';
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

describe('an axis', () => {
  test('shows where nearly all values are, whatever the outliers; those that are missing have no say', () => {
    const values = Float64Array.from({ length: 5001 }, (_, i) => i / 50);
    values[7] = 1e9;
    values[8] = NaN;
    const [low, high] = domainOf(values);
    expect(low).toBeGreaterThan(-10);
    expect(low).toBeLessThan(0);
    expect(high).toBeGreaterThan(100);
    expect(high).toBeLessThan(110);
    expect(domainOf(values, true)[1]).toBeGreaterThan(1e9);
    expect(domainOf(new Float64Array(3).fill(NaN))).toEqual([0, 1]);
  });

  test('of few rows leaves one far away out, and keeps a small group that is not alone', () => {
    const bulk = Array.from({ length: 19 }, (_, i) => Math.sin(i));
    expect(domainOf([...bulk, 1e8])[1]).toBeLessThan(2);
    const apart = Array.from({ length: 100 }, (_, i) => (i < 90 ? Math.sin(i) : 1000 + Math.sin(i)));
    expect(domainOf(apart)[1]).toBeGreaterThan(1000);
  });

  test('of one value has it in the middle, however large', () => {
    for (const value of [0, 4, -1e20, 1e300, 1e-300]) {
      const [low, high] = domainOf(new Float64Array(3).fill(value));
      expect(low).toBeLessThan(value);
      expect(high).toBeGreaterThan(value);
      expectWithin((low + high) / 2 / (value || 1), value === 0 ? 0 : 1, 1e-9);
    }
  });
});

describe('ticks', () => {
  const texts = (low: number, high: number, count: number): string[] =>
    ticksOf([low, high], count).map(({ text }) => text);
  /** What a reader takes a text for. */
  const read = (text: string): number => Number(text.replaceAll(',', '').replaceAll('−', '-'));

  test('are round numbers within the domain', () => {
    expect(texts(-0.31, 0.42, 4)).toEqual(['−0.2', '0', '0.2', '0.4']);
    expect(texts(900, 5100, 5)).toEqual(['1,000', '2,000', '3,000', '4,000', '5,000']);
    expect(texts(-1e9, 2e9, 3)).toEqual(['−1e9', '0', '1e9', '2e9']);
  });

  test.each([
    [1.7e12, 1.7e12 + 300],
    [-1e25, 3e25],
    [0, 3e-25],
    [1e-7, 1.00001e-7],
    [-123456789.5, -123456785],
    [1e16, 1e16 + 2],
    [9.9e307, 1.1e308],
  ])('from %d to %d say what they are, and no two the same', (low, high) => {
    const ticks = ticksOf([low, high], 5);
    expect(ticks.length).toBeGreaterThan(1);
    expect(new Set(ticks.map(({ text }) => text)).size).toBe(ticks.length);
    for (const { value, text } of ticks) expectWithin(read(text) / (value || 1), value === 0 ? 0 : 1, 1e-15);
  });

  test('have room for their whole text beside and below a picture as narrow as a phone', () => {
    const widthOf = (text: string): number => 7.5 * text.length;
    const frame = frameOf({ width: 290, height: 290 }, [1.7e12, 1.7e12 + 300], [-123456789.5, -123456785], widthOf);
    const [left] = frame.across.pixels;
    for (const { text } of frame.beside) expect(widthOf(text)).toBeLessThan(left - 8);
    const ends = frame.below.map(({ value, text }) => [toPixels(frame.across, value), widthOf(text) / 2]);
    ends.slice(1).forEach(([x, half], i) => expect(x - half).toBeGreaterThan(ends[i][0] + ends[i][1]));
    expect(frame.below.length).toBeGreaterThan(0);
  });
});

test('the axis of densities has room for the bars and, unless it is a spike, for the mixture', () => {
  const bars = [{ low: 0, high: 1, height: 0.5 }, { low: 1, high: 2, height: 0.25 }]; // prettier-ignore
  expect(densityDomain(bars, [])[1]).toBeCloseTo(0.55, 9);
  const bump = { weight: 1, mean: 1, scale: 0.5 };
  expect(densityDomain(bars, [bump])[1]).toBeCloseTo(1.1 / (0.5 * Math.sqrt(2 * Math.PI)), 9);
  expect(densityDomain(bars, [{ ...bump, scale: 1e-6 }])[1]).toBeCloseTo(1.1, 9);
});

test('the rows that are drawn are a random sample of those without missing values, not every so many-th', () => {
  const rows = 60_000;
  const values = Float64Array.from({ length: rows }, (_, i) => (i % 6 === 5 ? NaN : i % 6)); // period 3 among every 3rd
  const table = { name: 'periodic', rows, columns: [{ name: 'x', values }], remarks: [] };
  const whole = wholeRows(table);
  expect(whole).toHaveLength(50_000);
  const sample = sampleOf(table, whole, 10_000);
  expect(sample.rows).toBe(10_000);
  const counts = [0, 1, 2, 3, 4, 5].map((group) => sample.columns[0].values.filter((value) => value === group).length);
  expect(counts[5]).toBe(0);
  for (const count of counts.slice(0, 5)) expect(Math.abs(count - 2000)).toBeLessThan(5 * Math.sqrt(2000)); // 5 sd of chance
  expect(sampleOf(table, whole, 10_000)).toEqual(sample);
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

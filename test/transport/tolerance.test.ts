import { describe, expect, test } from 'vitest';
import { EXACT, InnerTolerance } from '../../src/transport/tolerance.js';

describe('InnerTolerance', () => {
  test('starts at the fit’s, follows what iterations gain, never loosens, and ends at a third of the fit’s', () => {
    const start = InnerTolerance.of(1e-2, 1e-3);
    expect([start.value, start.tight]).toEqual([1e-3, false]);
    expect(start.after(5).value).toBe(1e-3);
    const later = start.after(2e-3);
    expect(later.value).toBeCloseTo(6e-4, 12);
    expect(later.after(1).value).toBeCloseTo(6e-4, 12);
    const last = later.after(-1);
    expect(last.value).toBeCloseTo(3e-4, 12);
    expect([start.tight, later.tight, last.tight]).toEqual([false, false, true]);
  });

  test('goes no looser than the marginal can bear', () => {
    expect(InnerTolerance.of(1e-3, 1e-2).value).toBe(1e-3);
    expect(InnerTolerance.of(1e-8, 1e-4)).toMatchObject({ value: 1e-8, tight: true });
  });

  test('is exact throughout where the fit asks for the utmost', () => {
    expect(InnerTolerance.of(1e-2, 0)).toMatchObject({ value: EXACT, tight: true });
  });

  test('tightens when told to', () => {
    expect(InnerTolerance.of(1e-2, 1e-3).tightened().tight).toBe(true);
  });
});

import { describe, expect, test } from 'vitest';
import { EXACT, InnerTolerance } from '../../src/transport/tolerance.js';

describe('InnerTolerance', () => {
  test('starts at the fit’s, follows what iterations gain, never loosens, and ends at a third of the fit’s', () => {
    const inner = new InnerTolerance(1e-2, 1e-3);
    expect([inner.value, inner.tight]).toEqual([1e-3, false]);
    inner.gained(5);
    expect(inner.value).toBe(1e-3);
    inner.gained(2e-3);
    expect(inner.value).toBeCloseTo(6e-4, 12);
    inner.gained(1);
    expect(inner.value).toBeCloseTo(6e-4, 12);
    inner.gained(-1);
    expect(inner.value).toBeCloseTo(3e-4, 12);
    expect(inner.tight).toBe(true);
  });

  test('goes no looser than the marginal can bear', () => {
    expect(new InnerTolerance(1e-3, 1e-2).value).toBe(1e-3);
    expect(new InnerTolerance(1e-8, 1e-4)).toMatchObject({ value: 1e-8, tight: true });
  });

  test('is exact throughout where the fit asks for the utmost', () => {
    expect(new InnerTolerance(1e-2, 0)).toMatchObject({ value: EXACT, tight: true });
  });

  test('tightens when told to', () => {
    const inner = new InnerTolerance(1e-2, 1e-3);
    inner.tighten();
    expect(inner.tight).toBe(true);
  });
});

import { describe, expect, test } from 'vitest';
import { InputError } from '../../src/base/errors.js';
import { replicated } from '../../src/bootstrap/replicates.js';

const options = { least: 2, where: 'here', remedy: 'try again' } as const;
const singular = new InputError('value', { where: 'x', expected: 'a', got: 'b', remedy: 'c' });

describe('replicates', () => {
  test('that fail, or throw what a user can mend, are told of; the others are kept in their order', async () => {
    const told: number[] = [];
    const onProgress = (progress: { phase: string; done?: number }): void => void told.push(progress.done ?? NaN);
    const make = (replicate: number) => {
      if (replicate === 1) return Promise.reject(singular);
      return Promise.resolve(replicate === 3 ? { reason: 'collapsed' } : { found: replicate });
    };
    expect(await replicated({ replicates: 5 }, make, { ...options, onProgress })).toEqual({
      found: [0, 2, 4],
      failures: [
        { replicate: 1, reason: singular.message },
        { replicate: 3, reason: 'collapsed' },
      ],
      status: 'complete',
    });
    expect(told).toEqual([0, 1, 2, 3, 4]);
  });

  test('too few of which came to something are an error that names the first that did not', async () => {
    const make = (replicate: number) => Promise.resolve(replicate === 0 ? { found: 1 } : { reason: 'collapsed' });
    await expect(replicated({ replicates: 3 }, make, options)).rejects.toThrow(
      'here: expected at least 2 of the replicates to be fitted, got 1; replicate 1: collapsed; try again',
    );
  });

  test('end with a fault of ours', async () => {
    const make = () => Promise.reject(new RangeError('a fault'));
    await expect(replicated({ replicates: 3 }, make, options)).rejects.toThrow(RangeError);
  });

  test('aborted in the middle of one keep those before it', async () => {
    const controller = new AbortController();
    const make = (replicate: number) => {
      if (replicate === 2) controller.abort();
      return Promise.resolve({ found: replicate });
    };
    const found = await replicated({ replicates: 9 }, make, { ...options, signal: controller.signal });
    expect(found).toEqual({ found: [0, 1], failures: [], status: 'aborted' });
  });
});

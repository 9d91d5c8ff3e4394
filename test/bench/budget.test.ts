import { expect, test } from 'vitest';
import { Budget } from '../../bench/gpu/budget.js';

test('pieces begin while the longest of their kind would end in time; others are left out by name', async () => {
  let now = 100;
  const budget = new Budget(10, () => now);
  const done: string[] = [];
  const piece = (kind: string, name: string, seconds: number) =>
    budget.spend(kind, name, () => Promise.resolve(void (now += seconds)).then(() => done.push(name)));
  expect(await piece('sizes', 'first', 4)).toBe(1);
  expect(await piece('sizes', 'second', 3)).toBe(2);
  expect(budget.left).toBe(3);
  expect(await piece('sizes', 'third', 1)).toBeUndefined(); // which might take 4
  expect(await piece('worth', 'fourth', 2)).toBe(3); // of a kind that nothing is known of
  expect(await piece('worth', 'fifth', 2)).toBeUndefined();
  expect(done).toEqual(['first', 'second', 'fourth']);
  expect(budget.omitted).toEqual(['sizes: third', 'worth: fifth']);
});

test('a piece that fails has taken its time', async () => {
  let now = 0;
  const budget = new Budget(3, () => now);
  const failing = budget.spend('sizes', 'first', () => Promise.reject(new Error(`at ${(now += 2)}`)));
  await expect(failing).rejects.toThrow('at 2');
  expect(await budget.spend('sizes', 'second', () => Promise.resolve(1))).toBeUndefined();
});

test('without a limit nothing is left out', async () => {
  const budget = new Budget(Infinity);
  expect(await budget.spend('sizes', 'one', () => Promise.resolve(1))).toBe(1);
  expect(budget.omitted).toEqual([]);
});

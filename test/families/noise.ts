/** Rows among which there is noise, and starts beside it. */
import { type NamedStart } from '../../src/index.js';

const NOISE = 0.2;

/** A row of the data now and then takes the place of one of another: evenly from the range of each column. */
export function withRowsOfNoise(rows: readonly number[][]): number[][] {
  let state = 7;
  const uniform = (): number => (state = (state * 48271) % 2147483647) / 2147483647;
  const pick = (j: number): number => rows[Math.floor(uniform() * rows.length)][j];
  return rows.map((row) => (uniform() < NOISE ? row.map((_, j) => pick(j)) : row));
}

/** A start in which noise has a share. */
export const beside = (start: NamedStart, share = 0.1): NamedStart => {
  const { weights: own = [] } = start;
  return { ...start, weights: [...own.map((weight) => weight * (1 - share)), share] };
};

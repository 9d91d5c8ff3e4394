import { total } from '../base/numbers.js';
import { drawFromPieces, drawIndices } from '../base/random.js';

/** Numbers of rows one after the other, in pieces that are made anew each time: all need not be held at once. */
export type Pieces = () => Iterable<ArrayLike<number>>;

/** Consecutive rows from `start` on, and what each is drawn in proportion to. */
export interface DrawnFrom {
  readonly start: number;
  readonly values: ArrayLike<number> | Pieces;
}

/** Draws that fell to one part of what is drawn from. */
export interface PartDraws {
  readonly part: number;
  /** Which of the draws they are, rising. */
  readonly draws: readonly number[];
  /** What of the unit interval fell to the part, stretched back to the whole, for each of the draws. */
  readonly uniforms: readonly number[];
}

/**
 * Draws a part by each of some uniform numbers in [0, 1), with probability in proportion to `sums`. Parts that none is
 * drawn from are left out, the others rise.
 */
export function drawParts(uniforms: ArrayLike<number>, sums: ArrayLike<number>): PartDraws[] {
  const whole = total(sums);
  const before = new Float64Array(sums.length);
  for (let part = 1; part < sums.length; part++) before[part] = before[part - 1] + sums[part - 1];
  const drawsOf = new Map<number, number[]>();
  for (const [draw, part] of drawIndices(sums, Array.from(uniforms)).entries()) {
    const draws = drawsOf.get(part) ?? [];
    drawsOf.set(part, draws);
    draws.push(draw);
  }
  const wanted = [...drawsOf].sort(([one], [other]) => one - other);
  return wanted.map(([part, draws]) => {
    const within = draws.map((draw) => clamped((uniforms[draw] * whole - before[part]) / sums[part]));
    return { part, draws, uniforms: within };
  });
}

/**
 * Draws a row by each of some uniform numbers in [0, 1), with probability in proportion to values that lie in parts:
 * `sums` says how much each part has, `read` gets the values of those that are drawn from, each once and in order.
 */
export async function drawRows(
  uniforms: ArrayLike<number>,
  sums: ArrayLike<number>,
  read: (parts: readonly number[]) => Promise<Iterable<DrawnFrom>>,
): Promise<number[]> {
  const drawn = drawParts(uniforms, sums);
  const rows: number[] = [];
  let index = 0;
  for (const { start, values } of await read(drawn.map(({ part }) => part))) {
    const { draws, uniforms: within } = drawn[index++];
    const pieces = typeof values === 'function' ? values : (): Iterable<ArrayLike<number>> => [values];
    drawFromPieces(pieces, within).forEach((row, at) => (rows[draws[at]] = start + row));
  }
  return rows;
}

const clamped = (share: number): number => Math.min(Math.max(share || 0, 0), 1 - 2 ** -53);

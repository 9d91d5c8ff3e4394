/** Places of the terms that a model may have beside or in place of a Gaussian one, in a kernel's memory. */
import type { Arena } from './arena.js';
import type { Exports } from './exports.js';
import type { SumsLayout } from './layout.js';
import { levelStarts, pendingLines } from './linear.js';
import type { SimdModel } from './model.js';
import { radialParameters } from './radial.js';

/** What belongs at a place. */
export interface Filling {
  readonly at: number;
  readonly values: Float32Array | Int32Array;
}

/** A kernel whose memory is laid out, in tiles of so many rows. */
interface Setting {
  readonly wasm: Exports;
  readonly arena: Arena;
  readonly tile: number;
}

/** Where sums of four lanes, of lines, and all in float64 begin. */
interface SumPlaces {
  readonly layout: SumsLayout;
  readonly sums: number;
  readonly lines: number;
  readonly totals: number;
}

/** Places for all such terms; returns what belongs there. */
export function placeTerms(setting: Setting, model: SimdModel, places: SumPlaces): Filling[] {
  return [...placeRadial(setting, model, places), ...placeLinear(setting, model, places)];
}

function placeRadial({ wasm, arena, tile }: Setting, model: SimdModel, { layout, sums }: SumPlaces): Filling[] {
  if (!model.radial) {
    wasm.placeRadial(0, 0, 0, 0);
    return [];
  }
  const values = radialParameters(model);
  const at = arena.take(values.length);
  const [factors, remainders] = [arena.take(model.k * tile), arena.take(model.k * tile)];
  wasm.placeRadial(at, factors, remainders, sums + layout.radial * 16);
  return [{ at, values }];
}

function placeLinear({ wasm, arena, tile }: Setting, { linear }: SimdModel, places: SumPlaces): Filling[] {
  if (!linear) {
    wasm.placeLinear(0, 0, 0, 0, 0, 0, 0);
    return [];
  }
  const { dense, levels, natural } = linear;
  const { layout, lines, totals } = places;
  const arrays = [natural, levelStarts(linear), pendingLines(linear)];
  const filled = arrays.map((values) => ({ at: arena.take(values.length), values }));
  const [eta, starts, pending] = filled.map(({ at }) => at);
  wasm.placeLinear(dense, levels.length, eta, lines, totals + layout.linear * 8, arrays[2].length, pending);
  wasm.placeShares(arena.take(tile * 12), arena.take(tile));
  wasm.placeLevels(starts, arena.take(levels.length * tile));
  return filled;
}

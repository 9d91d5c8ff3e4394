/** Places for what chooses components with matrices row by row (assembly/sparse.ts). */
import type { Arena } from './arena.js';
import type { Exports } from './exports.js';
import { GROUP_ROWS, packedSize } from './layout.js';
import { boundArrays, type LogitBounds, type SimdModel } from './model.js';
import type { Filling } from './terms.js';

/** Up to this many bytes, and as many as the likeliest components of a group's rows take, whitened rows are listed. */
const LIST_LIMIT = 2 ** 22;
/** Rows of zero weight after a group's (assembly/sparse.ts, PADDING). */
export const MORE_ROWS = 16;

/** A kernel whose memory is laid out, in tiles of so many rows. */
interface Setting {
  readonly wasm: Exports;
  readonly arena: Arena;
  readonly tile: number;
}

/** Places for bounds and for lists of a group's rows; returns what belongs there. */
export function placeBounds({ wasm, arena, tile }: Setting, bounds: LogitBounds, model: SimdModel): Filling[] {
  const { k, d, coupling } = model;
  const m = bounds.columns;
  const arrays = boundArrays(bounds, model).map((values) => ({ at: arena.take(values.length), values }));
  wasm.placeBounds(m, ...arrays.map(({ at }) => at), packedSize(m) * 4, arena.take(m * tile));
  const rows = GROUP_ROWS + MORE_ROWS;
  const plan = { at: arena.take(k * rows), values: new Float32Array(k * rows) };
  const kept = coupling ? arena.take(k * rows) : 0;
  const [labels, best, byLabel] = [arena.take(rows), arena.take(rows), arena.take(rows)];
  const blocks = Math.max(GROUP_ROWS / 8 + k, Math.floor(LIST_LIMIT / (d * 32)));
  const z = arena.take(blocks * d * 8);
  wasm.placeLists(plan.at, kept, labels, best, byLabel, z, arena.take(blocks * 8), arena.take(blocks), blocks);
  return [...arrays, plan];
}

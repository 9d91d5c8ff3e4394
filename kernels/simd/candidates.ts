/** Where rows may belong to few components of a linear term (assembly/candidates.ts): which models are tried, and places. */
import type { Arena } from './arena.js';
import type { Exports } from './exports.js';
import { lineSize } from './linear.js';
import type { SimdModel } from './model.js';

/** Rows of a block, whole tiles of models that are tried. */
export const BLOCK_ROWS = 128;
/** Statistics and components from which on a model is tried. Of fewer, to copy and to shorten rows takes what products would. */
const MANY_STATISTICS = 256;
const MANY_COMPONENTS = 12;
/** Statistics are filled up to a multiple of this. */
const FILLED = 16;

/** Whether a model is of dense statistics alone, of so many that candidates may be told at little cost. */
export function hasCandidates({ d, k, linear }: Pick<SimdModel, 'd' | 'k' | 'linear'>): boolean {
  if (d > 0 || !linear || linear.levels.length > 0) return false;
  return linear.dense >= MANY_STATISTICS && k >= MANY_COMPONENTS;
}

/** Places for a block's rows, for η, and for what comes of both. */
export function placeCandidates(
  { wasm, arena }: { readonly wasm: Exports; readonly arena: Arena },
  { k, coupling, linear }: SimdModel,
): void {
  const width = Math.ceil((linear?.dense ?? 0) / FILLED) * FILLED;
  const [b, size] = [BLOCK_ROWS, lineSize(k)];
  const short = (count: number): number => arena.take(count / 2);
  const rows = [arena.take(b * width), arena.take(b), short(b * width)];
  const natural = [arena.take(size * width), short(size * width), arena.take(size), arena.take(size)];
  wasm.placeShorts(width, ...rows, ...natural, arena.take(b * size));
  const plans = [arena.take(k * b), coupling ? arena.take(k * b) : 0];
  wasm.placeCandidates(...plans, arena.take(b), arena.take(b), arena.take(size * width));
}

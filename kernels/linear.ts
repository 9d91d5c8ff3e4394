/**
 * The linear term of the mixture kernels, as composites of tfjs operations: ⟨t_i, η_k⟩ and sums of t, of rows that hold
 * levels by their indices. Sizes: b rows in a block, k components, `width` statistics.
 */
import { tf } from '#tfjs';
import type { Rank, Tensor, Tensor2D } from '@tensorflow/tfjs';
import { linearWidth, type LinearShape } from './linear-shape.js';

/** A column of more levels is looked up; of unit vectors, no more entries than this are held at once. */
const EXPANDED = 64;

/** A block's columns of a linear term, and the term's parameters. */
export interface LinearPart {
  /** Rows as they are held, `[b, columns]`. */
  readonly held: Tensor2D;
  /** η, `[k, width]`. */
  readonly natural: Tensor2D;
  readonly shape: LinearShape;
}

/** ⟨t_i, η_k⟩, `[b, k]`. */
export function linearProducts({ held, natural, shape }: LinearPart): Tensor2D {
  const transposed: Tensor2D = tf.transpose(natural);
  const products = piecesOf(shape).map((piece) =>
    tf.tidy(() => {
      const parameters: Tensor2D = tf.slice(transposed, [piece.from, 0], [piece.to - piece.from, -1]);
      if (piece.kind === 'many') return lookedUp(held, piece.column, parameters);
      return tf.matMul<Tensor2D>(statistics(held, shape, piece), parameters);
    }),
  );
  return tf.addN(products);
}

/** Σ_i P_ik t_i by group, `[g, k, width]`, of a plan `[g·s, k]`. */
export function linearSums({ held, shape }: LinearPart, plan: Tensor2D, groups: number): Tensor {
  // Transposed outside matMul, which tfjs-wasm runs fast only plain.
  const grouped = tf.transpose(tf.reshape(plan, [groups, -1, plan.shape[1]]), [0, 2, 1]);
  const sums = piecesOf(shape)
    .flatMap(cut)
    .map((piece) =>
      tf.tidy(() => {
        const t = statistics(held, shape, piece);
        return tf.matMul(grouped, tf.reshape(t, [groups, -1, piece.to - piece.from]));
      }),
    );
  return tf.concat(sums, 2);
}

/** Statistics `from` … `to − 1`: dense ones, those of columns of few levels, or those of one column of many. */
interface Piece {
  readonly kind: 'dense' | 'few' | 'many';
  readonly from: number;
  readonly to: number;
  /** The first column that holds them. */
  readonly column: number;
}

function piecesOf({ dense, levels }: LinearShape): Piece[] {
  const pieces: Piece[] = dense > 0 ? [{ kind: 'dense', column: 0, from: 0, to: dense }] : [];
  let from = dense;
  for (const [j, count] of levels.entries()) {
    const to = from + count;
    const last = pieces.at(-1);
    const joins = last?.kind === 'few' && to - last.from <= EXPANDED;
    if (joins) pieces[pieces.length - 1] = { ...last, to };
    else pieces.push({ kind: count > EXPANDED ? 'many' : 'few', column: dense + j, from, to });
    from = to;
  }
  return pieces;
}

/** The same statistics in pieces that may be expanded. */
function cut(piece: Piece): Piece[] {
  if (piece.kind !== 'many') return [piece];
  const count = Math.ceil((piece.to - piece.from) / EXPANDED);
  return Array.from({ length: count }, (_, index) => {
    const from = piece.from + index * EXPANDED;
    return { ...piece, from, to: Math.min(from + EXPANDED, piece.to) };
  });
}

/** Statistics of a piece, `[b, to − from]`: levels as unit vectors, which are 0 of a row that has none. */
function statistics(held: Tensor2D, shape: LinearShape, { kind, column, from, to }: Piece): Tensor2D {
  if (kind === 'dense') return tf.slice(held, [0, column], [-1, to - from]);
  const { columns, levels } = entriesOf(shape);
  const own = tf.gather(held, tf.tensor1d(columns.subarray(from, to)), 1);
  // Not oneHot, which refuses a single level.
  return tf.cast(tf.equal(own, tf.tensor1d(levels.subarray(from, to))), 'float32');
}

/** Of each statistic the column that holds it, and of a column of levels which one: `[width]`. */
function entriesOf(shape: LinearShape): { readonly columns: Int32Array; readonly levels: Float32Array } {
  const { dense } = shape;
  const columns = new Int32Array(linearWidth(shape)).map((_, at) => Math.min(at, dense));
  const levels = new Float32Array(columns.length);
  let from = dense;
  for (const [j, count] of shape.levels.entries()) {
    columns.fill(dense + j, from, from + count);
    for (let level = 0; level < count; level++) levels[from + level] = level;
    from += count;
  }
  return { columns, levels };
}

/** Parameters `[levels, k]` of the level that a column holds, `[b, k]`; 0 where it holds none. */
function lookedUp(held: Tensor2D, column: number, parameters: Tensor2D): Tensor2D {
  const [levels, k] = parameters.shape;
  const level = tf.squeeze(tf.slice(held, [0, column], [-1, 1]), [1]);
  const row = tf.cast(tf.where(tf.less(level, 0), levels, level), 'int32');
  return tf.gather(tf.concat([parameters, tf.zeros<Rank.R2>([1, k])]), row);
}

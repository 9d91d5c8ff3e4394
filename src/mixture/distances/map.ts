import { timesVector } from '../../base/matrices.js';
import { yieldToEvents } from '../../base/event-loop.js';
import { cleanBlocks } from '../../data/blocks.js';
import { gateRows } from '../../data/load-options.js';
import { toSource, type DataInput } from '../../data/input.js';
import type { Matrix } from '../../data/source.js';
import { rowMajor } from '../../sweep/encode.js';
import { requireColumns } from '../evaluate.js';
import type { Mixture } from '../mixture.js';
import { gaussianMap, isDiagonal, matrixOf, type SymmetricMap } from './bures.js';
import { requireComparable } from './gaussians.js';
import { coupled, type Coupled, type MixtureTransportOptions } from './wasserstein.js';

/** Mapped rows, `[n, d]`, in the data's units. */
export interface MappedRows extends Matrix {
  readonly data: Float64Array;
}

/** Rows that are mapped before other things get their turn. */
const TURN = 1024;

/** x ↦ centre + map (x − mean), of rows of one component. */
interface Piece {
  readonly mean: Float64Array;
  readonly centre: Float64Array;
  readonly map: SymmetricMap;
}

/**
 * The transport map from one Gaussian mixture to another: T(x) = Σ_k r_k(x) Σ_l P_kl / a_k T_kl(x), with r the
 * responsibilities of the first, P the coupling of the weights, and T_kl the map of component k to component l (T_mean of
 * Delon & Desolneux 2020, sec. 6.3). All in float64. Throws `InputError` as {@link mixtureWasserstein}.
 */
export async function transportMap(
  a: Mixture,
  b: Mixture,
  options: MixtureTransportOptions = {},
): Promise<TransportMap> {
  requireComparable(a, b, 'transportMap');
  const coupling = await coupled(a, b, options);
  const pieces: Piece[] = [];
  for (let k = 0; k < a.k; k++) {
    await yieldToEvents(options.signal);
    pieces.push(pieceOf(coupling, k, a.weights[k], a.d));
  }
  return new TransportMap(a, pieces, Math.sqrt(coupling.cost));
}

/** Maps of a component to all components, averaged by where its mass goes: a mean of affine maps is one. */
function pieceOf({ from, to, roots, plan }: Coupled, k: number, weight: number, d: number): Piece {
  const { mean, covariance } = from[k];
  const matrices = d > 1 && [from[k], ...to].some(({ covariance: one }) => !isDiagonal(one, d));
  const centre = new Float64Array(d);
  const map = new Float64Array(matrices ? d * d : d);
  to.forEach((target, l) => {
    const share = weight > 0 ? plan[k * to.length + l] / weight : 0;
    if (share === 0) return;
    const own = gaussianMap(covariance, target.covariance, d, roots);
    const wide = matrices ? matrixOf(own, d) : own;
    for (let j = 0; j < d; j++) centre[j] += share * target.mean[j];
    for (let at = 0; at < map.length; at++) map[at] += share * wide[at];
  });
  return { mean, centre, map };
}

/** The map of rows from one mixture to another that {@link transportMap} makes; it holds no device memory. */
export class TransportMap {
  private readonly logWeights: readonly number[];

  /** @internal */
  constructor(
    private readonly mixture: Mixture,
    private readonly pieces: readonly Piece[],
    /** MW₂ of the two mixtures at this coupling, in the data's units. */
    readonly distance: number,
  ) {
    this.logWeights = mixture.weights.map(Math.log);
  }

  /** T(x_i) of all rows, `[n, d]`. Throws `InputError` for data that are no rows of the mixture's columns, or lack values. */
  async apply(data: DataInput, options: { readonly signal?: AbortSignal } = {}): Promise<MappedRows> {
    const blocks: Float64Array[] = [];
    for await (const { data: rows } of this.applyRows(data, options)) blocks.push(rows);
    const all = new Float64Array(blocks.reduce((sum, { length }) => sum + length, 0));
    let from = 0;
    for (const block of blocks) {
      all.set(block, from);
      from += block.length;
    }
    return { data: all, shape: [all.length / this.mixture.d, this.mixture.d] };
  }

  /** The same block after block as rows are read: memory does not grow with their number. */
  async *applyRows(data: DataInput, { signal }: { readonly signal?: AbortSignal } = {}): AsyncGenerator<MappedRows> {
    const { d, columns, family, parts } = this.mixture;
    const source = toSource(data, undefined, columns);
    requireColumns(source, d);
    const logDensity = family.logDensity(parts.components);
    for await (const block of cleanBlocks(source, { missing: 'never', blockRows: gateRows(d), signal })) {
      const values = rowMajor(block, 0, block.rows);
      for (let row = 0; row < block.rows; row++) {
        if (row % TURN === 0) await yieldToEvents(signal);
        this.move(values.subarray(row * d, (row + 1) * d), logDensity);
      }
      yield { data: values, shape: [block.rows, d] };
    }
  }

  /** x ← T(x), in place. */
  private move(row: Float64Array, logDensity: (row: Float64Array, into: Float64Array) => void): void {
    const { pieces } = this;
    const shares = new Float64Array(pieces.length);
    logDensity(row, shares);
    softmax(shares, this.logWeights);
    const target = new Float64Array(row.length);
    pieces.forEach((piece, k) => {
      if (shares[k] === 0) return;
      const moved = applied(piece, row);
      for (let j = 0; j < target.length; j++) target[j] += shares[k] * moved[j];
    });
    row.set(target);
  }
}

function applied({ mean, centre, map }: Piece, row: Float64Array): Float64Array {
  const d = row.length;
  const away = row.map((value, j) => value - mean[j]);
  const turned = isDiagonal(map, d) ? away.map((value, j) => value * map[j]) : timesVector(map, away, 0, d);
  return turned.map((value, j) => centre[j] + value);
}

/** Log-densities to responsibilities, in place. */
function softmax(values: Float64Array, logWeights: readonly number[]): void {
  let most = -Infinity;
  for (let k = 0; k < values.length; k++) most = Math.max(most, (values[k] += logWeights[k]));
  let sum = 0;
  for (let k = 0; k < values.length; k++) sum += values[k] = Math.exp(values[k] - most);
  for (let k = 0; k < values.length; k++) values[k] /= sum;
}

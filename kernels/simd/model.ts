import { linearColumns } from '../linear-shape.js';
import type { KernelModel } from '../model.js';
import { packedSize, packFactor } from './layout.js';
import type { SimdLinear } from './linear.js';

/**
 * A model, and which sums to compute. Of d = 0 columns it has no quadratic term, whatever its form.
 */
export interface SimdModel extends KernelModel {
  /** logit_ik += ⟨t_i, η_k⟩ / ε, of columns after the d of the quadratic term. */
  readonly linear?: SimdLinear | undefined;
  /** Of tied components: whiten rows once instead of once per component; needs `coupling`. */
  readonly shared?: SharedMeans | undefined;
  /** Of matrices, what `packFactors` makes of `whitening`, which is not read then: packed once, not by every thread. */
  readonly packed?: Float32Array | undefined;
  readonly hard: boolean;
  /** Responsibilities under e^least count as nothing; `EVERYTHING` or more. */
  readonly least: number;
  readonly coupling: boolean;
  /** Where given, components with matrices are chosen row by row before they are whitened. */
  readonly bounds?: LogitBounds | undefined;
}

/** What m coordinates y = (x − origin) P of a row say of its logits: ‖(y − means_k) W'_k‖² ≤ ‖(x − μ_k) W_k‖². */
export interface LogitBounds<Values extends Float32Array | Float64Array = Float32Array> {
  /** m, a multiple of 4. */
  readonly columns: number;
  /** `[d]`. */
  readonly origin: Values;
  /** P, `[d, m]`. */
  readonly projection: Values;
  /** `[k, m]`. */
  readonly means: Values;
  /** W', upper triangular, `[k, m, m]`. */
  readonly whitening: Values;
}

/** Means in the whitened coordinates that tied components share: y = (x − origin) W. */
export interface SharedMeans {
  /** `[d]`. */
  readonly origin: Float32Array;
  /** (μ_k − origin) W, `[k, d]`. */
  readonly means: Float32Array;
}

/** The least that leaves nothing out but what is no normal float32. */
export const EVERYTHING = -87.3;

/** How components see a row, as assembly/state.ts numbers and explains them. */
export const paths = { matrix: 0, shared: 1, diagonal: 2, ball: 3, none: 4 } as const;
export type Path = keyof typeof paths;

export function pathOf({ form, d, shared }: Pick<SimdModel, 'form' | 'd' | 'shared'>): Path {
  if (d === 0) return 'none';
  if (form === 'diag') return 'diagonal';
  if (form === 'spherical') return 'ball';
  return shared ? 'shared' : 'matrix';
}

/**
 * Below so many rows of a tile with some of a component, only these are worked on; 0: never. By operations, where
 * factors are matrices of p numbers. Rows are copied at 4 d each and summed at p each, where all of a tile would have
 * to be summed. They are whitened again before that if whitened rows are not kept. Where they are not, a row by itself
 * costs about what two do in a tile.
 */
export function sparseBelow(path: Path, d: number, b: number, keeps: boolean): number {
  const p = packedSize(d);
  switch (path) {
    case 'matrix':
      return Math.ceil((b * p) / ((keeps ? p : 2 * p) + 4 * d));
    case 'diagonal':
    case 'ball':
      return d < 8 ? 0 : b / 2;
    case 'shared':
    case 'none':
      return 0;
  }
}

/** Columns of the rows that a model is of. */
export function tileColumns({ d, linear }: Pick<SimdModel, 'd' | 'linear'>): number {
  return d + (linear ? linearColumns(linear) : 0);
}

/** What of a model the kernel reads, in the order in which it reads it. */
export interface ModelArrays {
  readonly means: Float32Array;
  readonly origin: Float32Array;
  readonly whitening: Float32Array;
  /** Numbers from one component's factor to the next; 0 where all share one. */
  readonly whiteningStep: number;
  readonly offsets: Float32Array;
  readonly slopes: Float32Array;
}

const none = new Float32Array();

export function modelArrays(model: SimdModel): ModelArrays {
  const { k, d, means, whitening, rate, shared, radial } = model;
  // Of a Student-t term the kernel is given ‖z‖² first: an offset of 0, and a rate of −1.
  const offsets = radial ? new Float32Array(k) : model.offsets;
  const squareRate = squareRateOf(model);
  switch (pathOf(model)) {
    case 'matrix':
      return { ...packedFactors(model), means, origin: none, offsets, slopes: none };
    case 'shared': {
      const slopes = new Float32Array(k).fill(-rate);
      return { ...packedFactors(model), means: shared?.means ?? none, origin: shared?.origin ?? none, offsets, slopes };
    }
    case 'diagonal':
      return { means, origin: none, whitening, whiteningStep: d, offsets, slopes: none };
    case 'ball': {
      const slopes = whitening.map((factor) => -squareRate * factor ** 2);
      return { means, origin: none, whitening: none, whiteningStep: 0, offsets, slopes };
    }
    case 'none':
      return { means: none, origin: none, whitening: none, whiteningStep: 0, offsets, slopes: none };
  }
}

/** logit = offset − this ‖z‖², or where a function of ‖z‖² follows, ‖z‖² itself. */
export function squareRateOf({ rate, radial }: Pick<KernelModel, 'rate' | 'radial'>): number {
  return radial ? -1 : rate;
}

function packedFactors(model: SimdModel): Pick<ModelArrays, 'whitening' | 'whiteningStep'> {
  const { form, d, packed } = model;
  return { whitening: packed ?? packFactors(model), whiteningStep: form === 'tied' ? 0 : packedSize(d) };
}

/** Triangular factors as the kernel reads them; into `packed`, where given. */
export function packFactors(
  { form, k, d, whitening }: Pick<KernelModel, 'form' | 'k' | 'd' | 'whitening'>,
  packed: Float32Array = new Float32Array(factorsSize({ form, k, d })),
): Float32Array {
  const size = packedSize(d);
  for (let c = 0; c * size < packed.length; c++) {
    packFactor(whitening.subarray(c * d * d, (c + 1) * d * d), d, packed.subarray(c * size, (c + 1) * size));
  }
  return packed;
}

/** How many numbers these are. */
export function factorsSize({ form, k, d }: Pick<KernelModel, 'form' | 'k' | 'd'>): number {
  return (form === 'tied' ? 1 : k) * packedSize(d);
}

/** Bounds in the order in which the kernel reads them: origin, P by blocks of four columns, means, factors. */
export function boundArrays(
  { columns, origin, projection, means, whitening }: LogitBounds,
  { form, k, d }: Pick<SimdModel, 'form' | 'k' | 'd'>,
): [Float32Array, Float32Array, Float32Array, Float32Array] {
  const blocked = new Float32Array(projection.length);
  for (let j = 0, at = 0; j < columns; j += 4) {
    for (let i = 0; i < d; i++, at += 4) blocked.set(projection.subarray(i * columns + j, i * columns + j + 4), at);
  }
  return [origin, blocked, means, packFactors({ form, k, d: columns, whitening })];
}

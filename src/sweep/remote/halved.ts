/** Moments on their way from a worker: matrices that are alike on both sides of the diagonal are sent by one side. */
import { isMatrix } from '../../../kernels/form.js';
import type { QuadraticShape } from '../model.js';
import type { Moments, QuadraticMoments } from '../moments.js';

/** Moments as messages have them. */
export interface HalvedMoments extends Omit<Moments, 'quadratic'> {
  readonly quadratic: readonly HalvedTerm[];
}

/** With `columns`, the rows of lower triangles stand for `second`: `[k, d (d + 1) / 2]`, of a tied form `[d (d + 1) / 2]`. */
interface HalvedTerm extends QuadraticMoments {
  readonly columns?: number | undefined;
}

/** Takes one side off every matrix whose sides have the same bits; `shapes`: of the model's quadratic terms. */
export function halved(moments: Moments, shapes: readonly QuadraticShape[]): HalvedMoments {
  const quadratic = moments.quadratic.map((term, index) => {
    const { form, d } = shapes[index];
    const second = isMatrix(form) ? lowerTriangles(term.second, d) : undefined;
    return second ? { ...term, second, columns: d } : term;
  });
  return { ...moments, quadratic };
}

/** The moments that were halved, to the bit. */
export function whole(moments: HalvedMoments): Moments {
  const quadratic = moments.quadratic.map(({ columns, ...term }) =>
    columns === undefined ? term : { ...term, second: mirrored(term.second, columns) },
  );
  return { ...moments, quadratic };
}

/** Lower triangles of matrices `[…, d, d]`, row by row; undefined where a matrix differs from its transpose. */
function lowerTriangles(matrices: Float64Array, d: number): Float64Array | undefined {
  const halves = new Float64Array((matrices.length / (2 * d)) * (d + 1));
  for (let start = 0, at = 0; start < matrices.length; start += d * d) {
    for (let j = 0; j < d; j++) {
      for (let l = 0; l <= j; l++, at++) {
        halves[at] = matrices[start + j * d + l];
        if (!Object.is(halves[at], matrices[start + l * d + j])) return undefined;
      }
    }
  }
  return halves;
}

/** Matrices `[…, d, d]` of their lower triangles. */
function mirrored(halves: Float64Array, d: number): Float64Array {
  const matrices = new Float64Array((halves.length / (d + 1)) * 2 * d);
  for (let start = 0, at = 0; start < matrices.length; start += d * d) {
    for (let j = 0; j < d; j++) {
      for (let l = 0; l <= j; l++, at++) {
        matrices[start + j * d + l] = matrices[start + l * d + j] = halves[at];
      }
    }
  }
  return matrices;
}

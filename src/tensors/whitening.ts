/** Whitening factors W_k and normalizing constants c_k of Gaussian components, of numbers or of tensors. */
import { tf } from '#tfjs';
import { isTensor } from '../../kernels/engine.js';
import type { Tensor, Tensor2D } from '@tensorflow/tfjs';
import type { Triangle } from '../../kernels/costs.js';
import { isMatrix, type CovarianceForm } from '../../kernels/form.js';
import { whitenKernel } from '../../kernels/whiten.js';
import { nestedNumbers, shown } from '../base/check.js';
import { InputError } from '../base/errors.js';
import { cholesky } from '../base/cholesky.js';
import { covarianceLayouts } from '../families/covariance.js';
import { requireFits, requireTensor, type Numbers } from './check.js';

const LOG_TWO_PI = Math.log(2 * Math.PI);

/** Sizes of a problem, and how its components measure distance. */
export interface Setting {
  readonly k: number;
  readonly d: number;
  readonly form: CovarianceForm;
  readonly triangle: Triangle;
}

/** As the log-cost kernel takes them. */
export interface Whitening {
  /** `[b, k or 1, d, d]`, `[b, k, d]` or `[b, k, 1]` by covariance type. */
  readonly whitening: Tensor;
  /** c_k = d/2 log 2π − log |det W_k|, nats, `[b, k]`. */
  readonly constants: Tensor2D;
  /** B, where they are batched. */
  readonly batches: number | undefined;
  /** The half of a matrix `whitening` that is not 0. */
  readonly triangle: Triangle;
}

type Shape = (k: number, d: number) => number[];

/** Shapes by covariance type: as the user gives them, in letters and numbers, and as kernels take them. */
const shapes: Readonly<
  Record<CovarianceForm, { readonly letters: string; readonly given: Shape; readonly taken: Shape }>
> = {
  full: { letters: 'k, d, d', given: (k, d) => [k, d, d], taken: (k, d) => [k, d, d] },
  tied: { letters: 'd, d', given: (_, d) => [d, d], taken: (_, d) => [1, d, d] },
  diag: { letters: 'k, d', given: (k, d) => [k, d], taken: (k, d) => [k, d] },
  spherical: { letters: 'k', given: (k) => [k], taken: (k) => [k, 1] },
};

/** From covariances Σ_k; Σ_k⁻¹ = W_k W_kᵀ. Those in arrays are factored in float64. */
export function fromCovariances(covariances: Numbers, setting: Setting, where: string): Whitening {
  const { form, k, d } = setting;
  const layout = covarianceLayouts[form];
  if (!isTensor(covariances)) {
    return ofNumbers(covariances, { ...setting, triangle: 'upper' }, where, (one, name) => {
      requireCovariance(one, form, d, name);
      return layout.whiten(one, d);
    });
  }
  const batches = requireTensorFits(covariances, setting, where);
  const b = batches ?? 1;
  const shape = [b, ...shapes[form].taken(k, d)];
  if (!isMatrix(form)) return ofTensor(tf.reshape(tf.rsqrt(covariances), shape), setting, batches);
  const [factors] = whitenKernel({ covariances: tf.reshape(covariances, [-1, d, d]) }, {});
  return ofTensor(tf.reshape(factors, shape), { ...setting, triangle: 'upper' }, batches);
}

/** From the factors W_k themselves; of a matrix one triangle counts. */
export function fromPrecisions(factors: Numbers, setting: Setting, where: string): Whitening {
  const { form, k, d, triangle } = setting;
  if (!isTensor(factors)) {
    return ofNumbers(factors, setting, where, (one, name) => {
      requireFactor(one, setting, name);
      const factor = Float32Array.from(one);
      const diagonal = isMatrix(form) ? factor.filter((_, at) => at % (d + 1) === 0) : factor;
      const log = diagonal.reduce((sum, value) => sum + Math.log(Math.abs(value)), 0);
      return { factor, logDeterminant: form === 'spherical' ? d * log : log };
    });
  }
  const batches = requireTensorFits(factors, setting, where);
  const whole = tf.reshape(factors, [batches ?? 1, ...shapes[form].taken(k, d)]);
  if (!isMatrix(form)) return ofTensor(whole, setting, batches);
  const kept = new Uint8Array(d * d).map((_, at) => Number(inTriangle(at, d, triangle)));
  return ofTensor(tf.where(tf.tensor(kept, [d, d], 'bool'), whole, 0), setting, batches);
}

function ofNumbers(
  given: unknown,
  { form, k, d, triangle }: Setting,
  where: string,
  whiten: (one: Float64Array, name: string) => { factor: Float32Array; logDeterminant: number },
): Whitening {
  const { values, shape } = nestedNumbers(given, where);
  const batches = requireFits(shape, shapes[form].letters, shapes[form].given(k, d), where, remedyOf(form));
  const layout = covarianceLayouts[form];
  const size = layout.size(d);
  const whitening = new Float32Array(values.length);
  const logs = Array.from({ length: values.length / size }, (_, index) => {
    const each = layout.shared ? 1 : k;
    const path = [
      ...(batches === undefined ? [] : [Math.floor(index / each)]),
      ...(layout.shared ? [] : [index % each]),
    ];
    const name = where + path.map((at) => `[${at}]`).join('');
    const { factor, logDeterminant } = whiten(values.subarray(index * size, (index + 1) * size), name);
    if (!Number.isFinite(logDeterminant) || !factor.every(Number.isFinite)) throw beyondFloat32(name);
    whitening.set(factor, index * size);
    return (d / 2) * LOG_TWO_PI - logDeterminant;
  });
  const b = batches ?? 1;
  const constants = tf.tensor2d(Float32Array.from(logs), [b, logs.length / b]);
  return {
    whitening: tf.tensor(whitening, [b, ...shapes[form].taken(k, d)]),
    constants: tf.broadcastTo(constants, [b, k]),
    batches,
    triangle,
  };
}

/** `whitening` has the kernel's shape already. */
function ofTensor(whitening: Tensor, { form, k, d, triangle }: Setting, batches: number | undefined): Whitening {
  const diagonal: Tensor = isMatrix(form) ? tf.sum(tf.mul(whitening, tf.eye(d)), -1) : whitening;
  const logs = tf.sum(tf.log(tf.abs(diagonal)), -1);
  const constants: Tensor = tf.sub((d / 2) * LOG_TWO_PI, form === 'spherical' ? tf.mul(logs, d) : logs);
  return { whitening, constants: tf.broadcastTo(constants, [batches ?? 1, k]), batches, triangle };
}

function requireTensorFits(tensor: Tensor, { form, k, d }: Setting, where: string): number | undefined {
  const { letters, given } = shapes[form];
  requireTensor(tensor, where, [`[${letters}]`, `[B, ${letters}]`]);
  return requireFits(tensor.shape, letters, given(k, d), where, remedyOf(form));
}

function remedyOf(form: CovarianceForm): string {
  return `correct it, or name another type than covariance: '${form}'`;
}

function beyondFloat32(where: string): InputError {
  const expected = 'standard deviations that float32 can hold, with their inverses';
  return new InputError('value', {
    where,
    expected,
    got: 'larger or smaller ones',
    remedy: 'scale rows and components',
  });
}

function requireCovariance(one: Float64Array, form: CovarianceForm, d: number, where: string): void {
  const complain = (expected: string, got: string): InputError =>
    new InputError('value', { where, expected, got, remedy: 'correct it, or add a little to its diagonal' });
  if (!isMatrix(form)) {
    const bad = one.find((variance) => !(variance > 0));
    if (bad !== undefined) throw complain('variances > 0', shown(bad));
    return;
  }
  const expected = 'a symmetric positive definite matrix';
  const largest = one.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  const even = one.every((value, at) => Math.abs(value - one[(at % d) * d + Math.floor(at / d)]) <= 1e-6 * largest);
  if (!even) throw complain(expected, 'one that is not symmetric');
  if (!cholesky(one, d)) throw complain(expected, 'one that is not positive definite');
}

function requireFactor(one: Float64Array, { form, d, triangle }: Setting, where: string): void {
  const complain = (expected: string, got: string, remedy: string): InputError =>
    new InputError('value', { where, expected, got, remedy });
  const onDiagonal = (at: number): boolean => !isMatrix(form) || at % (d + 1) === 0;
  if (one.some((value, at) => onDiagonal(at) && value === 0)) {
    throw complain('a factor of full rank', '0 on its diagonal', 'correct it');
  }
  if (isMatrix(form) && one.some((value, at) => value !== 0 && !inTriangle(at, d, triangle))) {
    const other = triangle === 'upper' ? 'lower' : 'upper';
    throw complain(
      `a matrix with its ${triangle} triangle alone`,
      'one with numbers beside it',
      `say triangle: '${other}' if it is that, or give covariances`,
    );
  }
}

/** Whether an entry of a row-major matrix lies in a triangle, diagonal included. */
function inTriangle(at: number, d: number, triangle: Triangle): boolean {
  const [row, column] = [Math.floor(at / d), at % d];
  return triangle === 'upper' ? row <= column : row >= column;
}

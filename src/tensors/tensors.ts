/** The kernels of a sweep one by one, on tensors of any tfjs backend: for pipelines of one's own. */
import { tf } from '#tfjs';
import type { Tensor, Tensor3D } from '@tensorflow/tfjs';
import type { SoftminInputs, Triangle } from '../../kernels/costs.js';
import { isTensor, onBackend } from '../../kernels/engine.js';
import type { CovarianceForm } from '../../kernels/form.js';
import { logCostKernel } from '../../kernels/log-cost.js';
import { responsibilitiesKernel, softminKernel } from '../../kernels/softmin.js';
import { invalid, nestedNumbers, requireOneOf, single } from '../base/check.js';
import { InputError } from '../base/errors.js';
import { covarianceLayouts } from '../families/covariance.js';
import { requireFits, requireOneBackend, requireTensor, requireWithinLimit, type Numbers } from './check.js';
import { offsetsOf, type Prior } from './offsets.js';
import { fromCovariances, fromPrecisions, type Setting } from './whitening.js';

export type { Triangle } from '../../kernels/costs.js';
export type { NestedNumbers, Numbers } from './check.js';
export type { Prior } from './offsets.js';

/** Gaussian components: arrays, or float32 tensors, which gradients go through. B, in front, is optional everywhere. */
export interface LogCostOptions {
  /** μ_k, `[k, d]` or `[B, k, d]`, in the units of x. */
  readonly means: Numbers;
  /** The type of covariance that the following are of; default 'full'. */
  readonly covariance?: CovarianceForm;
  /**
   * Σ_k: full `[k, d, d]`, tied `[d, d]`, diag `[k, d]` (variances), spherical `[k]` (variances). Arrays are factored
   * in float64 and checked. Tensors are factored in float32 where they live and not read back: where one is not
   * positive definite its costs are NaN.
   */
  readonly covariances?: Numbers;
  /**
   * Instead of covariances, W_k with Σ_k⁻¹ = W_k W_kᵀ, as scikit-learn's `precisions_cholesky_`: of the same shapes,
   * matrices triangular, 1/σ for diag and spherical.
   */
  readonly precisionsCholesky?: Numbers;
  /** The half of a matrix `precisionsCholesky` that is read, the other one counting as 0; default 'upper'. */
  readonly triangle?: Triangle;
}

/**
 * Costs C_ik = −log N(x_i | μ_k, Σ_k) in nats: x `[n, d]` → `[n, k]`. They are `[B, n, k]` where x, `[B, n, d]`, or any
 * of the components' parameters is batched; what is not batched is shared. Differences are taken first, so that an
 * offset costs no digits but those that float32 rows have lost already. Centre far data before they become float32.
 *
 * Runs where x lives: a fused kernel on WebGPU, elsewhere one component at a time, with temporaries of the size of x.
 * First and second derivatives with respect to x and all parameters that are tensors.
 * Throws `InputError` for shapes, types or values that do not fit.
 */
export function logCost(x: Tensor, options: LogCostOptions): Tensor {
  requireTensor(x, 'logCost: x', ['[n, d]', '[B, n, d]']);
  const setting = settingOf(x, options);
  const { k, d, form } = setting;
  const { means, covariances, precisionsCholesky } = options;
  const home = requireOneBackend('logCost', { x, means, covariances, precisionsCholesky });
  return onBackend(home, () =>
    tf.tidy(() => {
      const centres = isTensor(means) ? means : tensorOf(means, 'logCost: means');
      const { whitening, constants, batches, triangle } = covariances
        ? fromCovariances(covariances, setting, 'logCost: covariances')
        : fromPrecisions(precisionsCholesky as Numbers, setting, 'logCost: precisionsCholesky');
      const b = oneOf({
        x: x.rank === 3 ? x.shape[0] : undefined,
        means: centres.rank === 3 ? centres.shape[0] : undefined,
        [covariances ? 'covariances' : 'precisionsCholesky']: batches,
      });
      const n = x.shape[x.rank - 2];
      requireWithinLimit('logCost', home, [x.shape, whitening.shape, [b ?? 1, n, k]]);
      const rows: Tensor3D = tf.reshape(x, [-1, n, d]);
      const [cost] = logCostKernel(
        { x: rows, means: tf.reshape(centres, [-1, k, d]), whitening, constants },
        { form, triangle },
      );
      return b === undefined ? tf.squeeze(cost, [0]) : cost;
    }),
  );
}

/** Sizes and types, checked. */
function settingOf(x: Tensor, options: LogCostOptions): Setting {
  const given = (options as LogCostOptions | null | undefined) ?? ({} as LogCostOptions); // from JavaScript
  const { means, covariance: form = 'full', covariances, precisionsCholesky, triangle = 'upper' } = given;
  requireOneOf('logCost: covariance', form, Object.keys(covarianceLayouts));
  if (!['upper', 'lower'].includes(triangle)) {
    throw invalid('logCost: triangle', 'upper or lower', triangle, 'choose one of these');
  }
  if (Boolean(covariances) === Boolean(precisionsCholesky)) {
    throw new InputError('option', {
      where: 'logCost: components',
      expected: 'either covariances or precisionsCholesky',
      got: covariances ? 'both' : 'neither',
      remedy: 'give one of them',
    });
  }
  if (isTensor(means)) requireTensor(means, 'logCost: means', ['[k, d]', '[B, k, d]']);
  const shape = isTensor(means) ? means.shape : nestedNumbers(means, 'logCost: means', single).shape;
  const d = x.shape[x.rank - 1];
  const k = shape[shape.length - 2] ?? 1;
  requireFits(shape, 'k, d', [k, d], 'logCost: means', 'give one value per column of x');
  return { k, d, form, triangle };
}

function tensorOf(given: Numbers, where: string): Tensor {
  const { values, shape } = nestedNumbers(given, where, single);
  return tf.tensor(Float32Array.from(values), shape);
}

/** B, where anything is batched; throws `InputError('shape')` where two disagree on it. */
function oneOf(batches: Readonly<Record<string, number | undefined>>): number | undefined {
  const given = Object.entries(batches).filter((entry): entry is [string, number] => entry[1] !== undefined);
  const other = given.find(([, b]) => b !== given[0][1]);
  if (!other) return given[0]?.[1];
  throw new InputError('shape', {
    where: 'logCost',
    expected: 'the same number of batches in all that has them',
    got: `${given[0][1]} in ${given[0][0]} and ${other[1]} in ${other[0]}`,
    remedy: 'leave the batch out of what all of them share',
  });
}

/** What softmins and responsibilities are taken of, besides the costs. */
export interface SoftminOptions extends Prior {
  /** Temperature ε, nats: 0, or from 1e-30 to 1e30; default 1. */
  readonly epsilon?: number;
  /** The dimension of the costs that is summed over, k long: the last, -1 (default), or the one before, -2. */
  readonly axis?: number;
}

/**
 * softmin_i = −ε log Σ_k w_k exp((g_k − C_ik)/ε), nats: costs `[n, k]` → `[n]`, `[B, n, k]` → `[B, n]`; with axis -2,
 * `[k, n]` → `[n]`. At ε = 0 the least C_ik − g_k of those with w_k > 0. With C of `logCost`, mixture weights
 * w and ε = 1 it is −log p(x_i).
 *
 * Costs are finite or +Infinity; anything from 1e37 on counts as that, and its component as absent from the row. A row
 * without components has softmin +Infinity and gradient 0; a NaN makes its row NaN. Differentiable in costs, weights
 * and potential (a subgradient at ε = 0; 0 for a weight of 0). Throws `InputError`.
 */
export function softmin(cost: Tensor, options: SoftminOptions = {}): Tensor {
  return alongRows('softmin', cost, options, (inputs, { epsilon }) => softminKernel(inputs, { epsilon })[0]);
}

/**
 * Responsibilities r_ik = w_k exp((g_k − C_ik + softmin_i)/ε), of the shape of the costs; they sum to 1 along `axis`.
 * At ε = 0 all is on the least C_ik − g_k, the first of equals. 1/k each in a row without components.
 *
 * Otherwise as {@link softmin}, whose gradient they are. Differentiable themselves for ε > 0; at ε = 0, where they are
 * steps, asking for their gradient is an error. Throws `InputError`.
 */
export function responsibilities(cost: Tensor, options: SoftminOptions = {}): Tensor {
  return alongRows('responsibilities', cost, options, (inputs, { epsilon, transposed }) => {
    const [plan] = responsibilitiesKernel(inputs, { epsilon });
    return transposed ? tf.transpose(plan, [0, 2, 1]) : plan;
  });
}

/** Brings costs to `[B, n, k]`, computes, and takes the batch off again where there was none. */
function alongRows(
  where: string,
  cost: Tensor,
  { epsilon = 1, axis = -1, ...prior }: SoftminOptions,
  compute: (inputs: SoftminInputs, how: { epsilon: number; transposed: boolean }) => Tensor,
): Tensor {
  requireTensor(cost, `${where}: cost`, ['[n, k]', '[B, n, k]']);
  requireEpsilon(where, epsilon);
  const transposed = isBeforeLast(where, axis);
  const home = requireOneBackend(where, { cost, ...prior });
  return onBackend(home, () =>
    tf.tidy(() => {
      const batches = cost.rank === 3 ? cost.shape[0] : undefined;
      const stacked: Tensor3D = tf.reshape(cost, [batches ?? 1, ...cost.shape.slice(-2)] as [number, number, number]);
      const rows = transposed ? tf.transpose(stacked, [0, 2, 1]) : stacked;
      const offsets = offsetsOf(prior, epsilon, { batches, k: rows.shape[2] }, where);
      const result = compute({ cost: rows, offsets }, { epsilon, transposed });
      return batches === undefined ? tf.squeeze(result, [0]) : result;
    }),
  );
}

function requireEpsilon(where: string, epsilon: number): void {
  if (typeof epsilon === 'number' && (epsilon === 0 || (epsilon >= 1e-30 && epsilon <= 1e30))) return;
  throw invalid(`${where}: epsilon`, '0, or a number from 1e-30 to 1e30', epsilon, 'take 0 for the minimum itself');
}

function isBeforeLast(where: string, axis: number): boolean {
  if (axis === -1 || axis === -2) return axis === -2;
  throw invalid(`${where}: axis`, '-1 or -2', axis, 'count from the last dimension, or transpose the costs');
}

import { tf } from '#tfjs';
import type { Tensor2D, Tensor3D } from '@tensorflow/tfjs';
import {
  ABSENT,
  FAR,
  LEAST_EXPONENT,
  type PointAttributes,
  type PointAveragesInputs,
  type PointInputs,
  type PointMetric,
} from './costs.js';
import { defineKernel } from './engine.js';
import { pointAveragesProgram, pointSoftminProgram } from './points.wgsl.js';

/** Costs that composites hold at a time: 16 MiB. */
const BLOCK = 2 ** 22;
/** No float32 sum runs over more terms. */
const GROUP = 1024;

/** −ε log Σ_j exp((o_j − C_ij)/ε), `[B, n]`, without ever holding all C; +Infinity where all points are absent. */
export const pointSoftminKernel = defineKernel<PointInputs, PointAttributes>({
  name: 'OtmixPointSoftmin',
  composite(inputs, { epsilon, metric }) {
    const blocks = byBlocks(inputs, (x) => {
      const gaps = gapsOf(pointCosts(x, inputs.y, metric), inputs.offsets);
      const least: Tensor3D = tf.min(gaps, 2, true);
      const sum = sumColumns(exponentials(gaps, least, epsilon));
      return tf.where(tf.greaterEqual(least, FAR), Infinity, tf.sub(least, tf.mul(tf.log(sum), epsilon))) as Tensor3D;
    });
    return [tf.squeeze(blocks, [2])];
  },
  webgpu: (inputs, attributes, backend) => [pointSoftminProgram(inputs, attributes, backend)],
});

/**
 * Averages with the weights q_ij = exp((s_i + o_j − C_ij)/ε), made to sum to 1 over j: Σ_j q_ij v_j, then Σ_j q_ij
 * C_ij, `[B, n, p + 1]`. 0 where all points are absent.
 */
export const pointAveragesKernel = defineKernel<PointAveragesInputs, PointAttributes>({
  name: 'OtmixPointAverages',
  composite(inputs, { epsilon, metric }) {
    const { y, offsets, values } = inputs;
    const [b, , p] = values.shape;
    const averages = byBlocks(inputs, (x, from) => {
      const cost = pointCosts(x, y, metric);
      const softmins: Tensor3D = tf.expandDims(tf.slice(inputs.softmins, [0, from], [-1, x.shape[1]]), 2);
      const gaps = gapsOf(cost, offsets);
      const terms = exponentials(gaps, softmins, epsilon);
      const shares = tf.where(tf.greaterEqual(gaps, FAR), tf.zerosLike(terms), terms);
      const sums = [sumColumns(tf.mul(shares, cost))];
      for (let c = p - 1; c >= 0; c--) {
        const column = tf.reshape(tf.slice(values, [0, 0, c], [-1, -1, 1]), [b, 1, -1]);
        sums.unshift(sumColumns(tf.mul(shares, column)));
      }
      return tf.divNoNan<Tensor3D>(tf.concat(sums, 2), sumColumns(shares));
    });
    return [averages];
  },
  webgpu: (inputs, attributes, backend) => [pointAveragesProgram(inputs, attributes, backend)],
});

/** C, `[B, n, m]`, summed over coordinates one by one: never more than two arrays of that size. */
export function pointCosts(x: Tensor3D, y: Tensor3D, metric: PointMetric): Tensor3D {
  const d = x.shape[2];
  let sum: Tensor3D | undefined;
  for (let k = 0; k < d; k++) {
    const before: Tensor3D | undefined = sum;
    sum = tf.tidy(() => {
      const own = tf.slice(x, [0, 0, k], [-1, -1, 1]);
      const others = tf.reshape(tf.slice(y, [0, 0, k], [-1, -1, 1]), [y.shape[0], 1, -1]);
      const term: Tensor3D = metric === 'dot' ? tf.mul(own, others) : tf.square(tf.sub(own, others));
      return before ? tf.add(before, term) : term;
    });
    before?.dispose();
  }
  return sum as Tensor3D;
}

/** Rows in blocks, each computed and freed by itself: `compute` gives `[B, rows, c]` of rows `[B, rows, d]`. */
function byBlocks({ x, y }: PointInputs, compute: (rows: Tensor3D, from: number) => Tensor3D): Tensor3D {
  const [b, n] = x.shape;
  const rows = Math.max(1, Math.floor(BLOCK / (b * y.shape[1])));
  const blocks: Tensor3D[] = [];
  for (let from = 0; from < n; from += rows) {
    blocks.push(tf.tidy(() => compute(tf.slice(x, [0, from, 0], [-1, Math.min(rows, n - from), -1]), from)));
  }
  return tf.concat(blocks, 1);
}

/** C_ij − o_j, {@link FAR} where the point is absent. */
function gapsOf(cost: Tensor3D, offsets: Tensor2D): Tensor3D {
  const own = tf.expandDims(offsets, 1);
  const absent = tf.logicalOr(tf.greaterEqual(cost, ABSENT), tf.lessEqual(own, -ABSENT));
  return tf.where(absent, FAR, tf.sub(cost, own)) as Tensor3D;
}

function exponentials(gaps: Tensor3D, least: Tensor3D, epsilon: number): Tensor3D {
  return tf.exp(tf.div(tf.maximum(tf.sub(least, gaps), LEAST_EXPONENT * epsilon), epsilon));
}

/** Sums over the last dimension in groups: `[B, n, m]` → `[B, n, 1]`. */
function sumColumns(values: Tensor3D): Tensor3D {
  const [b, n, m] = values.shape;
  if (m <= GROUP) return tf.sum(values, 2, true);
  const groups = Math.ceil(m / GROUP);
  const padded = tf.pad(values, [
    [0, 0],
    [0, 0],
    [0, groups * GROUP - m],
  ]);
  return sumColumns(tf.sum(tf.reshape(padded, [b, n, groups, GROUP]), 3));
}

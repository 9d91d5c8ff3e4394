import * as tf from '@tensorflow/tfjs';
import { onBackend } from '../../kernels/engine.js';
import { isTensor, requireWithinLimit } from '../tensors/check.js';
import { KernelMemory } from './absorbed.js';
import { extremes, matrixCosts, pointCosts, type CostRows } from './cost-rows.js';
import { DeviceGeometry, type Device } from './device.js';
import { MatrixOnDevice, PointsOnDevice } from './device-costs.js';
import type { Geometry, Side } from './geometry.js';
import { HostGeometry } from './host.js';
import type { HostArray } from './numbers.js';
import { repeat, type Sizes, type Source } from './problem.js';

/** Where costs are computed: the host's memory, or a tfjs backend. */
export type Home = 'host' | Device;

/** Problems that are solved at once, one after another in the host's memory and all together on a device. */
export interface Parts {
  readonly geometries: readonly Geometry[];
  /** Frees what only iterating needs. */
  settle(): void;
}

type Weights = Readonly<Record<Side, Float64Array>>;

/** The geometries of problems with these weights, `[B, n]` and `[B, m]`. What they own is freed by their `dispose`. */
export function partsOf(source: Source, sizes: Sizes, weights: Weights, home: Home, where: string): Parts {
  if (home !== 'host') return { geometries: [onDevice(source, sizes, weights, home, where)], settle: () => undefined };
  const memory = new KernelMemory();
  const { batches, n, m } = sizes;
  const geometries = Array.from({ length: batches }, (_, s) => {
    const [a, b] = [weights.a.subarray(s * n, (s + 1) * n), weights.b.subarray(s * m, (s + 1) * m)];
    return new HostGeometry(rowsOf(source, sizes, s), a, b, memory);
  });
  return { geometries, settle: () => memory.release() };
}

function rowsOf(source: Source, { n, m }: Sizes, batch: number): CostRows {
  const part = (of: HostArray | tf.Tensor, length: number): Float64Array => {
    const { values, shape } = of as HostArray;
    return shape.length === 3 ? values.subarray(batch * length, (batch + 1) * length) : values;
  };
  if (source.kind === 'matrix') return matrixCosts(part(source.cost, n * m), n, m);
  const d = source.x.shape[source.x.shape.length - 1];
  return pointCosts(part(source.x, n * d), part(source.y, m * d), d, source.metric);
}

function onDevice(source: Source, sizes: Sizes, weights: Weights, device: Device, where: string): Geometry {
  const { batches, n, m } = sizes;
  if (source.kind === 'matrix') {
    const { cost } = source;
    requireWithinLimit(where, device.backend, [[batches, n, m]]);
    const shift = isTensor(cost) ? undefined : middle(cost.values, sizes);
    const centred = isTensor(cost) ? cost : less(cost, shift?.a, m);
    return new DeviceGeometry(device, new MatrixOnDevice(stacked(centred, sizes, device)), weights, shift);
  }
  const { metric } = source;
  const moved = isTensor(source.x) || isTensor(source.y) ? undefined : centredClouds(source, sizes, weights);
  const x = stacked(moved?.x ?? source.x, sizes, device);
  const y = stacked(moved?.y ?? source.y, sizes, device);
  return new DeviceGeometry(device, new PointsOnDevice(x, y, metric), weights, moved?.shift);
}

/** `[B, length, c]` on the device: a tensor of ours that shares the values of the caller's, or a new one. */
function stacked(given: HostArray | tf.Tensor, { batches }: Sizes, { backend }: Device): tf.Tensor3D {
  const [length, c] = given.shape.slice(-2);
  return onBackend(backend, () =>
    tf.tidy(() => {
      const own = given.shape.length === 3 ? batches : 1;
      const tensor = isTensor(given) ? given : tf.tensor(Float32Array.from(given.values), [own, length, c]);
      const whole: tf.Tensor3D = tf.reshape(tensor, [own, length, c]);
      return own === batches ? whole : tf.tile(whole, [batches, 1, 1]);
    }),
  );
}

/** The middle of each problem's costs, to be taken off them: u_i of all rows, and 0. */
function middle(costs: Float64Array, { batches, n, m }: Sizes): Weights {
  const a = new Float64Array(batches * n);
  for (let s = 0; s < batches; s++) {
    const [low, high] = extremes(costs.subarray(s * n * m, (s + 1) * n * m));
    a.fill((low + high) / 2, s * n, (s + 1) * n);
  }
  return { a, b: new Float64Array(batches * m) };
}

/** Rows of m values less one number each. */
function less({ values, shape }: HostArray, byRow: Float64Array | undefined, m: number): HostArray {
  return { shape, values: values.map((value, at) => value - (byRow?.[Math.floor(at / m)] ?? 0)) };
}

/**
 * Both clouds about their own weighted means, and the u_i + v_j that their costs lack then: with t = x̄ − ȳ,
 * ‖x − y‖² = ‖x′ − y′‖² + (2 x′·t + t·t) − 2 y′·t, and x·y = x′·y′ + (x′·ȳ + x̄·ȳ) + x̄·y′.
 */
function centredClouds(
  source: Extract<Source, { kind: 'points' }>,
  { batches, n, m }: Sizes,
  weights: Weights,
): { x: HostArray; y: HostArray; shift: Weights } {
  const [x, y] = [source.x as HostArray, source.y as HostArray].map((cloud) => {
    const [length, d] = cloud.shape.slice(-2);
    const values = cloud.shape.length === 3 ? Float64Array.from(cloud.values) : repeat(cloud.values, batches);
    return { values, shape: [batches, length, d] };
  });
  const d = x.shape[2];
  const shift = { a: new Float64Array(batches * n), b: new Float64Array(batches * m) };
  for (let s = 0; s < batches; s++) {
    const ofX = centre(x.values.subarray(s * n * d, (s + 1) * n * d), weights.a.subarray(s * n, (s + 1) * n), d);
    const ofY = centre(y.values.subarray(s * m * d, (s + 1) * m * d), weights.b.subarray(s * m, (s + 1) * m), d);
    const apart = ofX.map((value, k) => value - ofY[k]);
    const squares = source.metric === 'squaredEuclidean';
    const constant = squares ? dot(apart, 0, apart) : dot(ofX, 0, ofY);
    for (let i = s * n; i < (s + 1) * n; i++) {
      shift.a[i] = constant + (squares ? 2 * dot(x.values, i * d, apart) : dot(x.values, i * d, ofY));
    }
    for (let j = s * m; j < (s + 1) * m; j++) {
      shift.b[j] = squares ? -2 * dot(y.values, j * d, apart) : dot(y.values, j * d, ofX);
    }
  }
  return { x, y, shift };
}

/** Takes the weighted mean off points, in place, and returns it. */
function centre(points: Float64Array, weights: Float64Array, d: number): Float64Array {
  const mean = new Float64Array(d);
  const total = weights.reduce((sum, w) => sum + w, 0);
  points.forEach((value, at) => (mean[at % d] += (weights[Math.floor(at / d)] / total) * value));
  for (let at = 0; at < points.length; at++) points[at] -= mean[at % d];
  return mean;
}

function dot(u: Float64Array, from: number, v: Float64Array): number {
  let sum = 0;
  for (let k = 0; k < v.length; k++) sum += u[from + k] * v[k];
  return sum;
}

import * as tf from '@tensorflow/tfjs';
import { FAR } from '../../kernels/costs.js';
import { onBackend } from '../../kernels/engine.js';
import { isTensor, requireWithinLimit } from '../tensors/check.js';
import { KernelMemory } from './absorbed.js';
import { centredClouds } from './centred.js';
import { extremes, matrixCosts, pointCosts, type CostRows } from './cost-rows.js';
import { Crew, type Threads } from './pair-threads.js';
import { DeviceGeometry, type Device } from './device.js';
import { MatrixOnDevice, PointsOnDevice } from './device-costs.js';
import type { Geometry, Side } from './geometry.js';
import { HostGeometry } from './host.js';
import type { HostArray } from './numbers.js';
import type { Sizes, Source } from './problem.js';
import { SimdGeometry } from './simd.js';

/** Where costs are computed: the host's memory, those of points by threads with SIMD or not, or a tfjs backend. */
export type Home = 'host' | Threads | Device;

export function isHost(home: Home): home is 'host' | Threads {
  return home === 'host' || 'threads' in home;
}

/** Problems that are solved at once, one after another in the host's memory and all together on a device. */
export interface Parts {
  readonly geometries: readonly Geometry[];
  /** Frees what only solving needs. */
  settle(): void;
}

type Weights = Readonly<Record<Side, Float64Array>>;
type PointSource = Extract<Source, { kind: 'points' }>;

/** The geometries of problems with these weights, `[B, n]` and `[B, m]`. What they own is freed by their `dispose`. */
export function partsOf(source: Source, sizes: Sizes, weights: Weights, home: Home, where: string): Parts {
  if (!isHost(home)) return { geometries: [onDevice(source, sizes, weights, home, where)], settle: () => undefined };
  if (home !== 'host' && source.kind === 'points') return onThreads(source, sizes, weights, home);
  const memory = new KernelMemory();
  const { batches, n, m } = sizes;
  const geometries = Array.from({ length: batches }, (_, s) => {
    const [a, b] = [weights.a.subarray(s * n, (s + 1) * n), weights.b.subarray(s * m, (s + 1) * m)];
    return new HostGeometry(rowsOf(source, sizes, s), a, b, memory);
  });
  return { geometries, settle: () => memory.release() };
}

function onThreads(source: PointSource, sizes: Sizes, weights: Weights, threads: Threads): Parts {
  const { batches, n, m } = sizes;
  const crew = new Crew(threads, Math.max(n, m));
  const centred = centredClouds(source, sizes, weights);
  const d = centred.x.shape[2];
  const geometries = Array.from({ length: batches }, (_, s) => {
    const ofA = (values: Float64Array, width = 1): Float64Array => values.subarray(s * n * width, (s + 1) * n * width);
    const ofB = (values: Float64Array, width = 1): Float64Array => values.subarray(s * m * width, (s + 1) * m * width);
    const clouds = {
      given: { a: part(source.x, s, n * d), b: part(source.y, s, m * d) },
      centred: { a: ofA(centred.x.values, d), b: ofB(centred.y.values, d) },
      shift: { a: ofA(centred.shift.a), b: ofB(centred.shift.b) },
      ...{ d, metric: source.metric },
    };
    return new SimdGeometry(clouds, { a: ofA(weights.a), b: ofB(weights.b) }, crew);
  });
  return { geometries, settle: () => crew.settle() };
}

function rowsOf(source: Source, { n, m }: Sizes, batch: number): CostRows {
  if (source.kind === 'matrix') return matrixCosts(part(source.cost, batch, n * m), n, m);
  const d = source.x.shape[source.x.shape.length - 1];
  return pointCosts(part(source.x, batch, n * d), part(source.y, batch, m * d), d, source.metric);
}

/** What a batch element has of an array, or all of it where it has no batch. */
function part(of: HostArray | tf.Tensor, batch: number, length: number): Float64Array {
  const { values, shape } = of as HostArray;
  return shape.length === 3 ? values.subarray(batch * length, (batch + 1) * length) : values;
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
    const [low, high] = extremes(costs.subarray(s * n * m, (s + 1) * n * m).filter(Number.isFinite));
    a.fill((low + high) / 2, s * n, (s + 1) * n);
  }
  return { a, b: new Float64Array(batches * m) };
}

/** Rows of m values less one number each. */
function less({ values, shape }: HostArray, byRow: Float64Array | undefined, m: number): HostArray {
  // What is infinite is so far on a device, whose averages multiply it by shares of 0.
  return { shape, values: values.map((value, at) => Math.min(value - (byRow?.[Math.floor(at / m)] ?? 0), FAR)) };
}

import { tf } from '#tfjs';
import type { Tensor, Tensor2D, Tensor3D } from '@tensorflow/tfjs';
import { FAR } from '../../kernels/costs.js';
import { isTensor, onBackend } from '../../kernels/engine.js';
import type { Gpu } from '../../kernels/webgpu/device.js';
import { guarded } from '../../kernels/webgpu/scope.js';
import { centredClouds } from './centred.js';
import { extremes } from './cost-rows.js';
import type { Averages, Geometry, Side, Values } from './geometry.js';
import type { Geometries, HostArray, Problem, Sizes } from './problem.js';
import { MatrixTensor, PointTensors, type TensorCosts } from './tensor-costs.js';

/** A tfjs backend that computes, and the GPU behind it if it has one of ours. */
export interface TfjsBackend {
  readonly backend: string;
  readonly gpu?: Gpu;
}

/** Problems on a device, which solves them all together in float32. `name`: what computes, for the report. */
export function tensorGeometries(problem: Problem, name: string, device: TfjsBackend): Geometries {
  return { geometries: [geometryOn(device, problem)], backend: name, release: () => undefined };
}

function geometryOn(device: TfjsBackend, problem: Problem): Geometry {
  const { source, sizes, weights } = problem;
  if (source.kind === 'matrix') {
    const { cost } = source;
    const shift = isTensor(cost) ? undefined : middle(cost.values, sizes);
    const centred = isTensor(cost) ? cost : less(cost, shift?.a, sizes.m);
    return new TensorGeometry(device, new MatrixTensor(stacked(centred, sizes, device)), weights, shift);
  }
  const { metric } = source;
  const moved = isTensor(source.x) || isTensor(source.y) ? undefined : centredClouds(source, problem);
  const x = stacked(moved?.x ?? source.x, sizes, device);
  const y = stacked(moved?.y ?? source.y, sizes, device);
  return new TensorGeometry(device, new PointTensors(x, y, metric), weights, moved?.shift);
}

/** `[B, length, c]` on the device: a tensor of ours that shares the values of the caller's, or a new one. */
function stacked(given: HostArray | Tensor, { batches }: Sizes, { backend }: TfjsBackend): Tensor3D {
  const [length, c] = given.shape.slice(-2);
  return onBackend(backend, () =>
    tf.tidy(() => {
      const own = given.shape.length === 3 ? batches : 1;
      const tensor = isTensor(given) ? given : tf.tensor(Float32Array.from(given.values), [own, length, c]);
      const whole: Tensor3D = tf.reshape(tensor, [own, length, c]);
      return own === batches ? whole : tf.tile(whole, [batches, 1, 1]);
    }),
  );
}

/** The middle of each problem's costs, to be taken off them: u_i of all rows, and 0. */
function middle(costs: Float64Array, { batches, n, m }: Sizes): Problem['weights'] {
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

/**
 * Problems on a device: softmins are float32, potentials go there and come back with every one of them. What costs lack
 * to the caller's, u_i + v_j, is here and float64: centred costs have small potentials,
 * which float32 holds to more digits.
 */
class TensorGeometry implements Geometry {
  readonly batches: number;
  readonly n: number;
  readonly m: number;
  readonly precision = 'float32';

  constructor(
    private readonly device: TfjsBackend,
    private readonly given: TensorCosts,
    private readonly weights: Readonly<Record<Side, Float64Array>>,
    private readonly shift?: Readonly<Record<Side, Float64Array>>,
  ) {
    this.batches = given.batches;
    this.n = given.n;
    this.m = given.m;
  }

  /** Of the costs on the device: what is added to them changes potentials, and not how hard the problem is. */
  async range(): Promise<readonly [number, number]> {
    const [low, high] = await this.read(() => this.given.range());
    return [low, high];
  }

  async softmin(side: Side, potential: Float64Array, epsilon: number): Promise<Float64Array> {
    const lowered = this.offsets(side, potential, epsilon);
    const softmins = await this.read(() => this.given.softmin(side, this.upload(lowered), epsilon));
    const shift = this.shift?.[side];
    return Float64Array.from(softmins, (value, at) => value + (shift?.[at] ?? 0));
  }

  async averages(
    side: Side,
    potential: Float64Array,
    softmins: Float64Array,
    epsilon: number,
    values: Values,
  ): Promise<Averages> {
    const ofOthers = this.shift?.[side === 'a' ? 'b' : 'a'];
    const { data, p } = ofOthers ? withColumn(values, ofOthers) : values;
    const lowered = this.offsets(side, potential, epsilon);
    const own = this.shift?.[side];
    const near = own ? softmins.map((value, at) => value - own[at]) : softmins;
    const both = await this.read(() => {
      const tensor = tf.tensor3d(Float32Array.from(data), [this.batches, this.lengthOf(side, true), p]);
      return this.given.averages(side, this.upload(lowered), this.upload(near), epsilon, tensor);
    });
    return {
      values: columns(both, p + 1, 0, values.p),
      cost: columns(both, p + 1, p, 1).map((cost, at) => cost + (own ? own[at] + both[at * (p + 1) + p - 1] : 0)),
    };
  }

  async costs(batch: number): Promise<Float64Array> {
    const { n, m, shift } = this;
    const values = Float64Array.from(await this.read(() => this.given.costs(batch)));
    if (!shift) return values;
    return values.map((cost, at) => cost + shift.a[batch * n + Math.floor(at / m)] + shift.b[batch * m + (at % m)]);
  }

  dispose(): void {
    this.given.dispose();
  }

  /** p − v + ε log w of the other side; far below all where w is 0. */
  private offsets(side: Side, potential: Float64Array, epsilon: number): Float64Array {
    const others = side === 'a' ? 'b' : 'a';
    const weights = this.weights[others];
    const shift = this.shift?.[others];
    return potential.map((value, at) =>
      weights[at] > 0 ? value - (shift?.[at] ?? 0) + epsilon * Math.log(weights[at]) : -FAR,
    );
  }

  private lengthOf(side: Side, others: boolean): number {
    return (side === 'a') === others ? this.m : this.n;
  }

  private upload(values: Float64Array): Tensor2D {
    return tf.tensor2d(Float32Array.from(values), [this.batches, values.length / this.batches]);
  }

  private async read(compute: () => Tensor): Promise<Float32Array> {
    const { backend, gpu } = this.device;
    const tensor = onBackend(backend, () => tf.tidy(compute));
    try {
      const data = (): Promise<Float32Array> => tensor.data<'float32'>();
      return await (gpu ? guarded(gpu, data) : data());
    } finally {
      tensor.dispose();
    }
  }
}

/** Values with one more column behind them. */
function withColumn({ data, p }: Values, column: Float64Array): Values {
  const wider = new Float64Array(column.length * (p + 1));
  for (let at = 0; at < column.length; at++) {
    wider.set(data.subarray(at * p, (at + 1) * p), at * (p + 1));
    wider[at * (p + 1) + p] = column[at];
  }
  return { data: wider, p: p + 1 };
}

/** Columns from..from + count of rows of `width`. */
function columns(values: Float32Array, width: number, from: number, count: number): Float64Array {
  const rows = values.length / width;
  const taken = new Float64Array(rows * count);
  for (let at = 0; at < rows; at++) {
    for (let c = 0; c < count; c++) taken[at * count + c] = values[at * width + from + c];
  }
  return taken;
}

/** Runs of what takes tensors, on a backend of tfjs's: kernels, their gradients, fits and transport. */
import * as tf from '@tensorflow/tfjs';
import {
  fitMixture,
  logCost,
  resolveBackend,
  responsibilities,
  sinkhorn,
  softmin,
  type CovarianceForm,
  type Numbers,
} from '../../src/index.js';
import { balls, clouds, firstRows } from './data.js';
import { ofFit } from './observe.js';

export type TensorBackend = 'cpu' | 'wasm' | 'webgpu';

const rows = clouds({ n: 257, d: 3, k: 3, seed: 21 });
const weights = [0.5, 0.3, 0.2];
const means = firstRows(rows, 3);
const covariances: Readonly<Record<CovarianceForm, Numbers>> = {
  full: balls(3, 3, 1.5),
  tied: balls(1, 3, 1.5)[0],
  diag: means.map((_, k) => [1 + k, 2, 0.5]),
  spherical: [1, 2, 0.5],
};

/** Makes a backend of tfjs's the active one while `use` runs. */
async function active<T>(name: TensorBackend, use: () => Promise<T>): Promise<T> {
  if (name === 'wasm') await import('@tensorflow/tfjs-backend-wasm');
  await tf.setBackend(name === 'webgpu' ? await gpuName() : name);
  try {
    return await use();
  } finally {
    await tf.setBackend('cpu');
  }
}

/** The name under which otmix has registered its device with tfjs. */
async function gpuName(): Promise<string> {
  const { tensors } = await resolveBackend('webgpu');
  if (tensors === undefined) throw new Error("webgpu: expected a device with a backend of tfjs's, got one without");
  return tensors;
}

async function values(tensor: tf.Tensor): Promise<Float32Array | Int32Array> {
  const read = await tensor.data<'float32'>();
  tensor.dispose();
  return Float32Array.from(read);
}

export function kernels(name: TensorBackend, form: CovarianceForm): Promise<object> {
  return active(name, async () => {
    const x = tf.tensor2d(Float32Array.from(rows.data), [257, 3]);
    const at = (points: tf.Tensor, centres: Numbers): tf.Tensor =>
      logCost(points, { means: centres, covariance: form, covariances: covariances[form] });
    const cost = at(x, means);
    const loss = (points: tf.Tensor, centres: tf.Tensor): tf.Scalar =>
      tf.mean(softmin(at(points, centres), { weights }));
    const [ofX, ofMeans] = tf.grads(loss)([x, tf.tensor2d(means)]);
    const result = {
      softmin: await values(softmin(cost, { weights, epsilon: 0.7, potential: [0.1, 0, -0.2] })),
      transposed: await values(softmin(cost, { axis: -2, epsilon: 2 })),
      hardest: await values(softmin(cost, { weights, epsilon: 0 })),
      responsibilities: await values(responsibilities(cost, { weights })),
      hard: await values(responsibilities(cost, { weights, epsilon: 0 })),
      gradients: { x: await values(ofX), means: await values(ofMeans) },
      cost: await values(cost),
    };
    x.dispose();
    return result;
  });
}

/** A fit of a tensor, and transport between two. */
export function ofTensors(name: TensorBackend): Promise<object> {
  return active(name, async () => {
    const x = tf.tensor2d(Float32Array.from(rows.data), [257, 3]);
    const y = tf.tensor2d(means);
    const backend = name === 'webgpu' ? 'webgpu' : 'cpu';
    const fit = ofFit(await fitMixture(x, { components: 3, maxIterations: 8, backend }));
    const solved = await sinkhorn({ x, y }, { epsilon: 1, maxIterations: 40 });
    const { f, g, status, iterations, costs, objectives, precision } = solved;
    const moved = await values(await solved.apply(y));
    solved.dispose();
    tf.dispose([x, y]);
    return { fit, transport: { f, g, status, iterations, costs, objectives, precision, moved } };
  });
}

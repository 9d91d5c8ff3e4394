import * as tf from '@tensorflow/tfjs';
import { WebGPUBackend } from '@tensorflow/tfjs-backend-webgpu';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { findGpu } from '#gpu';
import { onBackend, startBackend } from '../../kernels/engine.js';
import { openGpu, type Gpu } from '../../kernels/webgpu/device.js';
import { logCost, responsibilities, softmin } from '../../src/tensors/tensors.js';
import { describeTensors } from '../tensors/parity.js';
import { range, using, values } from '../tensors/setting.js';
import { expectAllWithin } from '../within.js';

const backend = 'webgpu-for-tensors';
const refused: string[] = [];
/** Keys of the programs that were run, in order. */
const programs: string[] = [];
let gpu: Gpu;

beforeAll(async () => {
  await tf.ready();
  const { gpu: entry } = (await findGpu()) as { gpu: GPU };
  if (!('navigator' in globalThis)) Object.defineProperty(globalThis, 'navigator', { value: { gpu: entry } }); // for tfjs
  gpu = await openGpu();
  // What WebGPU refuses would else be zeros.
  gpu.device.addEventListener('uncapturederror', ({ error }) => refused.push(error.message));
  const instance = new WebGPUBackend(gpu.device);
  const run = instance.runWebGPUProgram.bind(instance);
  instance.runWebGPUProgram = (program, ...rest) => {
    programs.push(program.shaderKey);
    return run(program, ...rest);
  };
  tf.registerBackend(backend, () => instance, -1);
  tf.copyRegisteredKernels('webgpu', backend);
  expect(await startBackend(backend)).toBe(true);
});
afterAll(() => {
  gpu.release();
  expect(refused).toEqual([]);
});

describeTensors('webgpu', backend);

test('each is one program', async () => {
  await using(
    backend,
    () => ({ x: tf.zeros([100, 5]), means: tf.ones([3, 5]) }),
    async ({ x, means }) => {
      const ran = (of: () => tf.Tensor): string[] => {
        programs.length = 0;
        tf.dispose(onBackend(backend, of));
        return programs.filter((key) => key.startsWith('Otmix'));
      };
      const factors = range(3).map(() => 1);
      const options = { means, covariance: 'spherical', precisionsCholesky: factors } as const;
      expect(ran(() => logCost(x, options))).toEqual(['OtmixLogCost_spherical_upper_5']);
      expect(programs).toHaveLength(1);
      expect(ran(() => softmin(x))).toEqual(['OtmixSoftmin_softmin_soft_8']);
      expect(ran(() => responsibilities(x, { epsilon: 0 }))).toEqual(['OtmixSoftmin_responsibilities_hard_8']);
    },
  );
});

/** The largest difference of two long arrays; NaN where one is. */
function worst(got: ArrayLike<number>, expected: (at: number) => number): number {
  let most = 0;
  for (let at = 0; at < got.length; at++) most = Math.max(most, Math.abs(got[at] - expected(at)));
  return most;
}

test('logCost in more than 65,535 workgroups, and surplus ones', async () => {
  const [b, n, k] = [33_000, 65, 2]; // 2 · 33,000 groups, in a dispatch of 257 · 257
  const x = Float32Array.from({ length: b * n }, (_, at) => (at % 1013) / 100);
  const means = Float32Array.from({ length: b * k }, (_, at) => at % 7);
  const exactly = (at: number): number => {
    const [row, batch] = [Math.floor(at / k), Math.floor(at / (n * k))];
    return (x[row] - means[batch * k + (at % k)]) ** 2 / 2 + Math.log(2 * Math.PI) / 2;
  };
  await using(
    backend,
    () => ({ rows: tf.tensor(x, [b, n, 1]), centres: tf.tensor(means, [b, k, 1]) }),
    async ({ rows, centres }) => {
      const cost = logCost(rows, { means: centres, covariance: 'spherical', covariances: [1, 1] });
      const got = await values(cost);
      expect(got).toHaveLength(b * n * k);
      expectAllWithin([worst(got, exactly)], [0], 2e-5); // costs up to 52
    },
  );
});

test('softmin and responsibilities in more than 65,535 workgroups, and surplus ones', async () => {
  const n = 2 ** 22 + 100; // 64 rows a group
  const cost = Float32Array.from({ length: n }, (_, at) => at % 100_003);
  await using(
    backend,
    () => ({ costs: tf.tensor2d(cost, [n, 1]) }),
    async ({ costs }) => {
      const lowest = await values(softmin(costs, { potential: [1] }));
      const r = await values(responsibilities(costs, { potential: [1] }));
      expect([lowest.length, r.length]).toEqual([n, n]);
      // Whole numbers under 2²⁴: exact.
      expect([worst(lowest, (at) => cost[at] - 1), worst(r, () => 1)]).toEqual([0, 0]);
    },
  );
});

test('rows too long for workgroup memory', async () => {
  const d = 4099;
  const x = Float32Array.from({ length: 3 * d }, (_, at) => Math.sin(at));
  const expected = range(3).map((i) => {
    const row = x.subarray(i * d, (i + 1) * d);
    return row.reduce((sum, value) => sum + (value - 0.5) ** 2 / 2, 0) + (d / 2) * Math.log(2 * Math.PI);
  });
  await using(
    backend,
    () => ({ rows: tf.tensor2d(x, [3, d]), means: tf.fill([1, d], 0.5) }),
    async ({ rows, means }) => {
      const cost = logCost(rows, { means, covariance: 'spherical', covariances: [1] });
      expectAllWithin(await values(cost), expected, 2e-6 * 5000);
    },
  );
});

test('costs beyond the limit of the device are refused before anything is computed', async () => {
  const limit = gpu.device.limits.maxStorageBufferBindingSize;
  const [n, k] = [2 ** 20, Math.floor(limit / 2 ** 22) + 1];
  await using(
    backend,
    () => ({ x: tf.zeros([n, 1]), means: tf.zeros([k, 1]), factor: tf.ones([1, 1]) }),
    async ({ x, means, factor }) => {
      expect(() => logCost(x, { means, covariance: 'tied', precisionsCholesky: factor })).toThrow(
        `logCost: expected tensors of at most ${limit} bytes on ${backend}, the device's limit, ` +
          `got a float32 [1, ${n}, ${k}]; compute it for fewer rows at a time`,
      );
    },
  );
});

import { expect, test } from 'vitest';
import { LOG, LOG1P } from '../../kernels/webgpu/arithmetic.wgsl.js';
import { makeBuffers, readBuffer, STORAGE, UNIFORMS, USAGE } from '../../kernels/webgpu/buffers.js';
import { programOf, type ProgramCode } from '../../kernels/webgpu/program.js';
import {
  STUDENT,
  studentLogarithm,
  studentLogit,
  studentNumbers,
  studentWeight,
} from '../../kernels/webgpu/student.wgsl.js';
import { bind, dispatch } from '../../kernels/webgpu/work.js';
import type { Device } from '../../src/backend/backend.js';
import { webgpuDevice } from '../../src/backend/webgpu.js';
import type { Moments } from '../../src/sweep/moments.js';
import { onGpu, otherDivisions, withLimits } from '../devices.js';
import { describeStudent, shapesOf, termsOf, withRows } from '../kernels/linear-parity.js';
import { modelOf } from '../kernels/linear-problem.js';
import { studentCases, type LinearCase } from '../kernels/parity-cases.js';

const { device, gpu } = await onGpu();

describeStudent('fused on webgpu', device, studentCases, shapesOf, termsOf);

/** WGSL of one number of four rows, for each of the values, on the device. */
async function computed(functions: string, value: string, x: Float32Array, own = [0, 0, 0, 0]): Promise<Float32Array> {
  const code: ProgramCode = {
    label: value,
    bindings: ['uniform', 'read', 'write'],
    code: `
@group(0) @binding(0) var<uniform> own: vec4f;
@group(0) @binding(1) var<storage, read> x: array<vec4f>;
@group(0) @binding(2) var<storage, read_write> y: array<vec4f>;
${functions}
@compute @workgroup_size(64) fn main(@builtin(global_invocation_id) id: vec3u) {
  if (id.x < arrayLength(&x) && own.x == own.x) { let q = x[id.x]; y[id.x] = ${value}; }
}`,
  };
  const program = await programOf(gpu.device, code);
  const size = x.byteLength;
  const sizes = { x: [size, STORAGE], y: [size, STORAGE], own: [16, UNIFORMS] } as const;
  const buffers = await makeBuffers(gpu, { ...sizes, read: [size, USAGE.mapRead | USAGE.copyTarget] } as const);
  try {
    gpu.device.queue.writeBuffer(buffers.x, 0, Float32Array.from(x));
    gpu.device.queue.writeBuffer(buffers.own, 0, Float32Array.from(own));
    const encoder = gpu.device.createCommandEncoder();
    const pass = encoder.beginComputePass();
    const bound = bind(gpu.device, program, [{ buffer: buffers.own, size: 16 }, buffers.x, buffers.y]);
    dispatch(pass, bound, 0, Math.ceil(x.length / 256), gpu);
    pass.end();
    encoder.copyBufferToBuffer(buffers.y, 0, buffers.read, 0, size);
    gpu.device.queue.submit([encoder.finish()]);
    return new Float32Array(await readBuffer(gpu, buffers.read, size));
  } finally {
    for (const buffer of Object.values(buffers)) buffer.destroy();
  }
}

/** From what is next to nothing to what no row reaches, with more of them where most rows are. */
const distances = Float32Array.from([
  ...Array.from({ length: 1000 }, (_, i) => 2 ** (i / 6 - 60)),
  ...Array.from({ length: 1000 }, (_, i) => 2 ** (i / 64 - 8)),
]);

test('log(1 + x) has a relative error under 3e-7, of every x from 0 on', async () => {
  const got = await computed(LOG1P, 'log1pOf(q)', distances);
  distances.forEach((x, i) => {
    const exact = Math.log1p(x);
    expect(Math.abs(got[i] - exact) / exact, `at ${x}`).toBeLessThan(3e-7);
  });
  expect([...(await computed(LOG1P, 'log1pOf(q)', new Float32Array(4)))]).toEqual([0, 0, 0, 0]);
});

test.each([0.05, 1, 4, 200, 1e6, 1e17, 1e19, Infinity])(
  'costs and weights of ν = %d are those of float64',
  async (nu) => {
    const [rate, d] = [0.5, 3];
    const own = [0, ...studentNumbers({ rate, d }, nu)];
    const functions = `${LOG}${STUDENT}`;
    const logits = await computed(functions, studentLogit('q', 'own'), distances, own);
    const weights = await computed(functions, studentWeight('q', 'own'), distances, own);
    const logarithms = await computed(functions, studentLogarithm(studentWeight('q', 'own')), distances, own);
    distances.forEach((q, i) => {
      if (nu > 1e18 && q > 1e11) return; // no row is so far out that such a ν were not infinite
      const u = nu === Infinity ? 1 : (nu + d) / (nu + q);
      const cost = nu === Infinity ? q / 2 : ((nu + d) / 2) * Math.log1p(q / nu);
      expect(Math.abs(logits[i] + cost) / cost, `logit at ${q}`).toBeLessThan(8e-7);
      expect(Math.abs(weights[i] - u) / u, `u at ${q}`).toBeLessThan(4e-7);
      // As wrong as u itself: 1/u − 1 is the derivative.
      const error = 4e-7 * (Math.abs(1 - u) + Math.abs(Math.log(u)));
      expect(Math.abs(logarithms[i] - (Math.log(u) - u + 1)), `log u − u + 1 at ${q}`).toBeLessThan(error + 1e-12);
    });
  },
);

/** Sums of every kind, in passes, and in the kernel of small models. */
const large: LinearCase = {
  n: 5000,
  k: 6,
  quadratic: { form: 'full', d: 3, degrees: [4, 30] },
  dense: 2,
  levels: [3, 70],
};
const small: LinearCase = { n: 5000, k: 2, quadratic: { form: 'full', d: 3, degrees: [4, 30] }, dense: 2, levels: [3] };

async function momentsOn(where: Device, one: LinearCase): Promise<Moments> {
  let found: Moments[] = [];
  await withRows(where, one, async ({ shard }) => {
    found = await shard.sweep([{ model: modelOf(one), coupling: true }]);
  });
  return found[0];
}

const here = new Map<LinearCase, Promise<Moments>>();

function momentsHere(one: LinearCase): Promise<Moments> {
  const found = here.get(one) ?? momentsOn(device, one);
  here.set(one, found);
  return found;
}

test.each(otherDivisions)('sums are the same bit for bit %s', async (_, limits, options) => {
  const there = webgpuDevice({ name: 'webgpu', gpu: withLimits(gpu, limits) }, options);
  for (const one of [large, small]) expect(await momentsOn(there, one)).toEqual(await momentsHere(one));
});

import * as tf from '@tensorflow/tfjs';
import { beforeAll, expect, test } from 'vitest';
import { startBackend } from '../../kernels/engine.js';
import { probeBackend, resolveBackend } from '../../src/backend/resolve.js';
import { describeLinear, describeStudent, termsOf } from '../kernels/linear-parity.js';
import { describeComposites, describeParity, shown } from '../kernels/parity.js';
import { cases, linearCases, shapes, studentCases } from '../kernels/parity-cases.js';
import { describeTensors } from '../tensors/parity.js';
import { simd, tensors } from '../devices.js';

beforeAll(async () => {
  await tf.ready();
  expect(await startBackend('webgl')).toBe(true);
});

describeComposites('composites on webgl', tensors('webgl'), cases);
describeLinear('composites on webgl', tensors('webgl'), linearCases, termsOf);
// Few of them: the browser's SwiftShader takes seconds to compile a kernel.
describeParity(
  'fused on webgpu',
  await resolveBackend('webgpu'),
  [
    { name: 'overlapping', n: 1025, d: 5, k: 2, reach: 10 },
    { name: 'separated', n: 600, d: 4, k: 4, reach: 30 },
    { name: 'overlapping', n: 2500, d: 20, k: 3, reach: 10 },
  ],
  shown.kinds,
  ({ check }) => [check.kind],
);
describeLinear(
  'fused on webgpu',
  await resolveBackend('webgpu'),
  linearCases.filter(({ n }) => n === 7 || n === 300), // a small model, and one of many levels
  termsOf,
);
describeStudent(
  'fused on webgpu',
  await resolveBackend('webgpu'),
  studentCases.filter(({ n }) => n === 7 || n === 300), // a small model, and one of passes
  undefined,
  termsOf,
);
describeTensors('webgl', 'webgl');
describeParity('simd, one thread', simd(1), [...cases, ...shapes], shown.problems);
describeParity('simd, two threads', simd(2));

test('auto takes no WebGPU of a software adapter', async () => {
  const report = await probeBackend('webgpu');
  expect(report).toMatchObject({ usable: true, gpu: false, reason: 'a software adapter' });
  expect((await resolveBackend('auto')).name).toBe('wasm');
  expect(tf.getBackend()).toBe('webgl'); // tfjs's own choice
});

test('the page is cross-origin isolated, so that threads share its memory', async () => {
  expect(globalThis.crossOriginIsolated).toBe(true);
  expect(await resolveBackend('wasm', { threads: 2 })).toMatchObject({ name: 'wasm', threads: 2 });
});

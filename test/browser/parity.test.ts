import * as tf from '@tensorflow/tfjs';
import { beforeAll, expect, test } from 'vitest';
import { startBackend } from '../../kernels/engine.js';
import { resolveBackend } from '../../src/backend.js';
import { describeParity } from '../kernels/parity.js';
import { describeTensors } from '../tensors/parity.js';

beforeAll(async () => {
  await tf.ready();
  expect(await startBackend('webgl')).toBe(true);
});

describeParity('composites on webgl', { kind: 'tensors', backend: 'webgl' });
describeTensors('webgl', 'webgl');
describeParity('simd, one thread', { kind: 'simd', threads: 1 });
describeParity('simd, two threads', { kind: 'simd', threads: 2 });

test('the page is cross-origin isolated, so that threads share its memory', async () => {
  expect(globalThis.crossOriginIsolated).toBe(true);
  expect(await resolveBackend('wasm', { threads: 2 })).toMatchObject({ name: 'wasm', threads: 2 });
});

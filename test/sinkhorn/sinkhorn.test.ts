import { beforeAll } from 'vitest';
import { startBackend } from '../../kernels/engine.js';
import { startTfjsWasm, tensors } from '../devices.js';
import { describeSinkhorn } from './parity.js';
import { host } from './setting.js';

beforeAll(async () => {
  if (!(await startBackend('cpu'))) throw new Error('tfjs cpu: expected it to start');
  await startTfjsWasm();
});

describeSinkhorn('host', host);
describeSinkhorn('composites on cpu', { device: () => tensors('cpu'), precision: 1e-7 });
describeSinkhorn('composites on wasm', { device: () => tensors('wasm'), precision: 1e-7 });

import { beforeAll } from 'vitest';
import { startBackend } from '../../kernels/engine.js';
import { startTfjsWasm } from '../places.js';
import { describeSinkhorn } from './parity.js';
import { host } from './setting.js';

beforeAll(async () => {
  if (!(await startBackend('cpu'))) throw new Error('tfjs cpu: expected it to start');
  await startTfjsWasm();
});

describeSinkhorn('host', host);
describeSinkhorn('composites on cpu', { home: () => ({ backend: 'cpu' }), precision: 1e-7 });
describeSinkhorn('composites on wasm', { home: () => ({ backend: 'wasm' }), precision: 1e-7 });

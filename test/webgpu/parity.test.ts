import { openGpu } from '../../kernels/webgpu/device.js';
import { describeParity } from '../kernels/parity.js';

const gpu = await openGpu();

describeParity('fused on webgpu', { kind: 'webgpu', gpu, backend: 'webgpu' });

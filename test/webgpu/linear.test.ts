import { onGpu } from '../devices.js';
import { describeLinear } from '../kernels/linear-parity.js';

const { device } = await onGpu();

describeLinear('fused on webgpu', device);

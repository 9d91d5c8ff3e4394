import { describeParity } from '../kernels/parity.js';
import { gpuPlace } from '../places.js';

// tfjs's own kernels take a millisecond per row on SwiftShader.
describeParity('composites on webgpu', await gpuPlace(), 1100);

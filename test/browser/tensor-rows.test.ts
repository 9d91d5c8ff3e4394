/** Rows of a tensor of tfjs's WebGPU backend, whose device otmix sweeps on, in a browser. */
import { describe } from 'vitest';
import { describeTensorRows } from '../webgpu/tensor-rows.js';

describe('rows of a tensor on webgpu', describeTensorRows);

import { describe } from 'vitest';
import { describeTensorRows } from './tensor-rows.js';

describe('rows of a tensor on webgpu', describeTensorRows);

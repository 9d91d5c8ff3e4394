import { beforeAll, expect, test } from 'vitest';
import { simdSupport } from '../../kernels/simd/module.js';
import { nodeDevices, startTfjsWasm } from '../devices.js';
import { describeParity } from './parity.js';

beforeAll(startTfjsWasm);

for (const [name, device] of Object.entries(nodeDevices)) describeParity(name, device);

test('both builds of the kernel are tested', () => {
  // vitest.config.ts turns relaxed SIMD on where an engine has it behind a flag.
  expect(simdSupport()).toBe('relaxed');
});

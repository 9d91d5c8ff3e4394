import { beforeAll, expect, test } from 'vitest';
import { simdSupport } from '../../kernels/simd/module.js';
import { nodeDevices, startTfjsWasm } from '../devices.js';
import { casesOn, describeComposites, describeParity, shown } from './parity.js';

beforeAll(startTfjsWasm);

for (const [name, device] of Object.entries(nodeDevices)) {
  if (name === 'composites on wasm') describeComposites(name, device);
  else if (name === 'relaxed simd, one thread') describeParity(name, device, casesOn(device), shown.magnitudes);
  else describeParity(name, device);
}

test('both builds of the kernel are tested', () => {
  // vitest.config.ts turns relaxed SIMD on where an engine has it behind a flag.
  expect(simdSupport()).toBe('relaxed');
});

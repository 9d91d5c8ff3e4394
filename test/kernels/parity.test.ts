import { beforeAll, expect, test } from 'vitest';
import { simdSupport } from '../../kernels/simd/module.js';
import { nodePlaces, startTfjsWasm } from '../places.js';
import { describeParity } from './parity.js';

beforeAll(startTfjsWasm);

for (const [name, place] of Object.entries(nodePlaces)) describeParity(name, place);

test('both builds of the kernel are tested', () => {
  // vitest.config.ts turns relaxed SIMD on where an engine has it behind a flag.
  expect(simdSupport()).toBe('relaxed');
});

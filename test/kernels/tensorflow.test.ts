import { describe, test } from 'vitest';
import { probeBackend } from '../../src/backend/resolve.js';
import { describeLinear } from './linear-parity.js';
import { describeParity } from './parity.js';
import { cases } from './parity-cases.js';
import { tensors } from '../devices.js';

const { usable, reason } = await probeBackend('tensorflow');

if (usable) {
  describeParity('composites on tensorflow', tensors('tensorflow'), cases);
  describeLinear('composites on tensorflow', tensors('tensorflow'));
} else {
  describe('composites on tensorflow', () => {
    test.skip(`not here: ${reason}`, () => undefined);
  });
}

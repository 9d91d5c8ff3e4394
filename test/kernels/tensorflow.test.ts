import { describe, test } from 'vitest';
import { probeBackend } from '../../src/backend/backend.js';
import { cases, describeParity } from './parity.js';

const { usable, reason } = await probeBackend('tensorflow');

if (usable) describeParity('composites on tensorflow', { kind: 'tensors', backend: 'tensorflow' }, cases);
else {
  describe('composites on tensorflow', () => {
    test.skip(`not here: ${reason}`, () => undefined);
  });
}

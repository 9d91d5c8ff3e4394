import { describe, test } from 'vitest';
import { logBinomial, logPoisson } from '../../../src/families/sampling/deviance.js';
import { expectTable } from '../../golden/special.js';

describe('agrees with 60 digits, also where counts are so large that terms would cancel:', () => {
  test('logPoisson', () => expectTable('logPoisson', logPoisson, () => ({ relative: 1e-14, absolute: 1e-14 })));
  test('logBinomial', () => expectTable('logBinomial', logBinomial, () => ({ relative: 1e-14, absolute: 1e-14 })));
});

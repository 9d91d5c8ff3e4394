import { expect, test } from 'vitest';
import { comparedTable } from '../../bench/studies/mclust.js';

test('counts the models in which each is ahead by more than 1e-6 nats, and names what has collapsed', () => {
  const one = { name: 'iris', form: 'full', k: 2, theirs: 1.5, ours: 1.5, collapsed: false } as const;
  const text = comparedTable([
    one,
    { ...one, k: 3, ours: 1.5 + 5e-7 },
    { ...one, k: 4, ours: 1.6 },
    { ...one, k: 5, ours: 1.4, collapsed: true },
  ]);
  expect(text.split('\n')).toHaveLength(2 + 4 + 1);
  expect(text).toMatch(/^iris full 5 +1\.5000000 +1\.4000000 collapsed +-1\.0e-1$/m);
  expect(text).toMatch(/mclust ahead in 1, otmix in 1 of 4$/);
});

import { expect, test } from 'vitest';
import { endsTable } from '../../bench/studies/mclust-starts.js';

test('counts the ends that are lower by more than 1e-6 nats, but not those of collapsed components', () => {
  const one = { name: 'iris', form: 'full', k: 2, mclust: -9, float64: -9, auto: -9, status: 'converged', collapsed: false } as const; // prettier-ignore
  const text = endsTable([
    one,
    { ...one, k: 3, auto: -9 - 5e-7 },
    { ...one, k: 4, auto: -9.5 },
    { ...one, k: 5, float64: -8, collapsed: true },
    { ...one, k: 6, mclust: -8.5 },
  ]);
  expect(text.split('\n')).toHaveLength(2 + 5 + 1);
  expect(text).toMatch(/^iris full 4 +-9\.0000000 +-5\.0e-1 +-5\.0e-1 +converged *$/m);
  expect(text).toMatch(/^iris full 5 +-8\.0000000 collapsed /m);
  expect(text).toMatch(
    /of 4 that have not collapsed, lower than float64 by more than 0\.000001 nats: 1, than mclust: 2$/,
  );
});

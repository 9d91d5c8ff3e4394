import { expect, test } from 'vitest';
import { needsProcess } from './alone.js';
import { testFiles } from './tables.js';

test('files that replace modules, count threads or measure memory run alone, and most others do not', () => {
  const alone = testFiles().filter(needsProcess);
  const some = ['mixture/model-file', 'threads/exit', 'fit/restarts', 'sweep/spilled/faults', 'webgpu/leaks'];
  expect(alone).toEqual(expect.arrayContaining(some.map((name) => `test/${name}.test.ts`)));
  for (const name of ['families/golden-fits', 'sweep/float64/shard'])
    expect(alone).not.toContain(`test/${name}.test.ts`);
  expect(alone.length).toBeLessThan(testFiles().length / 2);
});

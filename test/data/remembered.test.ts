import { expect, it } from 'vitest';
import { remembered } from '../../src/data/remembered.js';
import { openSource, type Source } from '../../src/sources.js';
import { contents, temporaryFolder } from './files/folder.js';

const folder = temporaryFolder();

it('rows are kept with their texts, and the source is read once', async () => {
  const source = await openSource(folder.write('t.csv', 'city,x\nb,1\na,2\nb,3\n'), { text: 'levels' });
  let reads = 0;
  const counted: Source = {
    ...source,
    batches(signal) {
      reads++;
      return source.batches(signal);
    },
  };
  const kept = remembered(counted, 1 << 20);
  for (let pass = 0; pass < 3; pass++) {
    expect((await contents(kept)).rows).toEqual([[0, 1], [1, 2], [0, 3]]); // prettier-ignore
    for await (const { levels } of kept.batches()) expect(levels).toEqual([['b', 'a'], undefined]);
  }
  expect(reads).toBe(1);
});

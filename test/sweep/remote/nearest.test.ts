import { expect, test } from 'vitest';
import { HostBuilder } from '../../../src/sweep/exact/host.js';
import { remoteShard } from '../../../src/sweep/remote/shard.js';
import { KeptNearest } from '../../../src/cluster/worker/kept-nearest.js';

const values = Float64Array.from({ length: 60 }, (_, at) => (at * 37) % 23);

async function shard() {
  const builder = new HostBuilder(2);
  const columns = [0, 1].map((start) => ({ values, start, stride: 2 }));
  builder.add({ rows: 30, columns }, { shift: new Float64Array(2), scale: Float64Array.of(1, 1), weightUnit: 1 });
  return builder.finish();
}

test('distances of a worker that loses them again and again are those of one that did not', async () => {
  const held = await shard();
  let kept = new KeptNearest();
  let asked = 0;
  const site = {
    ask(question: { readonly op: string }, shared?: object) {
      if (++asked % 5 === 0) kept = new KeptNearest(); // started again
      return kept.answer('0', held, question, shared);
    },
  };
  const metric = Float64Array.of(1, 2);
  const there = remoteShard(site, { n: 30, d: 2 }, () => undefined).nearestCentres(metric);
  const here = held.nearestCentres(metric);
  for (const centre of [Float64Array.of(1, 1), Float64Array.of(5, 9), Float64Array.of(20, 3)]) {
    for (const one of [here, there]) await one.add(centre);
    expect(await there.potentials(Float64Array.of(4, 4, 8, 8))).toEqual(
      await here.potentials(Float64Array.of(4, 4, 8, 8)),
    );
    expect(await there.sums()).toEqual(await here.sums());
    expect(await there.draw([0.1, 0.7])).toEqual(await here.draw([0.1, 0.7]));
  }
});

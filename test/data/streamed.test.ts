/** Blocks of a source on their way through a device: order, overlap, failures, and what is let go of. */
import { expect, test } from 'vitest';
import { gateRows } from '../../src/data/load-options.js';
import type { Batch, Source } from '../../src/data/source.js';
import { streamedRows, type StreamedBlock, type StreamedRows } from '../../src/data/streamed.js';
import type { RowOutputs, Shard } from '../../src/sweep/shard.js';
import { cpu } from '../loaded.js';

const scaling = { shift: new Float64Array(1), scale: Float64Array.of(1) };
const blockRows = gateRows(1);

/** So many blocks and a half, row i having the value i; what happens after the last is up to the test. */
function counting(blocks: number, atEnd: () => void = () => undefined): Source {
  const values = new Float64Array(blockRows); // the same for all, as sources may
  return {
    name: 'counting',
    columns: ['a'],
    async *batches(): AsyncGenerator<Batch> {
      for (let block = 0; block <= blocks; block++) {
        const rows = block < blocks ? blockRows : blockRows / 2;
        for (let row = 0; row < rows; row++) values[row] = block * blockRows + row;
        yield await Promise.resolve({ rows, values: values.subarray(0, rows), weights: values.slice(0, rows) });
      }
      atEnd();
    },
  };
}

/** Notes what happens; gives the first row of each block as its label. */
function setting() {
  const happened: string[] = [];
  const device = {
    rows: (...asked: Parameters<typeof cpu.rows>) => {
      const builder = cpu.rows(...asked);
      const finish = async (): Promise<Shard> => {
        const shard = await builder.finish();
        return Object.assign(shard, { dispose: () => happened.push('let go') });
      };
      return { ...builder, finish };
    },
  };
  async function* outputsOf({ shard, blocks }: StreamedBlock): AsyncGenerator<RowOutputs> {
    const [first] = await shard.take([0]);
    happened.push(`begun ${first / blockRows}`);
    for await (const { rows, columns } of blocks()) {
      const { values, start } = columns[0];
      const none = new Float64Array();
      const labels = Int32Array.of(values[start]);
      yield {
        start: 0,
        rows,
        labels,
        logDensity: none,
        logLargest: none,
        weights: none,
        responsibilities: new Float32Array(),
      };
    }
  }
  const read = (source: Source): AsyncGenerator<StreamedRows> =>
    streamedRows(source, { device, scaling, missing: 'error' }, outputsOf);
  return { happened, read };
}

const turn = (): Promise<void> => new Promise(setImmediate);

test('come in order, each while the next is worked on', async () => {
  const { happened, read } = setting();
  const seen: unknown[] = [];
  for await (const { block, before, outputs } of read(counting(3))) {
    await turn();
    happened.push(`given ${before / blockRows}`);
    seen.push([before, outputs.labels[0], block.rows, block.weights?.[0], block.columns[0].values[1]]);
  }
  const whole = [0, 1, 2].map((index) => index * blockRows).map((at) => [at, at, blockRows, at, at + 1]);
  const end = 3 * blockRows;
  expect(seen).toEqual([...whole, [end, end, blockRows / 2, end, end + 1]]);
  expect(happened).toEqual(
    ['begun 0', 'begun 1', 'given 0', 'let go', 'begun 2', 'given 1', 'let go', 'begun 3', 'given 2', 'let go'].concat(
      'given 3',
      'let go',
    ),
  );
});

test('where reading fails, those before are given first', async () => {
  const { happened, read } = setting();
  const fail = (): never => {
    throw new Error('the disk is gone');
  };
  const given: number[] = [];
  const all = async (): Promise<void> => {
    for await (const { before } of read(counting(2, fail))) given.push(before / blockRows);
  };
  await expect(all()).rejects.toThrow('the disk is gone');
  expect(given).toEqual([0, 1]);
  expect(happened.filter((what) => what === 'let go')).toHaveLength(2);
});

test('who has seen enough leaves nothing behind', async () => {
  const { happened, read } = setting();
  for await (const _ of read(counting(5))) break;
  expect(happened.slice().sort()).toEqual(['begun 0', 'begun 1', 'let go', 'let go']);
});

import { beforeAll, describe, expect, test } from 'vitest';
import { columnsOf } from '../../../src/data/columns.js';
import { type ApartScan, paysApart, readApart } from '../../../src/data/files/apart.js';
import { batches } from '../../../src/data/files/batches.js';
import { Database, literal } from '../../../src/data/files/duckdb.js';
import { explain } from '../../../src/data/files/explain.js';
import type { Floats } from '../../../src/sweep/model.js';
import { temporaryFolder } from './folder.js';

const folder = temporaryFolder();

const ROWS = 300_000; // more than two places have
const columns = [
  { name: 'single', type: 'FLOAT', kind: 'numeric' },
  { name: 'double', type: 'DOUBLE', kind: 'numeric' },
  { name: 'whole', type: 'BIGINT', kind: 'numeric' },
] as const;
let database: Database;
let of: ApartScan;

beforeAll(async () => {
  database = await Database.open();
  const path = `${folder.path}/rows.parquet`;
  const values = `random()::FLOAT AS single, CASE WHEN range % 7 = 0 THEN NULL ELSE random() END AS double, range AS whole`;
  await database.rows(`COPY (SELECT ${values} FROM range(${ROWS})) TO ${literal(path)} (ROW_GROUP_SIZE 50000)`);
  of = { scan: `read_parquet(${literal(path)})`, columns };
});

/** All numbers of each column, and how many blocks they came in. */
async function gathered(blocks: AsyncIterable<Floats[]>): Promise<{ numbers: number[][]; blocks: number }> {
  const numbers: number[][] = columns.map(() => []);
  let count = 0;
  for await (const block of blocks) {
    count++;
    for (const [j, values] of block.entries()) for (const value of values) numbers[j].push(value);
  }
  return { numbers, blocks: count };
}

describe('a thread of its own', () => {
  test('reads the same numbers in the same order, in fewer blocks', async () => {
    const [apart, here] = [await gathered(readApart(of)), await gathered(database.stream(of.scan, columns))];
    expect(apart.numbers.map(({ length }) => length)).toEqual([ROWS, ROWS, ROWS]);
    expect(apart.numbers).toEqual(here.numbers);
    expect(apart.blocks).toBeLessThan(here.blocks / 10);
  });

  test('gives whole batches as they are to whoever wants them no longer than until the next', async () => {
    const table = { name: 'rows', columns: [...columns], blocks: () => readApart(of) };
    const choice = { features: [0, 1, 2], levels: new Map(), truths: new Set<number>(), notes: [] };
    const read = async (passing: boolean): Promise<{ numbers: number[][]; places: boolean[] }> => {
      const numbers: number[][] = columns.map(() => []);
      const places: boolean[] = [];
      for await (const batch of batches(table, choice, { passing })) {
        const held = columnsOf(batch, columns.length);
        places.push(held.every(({ values }) => values.buffer === held[0].values.buffer)); // numbers of both sizes lie in one
        for (const [j, { values }] of held.entries()) for (const value of values) numbers[j].push(value);
      }
      return { numbers, places };
    };
    const [passing, kept] = [await read(true), await read(false)];
    expect(passing.places).toEqual([true, true, true, true, false]); // the last has fewer rows
    expect(kept.places).toEqual([false, false, false, false, false]);
    expect(passing.numbers).toEqual(kept.numbers);
  });

  test('takes a block back once the next is asked for, so that nobody reads what has changed', async () => {
    const blocks = readApart(of);
    const first = (await blocks.next()).value as Floats[];
    expect(first[0].length).toBeGreaterThan(0);
    await blocks.next();
    expect(first.map(({ length }) => length)).toEqual([0, 0, 0]);
    await blocks.return(undefined);
  });

  test('ends with whoever stops early, as often as that happens', async () => {
    const ports = (): number => process.getActiveResourcesInfo().filter((name) => name === 'MessagePort').length;
    const before = ports();
    for (let time = 0; time < 3; time++) {
      for await (const [block] of readApart(of)) {
        expect(block.length).toBeGreaterThan(0);
        break;
      }
    }
    expect(ports()).toBe(before);
  });

  test('complains as DuckDB does here', async () => {
    const absent = { scan: `read_parquet('/absent.parquet')`, columns };
    const complaint = async (blocks: AsyncIterable<Floats[]>): Promise<unknown> =>
      gathered(blocks).catch((error: unknown) => explain(error, { name: 'it', kind: 'file' }));
    const expected = await complaint(database.stream(absent.scan, columns));
    expect(expected).toBeInstanceOf(Error);
    expect(String(await complaint(readApart(absent)))).toBe(String(expected));
  });

  test('ends when it is told to, with the reason', async () => {
    const controller = new AbortController();
    const reason = new Error('enough');
    const reading = (async () => {
      for await (const block of readApart(of, controller.signal)) if (block.length > 0) controller.abort(reason);
    })();
    await expect(reading).rejects.toBe(reason);
    await expect(readApart(of, controller.signal).next()).rejects.toBe(reason);
  });

  test('pays for large files alone', () => {
    expect([paysApart(1000, 8), paysApart(10_000_000, 8)]).toEqual([false, true]);
  });
});

/** The script of a thread that reads columns with DuckDB (`apart.ts` starts it). */
import { parentPort, workerData, type MessagePort } from 'node:worker_threads';
import { columnsIn, type ApartAnswer, type ApartOrder, type ApartWork } from './apart.js';
import { Database } from './duckdb.js';

/** Places that may be filled, as the thread that started this one gives them back. */
class FreePlaces {
  private readonly free: number[];
  private wake: (() => void) | undefined;

  constructor(count: number) {
    this.free = Array.from({ length: count }, (_, place) => place);
  }

  giveBack(place: number): void {
    this.free.push(place);
    this.wake?.();
  }

  /** The next, once there is one. */
  async take(): Promise<number> {
    for (;;) {
      const place = this.free.shift();
      if (place !== undefined) return place;
      await new Promise<void>((resolve) => (this.wake = resolve));
    }
  }
}

async function read({ scan, columns, folder, capacity, places }: ApartWork, port: MessagePort): Promise<void> {
  const answer = (one: ApartAnswer): void => port.postMessage(one);
  const stopping = new AbortController();
  const free = new FreePlaces(places.length);
  port.on('message', (order: ApartOrder) => {
    if ('free' in order) free.giveBack(order.free);
    else {
      stopping.abort();
      free.giveBack(0); // whoever waits goes on, and ends
      port.close();
    }
  });
  const held = places.map((place) => columnsIn(place, columns, capacity));
  const database = await Database.open(undefined, folder);
  let place = await free.take();
  let rows = 0;
  for await (const block of database.stream(scan, columns, { signal: stopping.signal })) {
    const [{ length }] = block;
    for (let from = 0; from < length;) {
      if (rows === capacity) {
        answer({ place, rows });
        place = await free.take();
        rows = 0;
      }
      const to = Math.min(length, from + capacity - rows);
      for (const [j, values] of block.entries()) held[place][j].set(values.subarray(from, to), rows);
      rows += to - from;
      from = to;
    }
  }
  if (rows > 0) answer({ place, rows });
  answer({ place, rows: 0 });
}

const port = parentPort;
if (port) {
  read(workerData as ApartWork, port).catch((error: unknown) => {
    port.postMessage({ error: error instanceof Error ? error.message : String(error) } satisfies ApartAnswer);
  });
}

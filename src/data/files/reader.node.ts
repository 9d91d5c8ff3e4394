/** The script of a thread that reads columns with DuckDB (`apart.ts` starts it). */
import { parentPort, workerData, type MessagePort } from 'node:worker_threads';
import { columnsIn, placeFor, PLACES, type ApartAnswer, type ApartOrder, type ApartWork } from './apart.js';
import { Database } from './duckdb.js';

/** Places that may be filled, as the thread that started this one gives them back. */
class FreePlaces {
  private readonly free: ArrayBuffer[];
  private wake: (() => void) | undefined;

  constructor(private readonly work: ApartWork) {
    this.free = Array.from({ length: PLACES }, () => placeFor(work));
  }

  giveBack(place = placeFor(this.work)): void {
    this.free.push(place);
    this.wake?.();
  }

  /** The next, once there is one. */
  async take(): Promise<ArrayBuffer> {
    for (;;) {
      const place = this.free.shift();
      if (place !== undefined) return place;
      await new Promise<void>((resolve) => (this.wake = resolve));
    }
  }
}

async function read(work: ApartWork, port: MessagePort): Promise<void> {
  const { scan, columns, folder, capacity } = work;
  const stopping = new AbortController();
  const free = new FreePlaces(work);
  port.on('message', (order: ApartOrder) => {
    if ('free' in order) free.giveBack(order.free);
    else {
      stopping.abort();
      free.giveBack(); // whoever waits goes on, and ends
      port.close();
    }
  });
  const answer = (one: ApartAnswer): void => port.postMessage(one, 'place' in one ? [one.place] : []);
  const database = await Database.open(undefined, folder);
  let place = await free.take();
  let held = columnsIn(place, work);
  let rows = 0;
  for await (const block of database.stream(scan, columns, { signal: stopping.signal })) {
    const [{ length }] = block;
    for (let from = 0; from < length;) {
      if (rows === capacity) {
        answer({ place, rows });
        place = await free.take();
        held = columnsIn(place, work);
        rows = 0;
      }
      const to = Math.min(length, from + capacity - rows);
      for (const [j, values] of block.entries()) held[j].set(values.subarray(from, to), rows);
      rows += to - from;
      from = to;
    }
  }
  if (rows > 0) answer({ place, rows });
  answer({ ended: true });
}

const port = parentPort;
if (port) {
  read(workerData as ApartWork, port).catch((error: unknown) => {
    port.postMessage({ error: error instanceof Error ? error.message : String(error) } satisfies ApartAnswer);
  });
}

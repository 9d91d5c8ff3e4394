/** Results on their way to the host: while one is read, the device computes the next. */
import type { Owned } from './pipelines.js';
import { USAGE } from './buffers.js';

/** Buffers that results are read from in turn: one is copied to while the other is read. */
export type Readbacks = readonly [GPUBuffer, GPUBuffer];

/** Work that was handed to the device, and what will have been read of it. */
export interface Reading<T> {
  readonly read: Promise<T>;
}

export async function makeReadbacks(own: Owned, bytes: number): Promise<Readbacks> {
  const size = [bytes, USAGE.mapRead | USAGE.copyTarget] as const;
  const { readback, other } = await own.make({ readback: size, other: size } as const);
  return [readback, other];
}

/**
 * What works give, in order. The next work is handed over before the one before it is waited for, so that the device has
 * always something to do; two are under way at the most, each with a turn of its own. However it ends, nothing is being read
 * any more then.
 */
export async function* inTurns<Work, T>(
  works: Iterable<Work>,
  begin: (work: Work, turn: 0 | 1) => Promise<Reading<T>>,
): AsyncGenerator<T, void, undefined> {
  const underWay: Promise<T>[] = [];
  let turn: 0 | 1 = 0;
  try {
    for (const work of works) {
      const { read } = await begin(work, turn);
      read.catch(() => undefined); // told when it is its turn
      underWay.push(read);
      turn = turn === 0 ? 1 : 0;
      if (underWay.length === 2) yield await (underWay.shift() as Promise<T>);
    }
    for (const read of underWay.splice(0)) yield await read;
  } finally {
    await Promise.allSettled(underWay);
  }
}

import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/** What a collection must free to be followed by another, bytes: the heap of one that freed nothing moves by less. */
const FREED = 2 ** 14;

/**
 * Bytes of this process's heap and of its arrays that are still referred to. V8 frees the arrays that a collection
 * found dead on a thread of its own, which the next collection waits for: hence collections until one frees nothing.
 */
export function bytesHeld(): number {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  collect();
  for (let last = held(); ;) {
    collect();
    const now = held();
    if (now > last - FREED) return now;
    last = now;
  }
}

function held(): number {
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return heapUsed + arrayBuffers;
}

import { reweighted } from './columns.js';
import type { Source } from './source.js';

/** New weights of consecutive rows, `[rows]`, from those they have; 1 each where these are left out. */
export type Weighing = (weights: Float64Array | undefined, rows: number) => Float64Array;

/** The same rows with other weights. `begin`: what weighs them in one pass, from the first row to the last. */
export function withRowWeights(source: Source, begin: () => Weighing): Source {
  const { name, columns, rows } = source;
  return {
    ...{ name, columns, ...(rows === undefined ? {} : { rows }) },
    get notes() {
      return source.notes ?? [];
    },
    async *batches(signal) {
      const weigh = begin();
      for await (const batch of source.batches(signal)) yield reweighted(batch, weigh(batch.weights, batch.rows));
    },
  };
}

import { columnBatch, columnsOf } from './columns.js';
import { rowMajor } from '../sweep/encode.js';
import type { Batch, Source } from './source.js';

/**
 * A source whose rows are kept when they are first read to the end, unless they take more than `most` bytes. What reads
 * it again then has them from memory, and the source is left alone. Its rows must be the same at every read. `onKept` is told
 * how many bytes are kept.
 */
export function remembered(source: Source, most: number, onKept?: (bytes: number) => void): Source {
  let kept: readonly Batch[] | undefined;
  const { name, columns, rows } = source;
  return {
    ...{ name, columns, ...(rows === undefined ? {} : { rows }) },
    get notes() {
      return source.notes ?? [];
    },
    async *batches(signal, batching) {
      if (kept) {
        yield* kept;
        return;
      }
      const held: Batch[] = [];
      let bytes = 0;
      for await (const batch of source.batches(signal, batching)) {
        bytes += 8 * batch.rows * (columns.length + 1);
        if (bytes <= most) held.push(copyOf(batch, columns.length));
        else held.length = 0;
        yield batch;
      }
      if (bytes > most || kept) return;
      kept = held;
      onKept?.(bytes);
    },
  };
}

/** A source may use its arrays again. */
function copyOf(batch: Batch, d: number): Batch {
  const { rows } = batch;
  const columns = columnsOf(batch, d).map((column) => rowMajor({ columns: [column] }, 0, rows));
  return columnBatch(rows, columns, batch.weights?.slice(), batch.levels);
}

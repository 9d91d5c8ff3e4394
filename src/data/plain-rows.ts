/** Few rows as plain values, which go to another thread by themselves. */
import type { Batch, Source } from './source.js';

/** A source's rows in memory. */
export interface PlainRows extends Pick<Source, 'name' | 'columns' | 'rows'> {
  readonly batches: readonly Batch[];
}

/** All rows of a source; undefined where they take more than so many bytes. */
export async function plainRows(source: Source, most: number): Promise<PlainRows | undefined> {
  const { name, columns, rows } = source;
  const batches: Batch[] = [];
  let bytes = 0;
  for await (const { rows, values, weights, levels } of source.batches()) {
    bytes += 8 * rows * (columns.length + 1);
    if (bytes > most) return undefined;
    batches.push({ rows, values: Float64Array.from(values), ...(weights && { weights }), ...(levels && { levels }) });
  }
  return { name, columns, ...(rows !== undefined && { rows }), batches };
}

/** The source again. */
export function sourceOfRows({ batches, ...rest }: PlainRows): Source {
  return {
    ...rest,
    async *batches() {
      yield* batches;
    },
  };
}

import type { Dataset } from './dataset.js';

/** From a row's number among those kept to its number in the source, which is read again where rows were left out. */
export async function keptIndices({
  shard,
  dropped,
  blocks,
}: Pick<Dataset, 'dropped' | 'blocks'> & { readonly shard: { readonly n: number } }): Promise<
  (kept: number) => number
> {
  if (dropped === 0) return (kept) => kept;
  const out = new Set<number>();
  const again = blocks((row) => out.add(row))[Symbol.asyncIterator]();
  while (!(await again.next()).done); // which says what is left out
  const kept = new Int32Array(shard.n);
  for (let row = 0, at = 0; at < shard.n; row++) if (!out.has(row)) kept[at++] = row;
  return (at) => kept[at];
}

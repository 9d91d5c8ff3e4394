/** The texts of a source, and the levels that it has of them. */
import { expect } from 'vitest';
import { openSource, type Source, type SourceOptions } from '../../../src/sources.js';

/** All texts of a pass, row by row, null where missing, and the lists that they were read from. */
export async function textsOf(
  source: Source,
): Promise<{ rows: unknown[][]; levels: (readonly string[] | undefined)[] }> {
  const d = source.columns.length;
  const rows: unknown[][] = [];
  let levels: (readonly string[] | undefined)[] = [];
  for await (const batch of source.batches()) {
    const own = batch.levels ?? Array.from<undefined>({ length: d });
    if (levels.length > 0) own.forEach((list, j) => expect(list).toBe(levels[j]));
    levels = [...own];
    for (let i = 0; i < batch.rows; i++) {
      const row = Array.from(batch.values.subarray(i * d, (i + 1) * d));
      rows.push(row.map((value, j) => (Number.isNaN(value) ? null : (levels[j]?.[value] ?? value))));
    }
  }
  return { rows, levels };
}

export async function levelsOf(spec: string, options: SourceOptions = {}): Promise<ReturnType<typeof textsOf>> {
  return textsOf(await openSource(spec, { text: 'levels', ...options }));
}

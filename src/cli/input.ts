import type { Batch, Source } from '../data/source.js';
import { InputError } from '../errors.js';
import type { Mixture } from '../mixture.js';
import type { SourceOptions } from '../data/files/open.js';

/** Opens the data of a command. */
export async function openData(spec: string, options: SourceOptions): Promise<Source> {
  const { openSource } = await import('../sources.js');
  return openSource(spec, options);
}

/**
 * Opens the columns that a mixture was fitted to: those `named`, else those with the mixture's names, else, where the
 * source has none of these names, all of its columns if they are as many; `warn` is then told.
 */
export async function openDataFor(
  mixture: Mixture,
  spec: string,
  named: readonly string[] | undefined,
  warn: (message: string) => void,
): Promise<Source> {
  if (named) {
    requireCount(named.length, mixture, '--columns');
    return openData(spec, { columns: named });
  }
  try {
    return await openData(spec, { columns: mixture.columns });
  } catch (error) {
    if (!(error instanceof InputError && error.code === 'option')) throw error;
    const all = await openData(spec, {}).catch(() => undefined);
    if (!all || all.columns.some((name) => mixture.columns.includes(name)) || all.columns.length !== mixture.d) {
      throw error;
    }
    warn(`${all.name} has other names than the model: ${pairs(all.columns, mixture.columns)}`);
    return all;
  }
}

function requireCount(count: number, { columns }: Mixture, where: string): void {
  if (count === columns.length) return;
  throw new InputError('shape', {
    where,
    expected: `${columns.length} names, for the model's ${columns.join(', ')}`,
    got: String(count),
    remedy: 'name a column of the source for each, in this order',
  });
}

function pairs(columns: readonly string[], names: readonly string[]): string {
  return columns.map((name, j) => `${name} is taken for ${names[j]}`).join(', ');
}

/** Shows each batch of a source to `see`, along with the number of rows before it in this pass. */
export function watched(source: Source, see: (batch: Batch, before: number) => void): Source {
  return {
    ...source,
    async *batches(signal) {
      let before = 0;
      for await (const batch of source.batches(signal)) {
        see(batch, before);
        before += batch.rows;
        yield batch;
      }
    },
  };
}

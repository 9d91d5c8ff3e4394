import { execute } from './execute.js';
import { folder } from './python.js';

/** What a study says where there is no R, or no mclust. */
export const noMclust =
  'skipped: Rscript with the package mclust is not here (Debian: apt-get install r-cran-mclust)\n';

/** A data set that comes with mclust. */
export interface MclustData {
  readonly name: string;
  readonly d: number;
  /** Row-major `[n, d]`. */
  readonly data: readonly number[];
}

/** Its rows, as fits take them. */
export function rowsOf({ d, data }: MclustData): { data: Float64Array; shape: [number, number] } {
  return { data: Float64Array.from(data), shape: [data.length / d, d] };
}

/** What a script of this folder tells of the data sets of these names, or of all; undefined where there is no mclust. */
export async function toldByMclust<T>(script: string, names: readonly string[]): Promise<T | undefined> {
  const { status, output } = await execute('Rscript', [`${folder ?? 'bench/peers'}/${script}`, ...names]);
  return status === 0 ? (JSON.parse(output) as T) : undefined;
}

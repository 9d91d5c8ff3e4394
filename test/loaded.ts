import { scalingOf as scalingFrom } from '../src/data/coordinates.js';
import type { Source } from '../src/data/source.js';
import { ColumnStatistics } from '../src/data/statistics.js';
import { loadDataset, type Dataset, type LoadOptions } from '../src/data/dataset.js';
import { scaledBy, type Scaling } from '../src/families/scaling.js';
import type { Columns } from '../src/sweep/encode.js';
import { nodeDevices } from './devices.js';

/** Where rows are loaded unless a test says otherwise. */
export const cpu = nodeDevices['composites on cpu'];

/** Rows as columns, views of one array. */
export function columnsOf(values: ArrayLike<number>, d: number, weights?: ArrayLike<number>): Columns {
  const all = Float64Array.from(values);
  return {
    rows: all.length / d,
    columns: Array.from({ length: d }, (_, start) => ({ values: all, start, stride: d })),
    weights: weights && Float64Array.from(weights),
  };
}

/** The scaling of rows of equal weight. */
export function scalingOf(values: readonly number[], d: number, common: boolean): Scaling {
  const statistics = new ColumnStatistics(d);
  statistics.add(columnsOf(values, d));
  return scalingFrom(statistics, (columns) => scaledBy(columns, common));
}

/** Loads, lets `use` look, frees. */
export async function withDataset(
  source: Source,
  options: Partial<LoadOptions>,
  use: (dataset: Dataset) => Promise<void> | void,
): Promise<void> {
  const dataset = await loadDataset(source, { device: cpu, missing: 'error', ...options });
  try {
    await use(dataset);
  } finally {
    dataset.shard.dispose();
  }
}

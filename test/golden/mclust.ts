import { readFileSync } from 'node:fs';
import type { GoldenDataset } from './data.js';

/** Clusters from which mclust starts, and where its EM ends from them in float64. */
export interface MclustStart {
  readonly dataset: GoldenDataset;
  readonly k: number;
  /** Of each row its cluster, from 0. */
  readonly labels: readonly number[];
  /** Summed over rows, nats, by covariance type. */
  readonly logLikelihoods: Readonly<Record<string, number>>;
}

type Stored = Omit<MclustStart, 'labels' | 'k'> & { readonly labels: string };

const stored = JSON.parse(readFileSync(new URL('./mclust-starts.json', import.meta.url), 'utf8')) as Stored[];

/** From mclust-starts.json. */
export const mclustStarts: readonly MclustStart[] = stored.map((start) => {
  const labels = Array.from(start.labels, Number);
  return { ...start, labels, k: Math.max(...labels) + 1 };
});

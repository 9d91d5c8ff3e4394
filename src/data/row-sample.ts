import { scrambled } from '../base/random.js';
import type { Batch } from './source.js';

/** As many rows as a picture draws. */
const ENOUGH = 4000;

/** How many rows a picture draws, and the seed of their choice. */
export interface SampleOptions {
  /** At most so many rows; default 4000. */
  readonly size?: number;
  readonly seed?: number;
}

/** The same of rows as they pass. */
export interface RowSampleOptions extends SampleOptions {
  /** Whether rows with missing values, NaN, are drawn as well; default false. */
  readonly gaps?: boolean;
}

/** Rows drawn at random from data. */
export interface DrawnRows {
  /** In the data's own units and order, `[m][d]`. */
  readonly rows: number[][];
  /** What each stands for, `[m]`; absent where every row of the data weighs 1. */
  readonly weights?: number[];
  /** Whether rows were left out, and chance chose which. */
  readonly random: boolean;
}

/**
 * A random sample of a stream of unknown length in one pass: the rows of the largest priorities w/u, u uniform. Rows of
 * equal weight are equally likely. With weights max(w, τ), τ the largest priority left out, sums over the sample are
 * unbiased (Duffield, Lund & Thorup 2007, Priority sampling). Each row's u comes from the seed and its number alone:
 * the same rows are drawn whatever the batches.
 */
class PrioritySample<T> {
  private kept: { readonly at: number; readonly weight: number; readonly priority: number; readonly item: T }[] = [];
  private readonly offset: number;
  /** Priorities up to this one are out. */
  private bar = -1;

  constructor(
    private readonly size: number,
    seed: number,
  ) {
    this.offset = scrambled(seed ^ 0x5bd1e995);
  }

  /** The priority of row `at`, where it is in the sample so far. */
  priority(at: number, weight: number): number | undefined {
    const u = ((scrambled(at ^ this.offset) >>> 0) + 0.5) / 2 ** 32;
    const priority = weight / u;
    return priority > this.bar ? priority : undefined;
  }

  add(at: number, weight: number, priority: number, item: T): void {
    this.kept.push({ at, weight, priority, item });
    if (this.kept.length >= 2 * this.size + 2) this.prune();
  }

  /** The sample in the order of the rows. */
  taken(): { readonly items: T[]; readonly weights: number[]; readonly random: boolean } {
    this.prune();
    const random = this.kept.length > this.size;
    const threshold = random ? this.bar : 0;
    const drawn = this.kept.slice(0, this.size).sort((a, b) => a.at - b.at);
    const weights = drawn.map(({ weight }) => Math.max(weight, threshold));
    return { items: drawn.map(({ item }) => item), weights, random };
  }

  /** Keeps the sample and one row beside it, last, whose priority is the threshold. */
  private prune(): void {
    if (this.kept.length <= this.size) return;
    const rising = Float64Array.from(this.kept, ({ priority }) => priority).sort();
    this.bar = rising[rising.length - 1 - this.size];
    const above = this.kept.filter(({ priority }) => priority > this.bar);
    const at = this.kept.filter(({ priority }) => priority === this.bar);
    this.kept = [...above, ...at].slice(0, this.size + 1);
  }
}

/**
 * Draws rows for a picture from a source as its batches pass, so that a picture costs no second read of the data. Rows
 * with an infinite value are never drawn, and those with a missing one only where that is asked for.
 */
export class RowSample {
  private readonly size: number;
  private readonly seed: number;
  private readonly takes: (value: number) => boolean;
  private sample: PrioritySample<number[]>;
  private weighted = false;

  /** Of rows of d columns. */
  constructor(
    private readonly d: number,
    { size = ENOUGH, seed = 0, gaps = false }: RowSampleOptions = {},
  ) {
    this.size = size;
    this.seed = seed;
    this.takes = gaps ? (value) => Math.abs(value) !== Infinity : Number.isFinite;
    this.sample = new PrioritySample(size, seed);
  }

  /** Takes its share of a batch; `before` rows came before it in this pass, and 0 starts anew. */
  see({ rows, values, weights }: Batch, before: number): void {
    const { d } = this;
    if (before === 0) {
      this.sample = new PrioritySample(this.size, this.seed);
      this.weighted = weights !== undefined;
    }
    for (let row = 0; row < rows; row++) {
      const weight = weights ? weights[row] : 1;
      const priority = this.sample.priority(before + row, weight);
      if (priority === undefined || !this.takesRow(values, row * d)) continue;
      this.sample.add(before + row, weight, priority, Array.from(values.subarray(row * d, (row + 1) * d)));
    }
  }

  /** The rows drawn so far. */
  taken(): DrawnRows {
    const { items: rows, weights, random } = this.sample.taken();
    return this.weighted ? { rows, weights, random } : { rows, random };
  }

  private takesRow(values: Batch['values'], from: number): boolean {
    for (let j = 0; j < this.d; j++) if (!this.takes(values[from + j])) return false;
    return true;
  }
}

/** The numbers of the rows that are drawn of n, rising; those of larger weight are likelier. */
export function sampledIndices(
  n: number,
  { size = ENOUGH, seed = 0 }: SampleOptions = {},
  weights?: ArrayLike<number>,
): number[] {
  if (n <= size) return Array.from({ length: n }, (_, at) => at);
  const sample = new PrioritySample<number>(size, seed);
  for (let at = 0; at < n; at++) {
    const weight = weights ? weights[at] : 1;
    const priority = sample.priority(at, weight);
    if (priority !== undefined) sample.add(at, weight, priority, at);
  }
  return sample.taken().items;
}

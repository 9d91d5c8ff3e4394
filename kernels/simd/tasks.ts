import { SimdKernel, type RowArrays } from './kernel.js';
import { GROUP_ROWS, tileRows } from './layout.js';
import type { SimdModel } from './model.js';
import { PairRunner, type PairTask } from './pairs.js';
import { nextPart, unwanted, type Shared } from './parts.js';

/** Rows as every thread sees them: tiles `[tiles, d, b]` and weights, filled up with zeros to whole tiles. */
export interface RowBlock {
  readonly start: number;
  readonly rows: number;
  readonly x: Float32Array;
  readonly v: Float32Array;
}

/** Distances to the nearest centre, `[rows]` of each block. */
export type NearestArrays = readonly Float32Array[];

/** Moments of every part, `[parts, sums]`. */
export interface SweepTask extends Shared {
  readonly kind: 'sweep';
  readonly model: SimdModel;
  readonly results: Float64Array;
}

/** Row outputs of groups `first` … `first + parts`, each array as long as their rows. */
export interface RowsTask extends Shared {
  readonly kind: 'rows';
  readonly model: SimdModel;
  readonly first: number;
  readonly into: RowArrays;
}

/** Weighted distances to the nearest of the centres so far and each candidate, `[parts, candidates]`; kept if `keep`. */
export interface NearestTask extends Shared {
  readonly kind: 'nearest';
  readonly candidates: Float32Array;
  readonly metric: Float32Array;
  readonly nearest: NearestArrays;
  readonly keep: boolean;
  readonly results: Float64Array;
}

/** On the rows that all threads have. */
type RowTask = SweepTask | RowsTask | NearestTask;
export type Task = RowTask | PairTask;

interface Group {
  readonly block: number;
  /** First row within the block, and of all. */
  readonly from: number;
  readonly rows: number;
}

/** Carries tasks out on one thread. Any number of these may work on one task at once. */
export class TaskRunner {
  private readonly kernel: SimdKernel;
  private pairs: PairRunner | undefined;
  private readonly groups: readonly Group[];

  constructor(
    private readonly module: WebAssembly.Module,
    private readonly d: number,
    private readonly blocks: readonly RowBlock[],
  ) {
    this.kernel = new SimdKernel(module);
    this.groups = blocks.flatMap(({ rows }, block) =>
      Array.from({ length: Math.ceil(rows / GROUP_ROWS) }, (_, index) => {
        const from = index * GROUP_ROWS;
        return { block, from, rows: Math.min(GROUP_ROWS, rows - from) };
      }),
    );
  }

  /** Takes parts until none is left; yields after every group of rows, or block of pairs. */
  *run(task: Task): Generator<void> {
    if (task.kind === 'softmin' || task.kind === 'average') {
      this.pairs ??= new PairRunner(this.module);
      yield* this.pairs.run(task);
    } else {
      yield* this.rows(task);
    }
  }

  private *rows(task: RowTask): Generator<void> {
    if (task.kind === 'nearest') this.kernel.loadCentres(task.candidates, task.metric);
    else this.kernel.load(task.model);
    for (let part = nextPart(task); part !== undefined; part = nextPart(task)) yield* this.part(task, part);
  }

  /** One part: a fixed share of the groups, in their order, whoever computes it. */
  private *part(task: RowTask, part: number): Generator<void> {
    const [from, to] = this.share(task, part);
    if (task.kind === 'sweep') this.kernel.clear();
    for (let index = from; index < to; index++) {
      if (unwanted(task)) return;
      this.group(task, part, this.groups[index]);
      yield;
    }
    if (task.kind === 'sweep') {
      const totals = this.kernel.totals();
      task.results.set(totals, part * totals.length);
    }
  }

  private share(task: RowTask, part: number): [number, number] {
    if (task.kind === 'rows') return [task.first + part, task.first + part + 1];
    const { length } = this.groups;
    return [Math.floor((part * length) / task.parts), Math.floor(((part + 1) * length) / task.parts)];
  }

  private group(task: RowTask, part: number, { block, from, rows }: Group): void {
    const tile = tileRows(this.d);
    const filled = Math.ceil(rows / tile) * tile;
    const x = this.blocks[block].x.subarray(from * this.d, (from + filled) * this.d);
    const v = this.blocks[block].v.subarray(from, from + filled);
    switch (task.kind) {
      case 'sweep':
        this.kernel.sweepGroup(x, v);
        return;
      case 'rows':
        this.kernel.rowsGroup(x, v, rows, rowsOf(task, part, rows));
        return;
      case 'nearest':
        this.distances(task, part, x, v, task.nearest[block].subarray(from, from + filled));
        return;
      default:
        task satisfies never;
    }
  }

  private distances(task: NearestTask, part: number, x: Float32Array, v: Float32Array, nearest: Float32Array): void {
    const count = task.candidates.length / this.d;
    for (let c = 0; c < count; c++) {
      const into = task.keep ? nearest : undefined;
      task.results[part * count + c] += this.kernel.distancesGroup(x, v, nearest, c, into);
    }
  }
}

/** The places of one group's rows. */
function rowsOf({ into, model }: RowsTask, part: number, rows: number): RowArrays {
  const from = part * GROUP_ROWS;
  return {
    labels: into.labels.subarray(from, from + rows),
    logSum: into.logSum.subarray(from, from + rows),
    logLargest: into.logLargest.subarray(from, from + rows),
    responsibilities: into.responsibilities.subarray(from * model.k, (from + rows) * model.k),
  };
}

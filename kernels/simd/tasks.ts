import { ColumnKernel, type Coding, type Column } from './columns.js';
import { SimdKernel, type RowArrays } from './kernel.js';
import { GROUP_ROWS, tileRows } from './layout.js';
import { MarginalRunner, type MarginalTask } from './marginals.js';
import type { SimdModel } from './model.js';
import { NearestKernel, type Centres } from './nearest.js';
import { PairRunner, type PairTask } from './pairs.js';
import { take, unwanted, type Controlled, type Parted, type Shared } from './parts.js';
import { addSlices, type AddTask } from './sums.js';
import { TileRunner, type TileTask } from './tiles64/runner.js';

/** Rows as every thread sees them, with their weights, which are filled up with zeros to whole tiles. */
export type RowBlock = EncodedBlock | RawBlock;

interface Block {
  readonly start: number;
  readonly rows: number;
  readonly v: Float32Array;
}

/** Rows that are swept often: tiles `[tiles, d, b]`, filled up with zeros. */
export interface EncodedBlock extends Block {
  readonly x: Float32Array;
}

/** Rows that are swept once: as they came, encoded by the thread that reads them. */
export interface RawBlock extends Block {
  /** Views of shared memory. */
  readonly columns: readonly Column[];
  readonly coding: Coding;
}

/** Rows that a task is about. */
export interface RowSet {
  readonly d: number;
  readonly blocks: readonly RowBlock[];
}

/** Distances to the nearest centre, `[rows]` of each block. */
export type NearestArrays = readonly Float32Array[];

/** Moments of every part under one model, `[parts, sums]`. */
export interface Sweep extends Parted {
  readonly kind: 'sweep';
  readonly model: SimdModel;
  readonly results: Float64Array;
}

/** Sweeps with several models. Threads take the parts of the first, then those of the next: nobody waits between them. */
export interface SweepsTask extends Controlled {
  readonly kind: 'sweeps';
  readonly on: RowSet;
  readonly sweeps: readonly Sweep[];
}

/** Row outputs of groups `first` … `first + parts`, each array as long as their rows. */
export interface RowsTask extends Shared {
  readonly kind: 'rows';
  readonly on: RowSet;
  readonly model: SimdModel;
  readonly first: number;
  readonly into: RowArrays;
}

/** Weighted distances to the nearest centre: as centres join, and were candidates to join (`NearestKernel.group`). */
export interface NearestTask extends Shared, Centres {
  readonly kind: 'nearest';
  readonly on: RowSet;
  readonly nearest: NearestArrays;
  /** How many parts all rows have, and which of them to read, `[parts]`; all where it is left out. */
  readonly whole: number;
  readonly which?: readonly number[];
  /** `[parts, joining + 2 candidates]`. */
  readonly results: Float64Array;
}

type RowTask = SweepsTask | RowsTask | NearestTask;
export type Task = RowTask | AddTask | PairTask | MarginalTask | TileTask;
type Job = Sweep | RowsTask | NearestTask;

interface Group {
  readonly block: number;
  /** First row within the block, and of all. */
  readonly from: number;
  readonly rows: number;
}

/** The number of parts of a task, of which each may be a thread's. */
export function partsOf(task: Task): number {
  return task.kind === 'sweeps' ? task.sweeps.reduce((sum, { parts }) => sum + parts, 0) : task.parts;
}

/** Carries tasks out on one thread. Any number of these may work on one task at once. */
export class TaskRunner {
  private kernel: SimdKernel | undefined;
  private nearest: NearestKernel | undefined;
  private pairs: PairRunner | undefined;
  private marginals: MarginalRunner | undefined;
  private tiles: TileRunner | undefined;
  private encoder: ColumnKernel | undefined;
  /** A group's tiles. */
  private encoded = new Float32Array();

  constructor(private readonly module: WebAssembly.Module) {}

  /** Takes parts until none is left; yields after every group of rows, block of pairs, or slice of sums. */
  *run(task: Task): Generator<void> {
    if (task.kind === 'add') {
      yield* addSlices(task);
    } else if (task.kind === 'softmin' || task.kind === 'average') {
      this.pairs ??= new PairRunner(this.module);
      yield* this.pairs.run(task);
    } else if (task.kind === 'marginal sweep' || task.kind === 'marginal rows') {
      this.marginals ??= new MarginalRunner(this.module);
      yield* this.marginals.run(task);
    } else if (task.kind === 'float64 sweep' || task.kind === 'float64 rows') {
      this.tiles ??= new TileRunner(this.module);
      yield* this.tiles.run(task);
    } else {
      yield* this.rows(task);
    }
  }

  private *rows(task: RowTask): Generator<void> {
    const groups = groupsOf(task.on);
    let next = take(task);
    let first = 0;
    for (const job of task.kind === 'sweeps' ? task.sweeps : [task]) {
      const end = first + job.parts;
      if (next < end) this.load(job);
      for (; next < end; next = take(task)) yield* this.part(job, next - first, task, groups);
      first = end;
    }
  }

  private load(job: Job): void {
    if (job.kind === 'nearest') this.ofCentres().load(job);
    else this.ofModel().load(job.model);
  }

  private ofModel(): SimdKernel {
    return (this.kernel ??= new SimdKernel(this.module));
  }

  private ofCentres(): NearestKernel {
    return (this.nearest ??= new NearestKernel(this.module));
  }

  /** One part: a fixed share of the groups, in their order, whoever computes it. */
  private *part(job: Job, part: number, task: RowTask, groups: readonly Group[]): Generator<void> {
    const [from, to] = shareOf(job, part, groups.length);
    if (job.kind === 'sweep') this.ofModel().clear();
    for (let index = from; index < to; index++) {
      if (unwanted(task)) return;
      this.group(job, part, task.on, groups[index]);
      yield;
    }
    if (job.kind === 'sweep') {
      const totals = this.ofModel().totals();
      job.results.set(totals, part * totals.length);
    }
  }

  private group(job: Job, part: number, { d, blocks }: RowSet, { block, from, rows }: Group): void {
    const tile = tileRows(d);
    const filled = Math.ceil(rows / tile) * tile;
    const on = blocks[block];
    const x = 'x' in on ? on.x.subarray(from * d, (from + filled) * d) : this.encode(on, from, rows, d);
    const v = on.v.subarray(from, from + filled);
    switch (job.kind) {
      case 'sweep':
        this.ofModel().sweepGroup(x, v);
        return;
      case 'rows':
        this.ofModel().rowsGroup(x, rows, rowsOf(job, part, rows));
        return;
      case 'nearest':
        this.ofCentres().group(x, v, job.nearest[block].subarray(from, from + filled), sumsOf(job, part));
        return;
      default:
        job satisfies never;
    }
  }

  /** Tiles of rows `from` … of a block. */
  private encode({ columns, coding }: RawBlock, from: number, rows: number, d: number): Float32Array {
    const b = tileRows(d);
    const length = Math.ceil(rows / b) * b * d;
    this.encoder ??= new ColumnKernel(this.module);
    if (this.encoded.length < length) this.encoded = new Float32Array(length);
    this.encoder.encode(columns, { from, to: from + rows, b }, coding, this.encoded);
    return this.encoded.subarray(0, length);
  }
}

function groupsOf({ blocks }: RowSet): readonly Group[] {
  return blocks.flatMap(({ rows }, block) =>
    Array.from({ length: Math.ceil(rows / GROUP_ROWS) }, (_, index) => {
      const from = index * GROUP_ROWS;
      return { block, from, rows: Math.min(GROUP_ROWS, rows - from) };
    }),
  );
}

/** The groups of a part: from the first to before the last. */
function shareOf(job: Job, part: number, groups: number): [number, number] {
  if (job.kind === 'rows') return [job.first + part, job.first + part + 1];
  const [parts, at] = job.kind === 'nearest' ? [job.whole, job.which?.[part] ?? part] : [job.parts, part];
  return [Math.floor((at * groups) / parts), Math.floor(((at + 1) * groups) / parts)];
}

/** The places of one part's sums. */
function sumsOf({ results, parts }: NearestTask, part: number): Float64Array {
  const count = results.length / parts;
  return results.subarray(part * count, (part + 1) * count);
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

import { distancesOf, type Distances, type NearestArrays, type NearestFile } from './distances.js';
import { groupsOf, type Group, type Groups } from './groups.js';
import { SimdKernel, type RowArrays } from './kernel.js';
import { GROUP_ROWS } from './layout.js';
import { MarginalRunner, type MarginalTask } from './marginals.js';
import type { SimdModel } from './model.js';
import { NearestKernel, type Centres } from './nearest.js';
import { PairRunner, type PairTask } from './pairs.js';
import { RecordMemory } from './records.js';
import type { RowSet } from './rows.js';
import { take, unwanted, type Controlled, type Parted, type Shared } from './parts.js';
import { addSlices, type AddTask } from './sums.js';
import { TileRunner, type TileTask } from './tiles64/runner.js';

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
  readonly nearest: NearestArrays | NearestFile;
  /** How many parts all rows have, and which of them to read, `[parts]`; all where it is left out. */
  readonly whole: number;
  readonly which?: readonly number[];
  /** `[parts, joining + 2 candidates]`. */
  readonly results: Float64Array;
}

type RowTask = SweepsTask | RowsTask | NearestTask;
export type Task = RowTask | AddTask | PairTask | MarginalTask | TileTask;
type Job = Sweep | RowsTask | NearestTask;

/** What is done between breaths; a promise is to be waited for. */
export type Steps = Generator<Promise<void> | void>;

/** What a thread works with on a task about rows. */
interface Work {
  readonly task: RowTask;
  readonly groups: Groups;
  readonly distances: Distances | undefined;
}

/** The number of parts of a task, of which each may be a thread's. */
export function partsOf(task: Task): number {
  return task.kind === 'sweeps' ? task.sweeps.reduce((sum, { parts }) => sum + parts, 0) : task.parts;
}

/** Carries tasks out on one thread. Any number of these may work on one task at once. */
export class TaskRunner {
  /** More than one where several models sweep a group while it is at hand. */
  private readonly kernels: SimdKernel[] = [];
  private nearest: NearestKernel | undefined;
  private pairs: PairRunner | undefined;
  private marginals: MarginalRunner | undefined;
  private tiles: TileRunner | undefined;
  private readonly memory = new RecordMemory();

  constructor(private readonly module: WebAssembly.Module) {}

  /**
   * Takes parts until none is left; yields after every group of rows, block of pairs, or slice of sums, and a promise where
   * it goes on only once that is settled.
   */
  *run(task: Task): Steps {
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

  private *rows(task: RowTask): Steps {
    const groups = groupsOf(task.on, this.module, this.memory);
    const distances = task.kind === 'nearest' ? distancesOf(task.nearest, task.on, this.memory) : undefined;
    const jobs = task.kind === 'sweeps' ? task.sweeps : [task];
    let next = take(task);
    let first = 0;
    for (const together of groups.dear ? alike(jobs) : jobs.map((job) => [job])) {
      const { parts } = together[0];
      const end = first + parts;
      if (next < end) for (const [at, job] of together.entries()) this.load(job, at);
      for (; next < end; next = take(task)) yield* this.part(together, next - first, { task, groups, distances });
      first = end;
    }
    yield* groups.end();
    if (distances) yield* distances.end();
  }

  private load(job: Job, at: number): void {
    if (job.kind === 'nearest') this.ofCentres().load(job);
    else this.ofModel(at).load(job.model);
  }

  private ofModel(at = 0): SimdKernel {
    return (this.kernels[at] ??= new SimdKernel(this.module));
  }

  private ofCentres(): NearestKernel {
    return (this.nearest ??= new NearestKernel(this.module));
  }

  /** One part of jobs alike: a fixed share of the groups, in their order, whoever computes it. */
  private *part(jobs: readonly Job[], part: number, { task, groups, distances }: Work): Steps {
    const [from, to, whole] = shareOf(jobs[0], part, groups.count);
    for (const at of jobs.keys()) if (jobs[at].kind === 'sweep') this.ofModel(at).clear();
    distances?.begin(whole);
    for (let index = from; index < to; index++) {
      if (unwanted(task)) return;
      yield* groups.bring(index, to);
      if (distances) yield* distances.bring(index, to);
      const group = groups.at(index);
      for (const [at, job] of jobs.entries()) {
        if (job.kind === 'sweep') this.ofModel(at).sweepGroup(group.x, group.v);
        else if (job.kind === 'rows') this.ofModel().rowsGroup(group.x, group.rows, rowsOf(job, part, group.rows));
        else if (distances) this.measure(job, part, index, group, distances);
      }
      yield;
    }
    for (const [at, job] of jobs.entries()) {
      if (job.kind !== 'sweep') continue;
      const totals = this.ofModel(at).totals();
      job.results.set(totals, part * totals.length);
    }
  }

  private measure(job: NearestTask, part: number, index: number, { x, v }: Group, distances: Distances): void {
    this.ofCentres().group(x, v, distances.at(index, v.length), sumsOf(job, part));
    if (job.joining.length > 0) distances.keep(index);
  }
}

/** Jobs in as many lists as there are numbers of parts, in their order: the parts of those of a list are the same rows. */
function alike(jobs: readonly Job[]): Job[][] {
  const lists: Job[][] = [];
  for (const job of jobs) {
    const last = lists.at(-1);
    if (last?.[0].parts === job.parts) last.push(job);
    else lists.push([job]);
  }
  return lists;
}

/** The groups of a part, from the first to before the last, and which part of all rows these are. */
function shareOf(job: Job, part: number, groups: number): [from: number, to: number, whole: number] {
  if (job.kind === 'rows') return [job.first + part, job.first + part + 1, 0];
  const [parts, at] = job.kind === 'nearest' ? [job.whole, job.which?.[part] ?? part] : [job.parts, part];
  return [Math.floor((at * groups) / parts), Math.floor(((at + 1) * groups) / parts), at];
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

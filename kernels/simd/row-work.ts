/** What a thread does of a task about rows: parts as it takes them, and the groups of each. */
import type { Distances, NearestArrays, NearestFile } from './distances.js';
import type { EarlierLogits } from './earlier.js';
import type { Group, Groups } from './groups.js';
import { SimdKernel, type RowArrays } from './kernel.js';
import { GROUP_ROWS } from './layout.js';
import type { SimdModel } from './model.js';
import { NearestKernel, type Centres } from './nearest.js';
import { take, unwanted, type Controlled, type Parted, type Shared } from './parts.js';
import type { ListedRows } from './nonzeros.js';
import type { RowSet } from './rows.js';

/** Moments of every part under one model, `[parts, sums]`. */
export interface Sweep extends Parted {
  readonly kind: 'sweep';
  readonly model: SimdModel;
  readonly results: Float64Array;
  /** Logits of the rows under an earlier model, where they are kept or used. */
  readonly earlier?: EarlierLogits | undefined;
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
  /** Groups, from which on. */
  readonly first: number;
  readonly groups: number;
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

export type RowTask = SweepsTask | RowsTask | NearestTask;
type Job = Sweep | RowsTask | NearestTask;

/** Kernels of one thread, kept from one task to the next. */
export class RowKernels {
  /** More than one where several models sweep a group while it is at hand. */
  private readonly ofModels: SimdKernel[] = [];
  private ofCentres: NearestKernel | undefined;

  constructor(private readonly module: WebAssembly.Module) {}

  ofModel(at = 0): SimdKernel {
    return (this.ofModels[at] ??= new SimdKernel(this.module));
  }

  get nearest(): NearestKernel {
    return (this.ofCentres ??= new NearestKernel(this.module));
  }
}

/** A task about rows, as one thread does it: a part, then each of its groups. */
export class RowWork {
  /** Jobs in lists: those of a list have the same parts, and do each group together. */
  private readonly lists: readonly (readonly Job[])[];
  /** The list that is worked on, and the parts of those before. */
  private list = 0;
  private before = 0;
  /** The list that the kernels are loaded with. */
  private loaded = -1;
  /** The part, of the list's; its next group, and the one after its last. */
  private part = 0;
  private index = 0;
  private end = 0;

  constructor(
    private readonly task: RowTask,
    private readonly groups: Groups,
    private readonly distances: Distances | undefined,
    private readonly kernels: RowKernels,
  ) {
    const jobs = task.kind === 'sweeps' ? task.sweeps : [task];
    this.lists = groups.dear ? alike(jobs) : jobs.map((job) => [job]);
  }

  /** Takes a part, a fixed share of the groups, whoever takes it; false where none is left or none is wanted. */
  nextPart(): boolean {
    const next = take(this.task);
    const { lists } = this;
    for (; this.list < lists.length; this.list++) {
      const [{ parts }] = lists[this.list];
      if (next < this.before + parts) break;
      this.before += parts;
    }
    if (this.list === lists.length || unwanted(this.task)) return false;
    this.part = next - this.before;
    this.begin(lists[this.list]);
    return true;
  }

  /** Whether groups of the part are left, and wanted. */
  hasGroups(): boolean {
    return this.index < this.end && !unwanted(this.task);
  }

  /** Has the next group at hand; yields what is to be waited for, if there may be such. */
  bring(): Iterable<Promise<void>> | undefined {
    const { index, end } = this;
    const group = this.groups.bring(index, end);
    const distances = this.distances?.bring(index, end);
    return group && distances ? joined(group, distances) : (group ?? distances);
  }

  /** Does the group that was brought. */
  doGroup(): void {
    const group = this.groups.at(this.index);
    const jobs = this.lists[this.list];
    for (let at = 0; at < jobs.length; at++) this.doJob(jobs[at], at, group);
    this.index++;
  }

  /** Hands over what the part came to, if all of its groups were done. */
  endPart(): void {
    if (this.index < this.end) return;
    for (const [at, job] of this.lists[this.list].entries()) {
      if (job.kind !== 'sweep') continue;
      const totals = this.kernels.ofModel(at).totals();
      job.results.set(totals, this.part * totals.length);
    }
  }

  private begin(jobs: readonly Job[]): void {
    if (this.loaded !== this.list) for (const [at, job] of jobs.entries()) this.load(job, at);
    this.loaded = this.list;
    for (const [at, job] of jobs.entries()) if (job.kind === 'sweep') this.kernels.ofModel(at).clear();
    const [from, to, whole] = shareOf(jobs[0], this.part, this.groups.count);
    [this.index, this.end] = [from, to];
    this.distances?.begin(whole);
  }

  private load(job: Job, at: number): void {
    if (job.kind === 'nearest') this.kernels.nearest.load(job);
    else this.kernels.ofModel(at).load(job.model, job.kind === 'sweep' ? job.earlier : undefined);
  }

  private doJob(job: Job, at: number, group: Group): void {
    const { v, rows } = group;
    if (job.kind === 'nearest') {
      if (this.distances) this.measure(job, this.distances, group.listed ?? group.x, v);
      return;
    }
    const kernel = this.kernels.ofModel(at);
    if (job.kind === 'sweep') kernel.sweepGroup(kernel.taken(group), v, this.index);
    else kernel.rowsGroup(kernel.taken(group), rows, rowsOf(job, this.index - job.first, rows));
  }

  private measure(job: NearestTask, distances: Distances, x: Float32Array | ListedRows, v: Float32Array): void {
    const { index, part } = this;
    this.kernels.nearest.group(x, v, distances.at(index, v.length), sumsOf(job, part));
    if (job.joining.length > 0) distances.keep(index);
  }
}

/** All that is to be waited for of both, one after the other. */
function* joined(first: Iterable<Promise<void>>, second: Iterable<Promise<void>>): Generator<Promise<void>> {
  yield* first;
  yield* second;
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
  const [parts, at] = job.kind === 'nearest' ? [job.whole, job.which?.[part] ?? part] : [job.parts, part];
  const [first, count] = job.kind === 'rows' ? [job.first, job.groups] : [0, groups];
  return [first + Math.floor((at * count) / parts), first + Math.floor(((at + 1) * count) / parts), at];
}

/** The places of one part's sums. */
function sumsOf({ results, parts }: NearestTask, part: number): Float64Array {
  const count = results.length / parts;
  return results.subarray(part * count, (part + 1) * count);
}

/** The places of one group's rows, of a group of the task's. */
function rowsOf({ into, model }: RowsTask, group: number, rows: number): RowArrays {
  const from = group * GROUP_ROWS;
  return {
    labels: into.labels.subarray(from, from + rows),
    logSum: into.logSum.subarray(from, from + rows),
    logLargest: into.logLargest.subarray(from, from + rows),
    responsibilities: into.responsibilities.subarray(from * model.k, (from + rows) * model.k),
  };
}

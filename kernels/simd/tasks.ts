import { distancesOf } from './distances.js';
import { Encoder } from './encoder.js';
import { groupsOf } from './groups.js';
import { MarginalRunner, type MarginalTask } from './marginals.js';
import { PairRunner, type PairTask } from './pairs.js';
import { RecordMemory } from './records.js';
import { RowKernels, RowWork, type RowTask } from './row-work.js';
import { addSlices, type AddTask } from './sums.js';
import { TileRunner, type TileTask } from './tiles64/runner.js';

export type { NearestTask, RowsTask, Sweep, SweepsTask } from './row-work.js';
export type Task = RowTask | AddTask | PairTask | MarginalTask | TileTask;

/** What is done between breaths; a promise is to be waited for. */
export type Steps = Generator<Promise<void> | void>;

/** The number of parts of a task, of which each may be a thread's. */
export function partsOf(task: Task): number {
  return task.kind === 'sweeps' ? task.sweeps.reduce((sum, { parts }) => sum + parts, 0) : task.parts;
}

/** Carries tasks out on one thread. Any number of these may work on one task at once. */
export class TaskRunner {
  private readonly kernels: RowKernels;
  private pairs: PairRunner | undefined;
  private marginals: MarginalRunner | undefined;
  private tiles: TileRunner | undefined;
  private readonly memory = new RecordMemory();
  private readonly encoder: Encoder;

  constructor(private readonly module: WebAssembly.Module) {
    this.encoder = new Encoder(module);
    this.kernels = new RowKernels(module);
  }

  /**
   * Takes parts until none is left; yields after every group of rows, block of pairs, or slice of sums, and a promise where
   * it goes on only once that is settled.
   */
  run(task: Task): Steps {
    if (task.kind === 'add') return addSlices(task);
    if (task.kind === 'softmin' || task.kind === 'average') {
      this.pairs ??= new PairRunner(this.module);
      return this.pairs.run(task);
    }
    if (task.kind === 'marginal sweep' || task.kind === 'marginal rows') {
      this.marginals ??= new MarginalRunner(this.module);
      return this.marginals.run(task);
    }
    if (task.kind === 'float64 sweep' || task.kind === 'float64 rows') {
      this.tiles ??= new TileRunner(this.module, this.memory);
      return this.tiles.run(task);
    }
    return this.rows(task);
  }

  /** Each thread optimises this loop for itself, anew for every fit that starts threads: so there is little in it. */
  private *rows(task: RowTask): Steps {
    const groups = groupsOf(task.on, this.encoder, this.memory);
    const distances = task.kind === 'nearest' ? distancesOf(task.nearest, task.on, this.memory) : undefined;
    const work = new RowWork(task, groups, distances, this.kernels);
    while (work.nextPart()) {
      while (work.hasGroups()) {
        const waits = work.bring();
        if (waits) yield* waits;
        work.doGroup();
        yield;
      }
      work.endPart();
    }
    yield* groups.end();
    if (distances) yield* distances.end();
  }
}

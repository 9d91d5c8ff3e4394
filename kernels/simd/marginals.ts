/** Sweeps of rows with gaps by assembly/marginal-*.ts, in float64: rows in parts, and in each the rows of one pattern together. */
import { MarginalKernel, type LoadedMarginals } from './marginal-kernel.js';
import type { MarginalModel, PatternRows } from './marginal-model.js';
import { nextPart, unwanted, type Shared } from './parts.js';
import type { Float64Outputs } from './outputs.js';

interface Marginals extends Shared {
  readonly on: PatternRows;
  readonly model: MarginalModel;
}

/** Sums of every part, `[parts, count]`, as `marginalSums` lays them out. */
export interface MarginalSweepTask extends Marginals {
  readonly kind: 'marginal sweep';
  readonly results: Float64Array;
}

/** What the model says of every row. */
export interface MarginalRowsTask extends Marginals {
  readonly kind: 'marginal rows';
  readonly into: Float64Outputs;
}

export type MarginalTask = MarginalSweepTask | MarginalRowsTask;

/** Rows between breaths. */
const BREATH = 1024;

/** Carries out tasks on one thread, with memory of its own. What comes out depends on no thread. */
export class MarginalRunner {
  private readonly kernel: MarginalKernel;

  constructor(module: WebAssembly.Module) {
    this.kernel = new MarginalKernel(module);
  }

  /** Takes parts until none is left; yields every so many rows. */
  *run(task: MarginalTask): Generator<void> {
    let loaded: LoadedMarginals | undefined;
    const n = task.on.weights.length;
    for (let part = nextPart(task); part !== undefined; part = nextPart(task)) {
      loaded ??= this.kernel.load(task.model, task.on);
      loaded.clear();
      const [from, to] = [part, part + 1].map((at) => Math.floor((at * n) / task.parts));
      yield* this.part(task, loaded, from, to);
      if (task.kind === 'marginal sweep') task.results.set(loaded.totals(), (part * task.results.length) / task.parts);
    }
  }

  private *part(task: MarginalTask, loaded: LoadedMarginals, first: number, end: number): Generator<void> {
    const { patterns } = task.on;
    let breath = first + BREATH;
    for (let pattern = lastUpTo(patterns, first), from = first; from < end; pattern++) {
      const last = Math.min(end, patterns[pattern + 1] ?? end);
      loaded.begin(from);
      for (; from < last; from = Math.min(last, from + loaded.together)) {
        const to = Math.min(last, from + loaded.together);
        loaded.rows(from, to);
        if (task.kind === 'marginal sweep') loaded.add(to - from);
        else loaded.outputs(to - from, from, task.into);
      }
      if (from < breath) continue;
      if (unwanted(task)) return;
      yield;
      breath = from + BREATH;
    }
  }
}

/** The index of the last number that is not above a value, of ascending ones of which the first is not. */
function lastUpTo(ascending: Int32Array, value: number): number {
  let [low, high] = [0, ascending.length];
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (ascending[middle] <= value) low = middle;
    else high = middle;
  }
  return low;
}

/** Sweeps in float64 over tiles, in parts that threads take in turn. */
import { nextPart, unwanted, type Shared } from '../parts.js';
import type { RecordMemory } from '../records.js';
import { TileKernel, type LoadedTiles } from './kernel.js';
import { tileRows64, type TileModel, type TileRows } from './model.js';
import { tilesOf } from './tiles.js';
import type { Float64Outputs } from '../outputs.js';

interface OfTiles extends Shared {
  readonly on: TileRows;
  readonly model: TileModel;
}

/** Sums of every part, `[parts, count]`, as `tileSums` lays them out. */
export interface TileSweepTask extends OfTiles {
  readonly kind: 'float64 sweep';
  readonly results: Float64Array;
}

/** What the model says of the rows of tiles `first` … `first + tiles − 1`. */
export interface TileRowsTask extends OfTiles {
  readonly kind: 'float64 rows';
  readonly first: number;
  readonly tiles: number;
  readonly into: Float64Outputs;
}

export type TileTask = TileSweepTask | TileRowsTask;

/** Numbers of tiles between breaths. */
const BREATH = 2 ** 14;

/** Carries out tasks on one thread, with memory of its own. What comes out depends on no thread. */
export class TileRunner {
  private readonly kernel: TileKernel;

  constructor(
    module: WebAssembly.Module,
    private readonly memory: RecordMemory,
  ) {
    this.kernel = new TileKernel(module);
  }

  /** Takes parts until none is left; yields every so many rows, and a promise where it goes on only once that is settled. */
  *run(task: TileTask): Generator<Promise<void> | void> {
    const { on, model, parts } = task;
    const b = tileRows64(on.columns);
    const tiles = tilesOf(on, this.memory);
    const [first, count] = task.kind === 'float64 rows' ? [task.first, task.tiles] : [0, tiles.count];
    let loaded: LoadedTiles | undefined;
    for (let part = nextPart(task); part !== undefined; part = nextPart(task)) {
      loaded ??= this.kernel.load(model, on.columns);
      if (task.kind === 'float64 sweep') loaded.clear();
      const end = first + Math.floor(((part + 1) * count) / parts);
      let done = 0;
      for (let tile = first + Math.floor((part * count) / parts); tile < end; tile++) {
        const coming = tiles.bring(tile, end);
        if (coming) yield* coming;
        const { x, v, rows } = tiles.at(tile);
        if (task.kind === 'float64 sweep') loaded.sweep(x, v);
        else loaded.outputs(x, rows, (tile - first) * b, task.into);
        done += loaded.size;
        if (done < BREATH) continue;
        if (unwanted(task)) {
          yield* tiles.end();
          return;
        }
        yield;
        done = 0;
      }
      if (task.kind === 'float64 sweep') task.results.set(loaded.totals(), (part * task.results.length) / parts);
    }
    yield* tiles.end();
  }
}

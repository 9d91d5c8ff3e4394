/** Sweeps in float64 over tiles, in parts that threads take in turn. */
import { nextPart, unwanted, type Shared } from '../parts.js';
import { TileKernel, type LoadedTiles } from './kernel.js';
import { tileRows64, type TileBlock, type TileModel, type TileOutputs, type TileRows } from './model.js';

interface Tiles extends Shared {
  readonly on: TileRows;
  readonly model: TileModel;
}

/** Sums of every part, `[parts, count]`, as `tileSums` lays them out. */
export interface TileSweepTask extends Tiles {
  readonly kind: 'float64 sweep';
  readonly results: Float64Array;
}

/** What the model says of the rows of one block. */
export interface TileRowsTask extends Tiles {
  readonly kind: 'float64 rows';
  readonly block: number;
  readonly into: TileOutputs;
}

export type TileTask = TileSweepTask | TileRowsTask;

/** Numbers of tiles between breaths. */
const BREATH = 2 ** 14;

/** Carries out tasks on one thread, with memory of its own. What comes out depends on no thread. */
export class TileRunner {
  private readonly kernel: TileKernel;

  constructor(module: WebAssembly.Module) {
    this.kernel = new TileKernel(module);
  }

  /** Takes parts until none is left; yields every so many rows. */
  *run(task: TileTask): Generator<void> {
    const { on, model, parts } = task;
    const { columns } = on;
    const b = tileRows64(columns);
    let loaded: LoadedTiles | undefined;
    const blocks = task.kind === 'float64 rows' ? [on.blocks[task.block]] : on.blocks;
    const tiles = blocks.reduce((sum, { rows }) => sum + Math.ceil(rows / b), 0);
    for (let part = nextPart(task); part !== undefined; part = nextPart(task)) {
      loaded ??= this.kernel.load(model, columns);
      if (task.kind === 'float64 sweep') loaded.clear();
      let done = 0;
      for (const { block, tile } of tilesOf(
        blocks,
        b,
        Math.floor((part * tiles) / parts),
        Math.floor(((part + 1) * tiles) / parts),
      )) {
        // prettier-ignore
        const x = block.x.subarray(tile * loaded.size, (tile + 1) * loaded.size);
        if (task.kind === 'float64 sweep') loaded.sweep(x, block.v.subarray(tile * b, (tile + 1) * b));
        else loaded.outputs(x, Math.min(b, block.rows - tile * b), tile * b, task.into);
        done += loaded.size;
        if (done < BREATH) continue;
        if (unwanted(task)) return;
        yield;
        done = 0;
      }
      if (task.kind === 'float64 sweep') task.results.set(loaded.totals(), (part * task.results.length) / parts);
    }
  }
}

/** Tiles `first` … `end − 1` of all, by block. */
function* tilesOf(
  blocks: readonly TileBlock[],
  b: number,
  first: number,
  end: number,
): Generator<{ readonly block: TileBlock; readonly tile: number }> {
  let before = 0;
  for (const block of blocks) {
    const tiles = Math.ceil(block.rows / b);
    for (let tile = Math.max(0, first - before); tile < Math.min(tiles, end - before); tile++) yield { block, tile };
    before += tiles;
    if (before >= end) return;
  }
}

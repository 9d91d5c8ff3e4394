import { Arena } from './arena.js';
import type { Exports } from './exports.js';
import { instantiate } from './instance.js';
import { GROUP_ROWS, tileRows } from './layout.js';
import { ListPlaces, mayBeListed, type ListedRows } from './nonzeros.js';

/** Places of arrays, in bytes. */
interface Places {
  readonly x: number;
  readonly v: number;
  readonly distances: number;
  readonly joining: number;
  readonly candidates: number;
  readonly metric: number;
  readonly sums: number;
}

/** The same arrays: views that stay, of a group of rows and of its sums. */
interface Views {
  readonly x: Float32Array;
  readonly v: Float32Array;
  readonly distances: Float32Array;
  readonly sums: Float64Array;
}

/** Centres that rows are measured against, columns in 1/metric `[d]`. */
export interface Centres {
  /** Those that join, `[joining, d]`. */
  readonly joining: Float32Array;
  /** Those that might, `[candidates, d]`. */
  readonly candidates: Float32Array;
  readonly metric: Float32Array;
}

/** Distances of rows to the nearest of some centres, on one thread. */
export class NearestKernel {
  private readonly wasm: Exports;
  private readonly arena: Arena;
  private d = 0;
  private joins = 0;
  private candidates = 0;
  private places: Places | undefined;
  private views: Views | undefined;
  private lists: ListPlaces | undefined;

  constructor(module: WebAssembly.Module) {
    this.wasm = instantiate(module) as unknown as Exports;
    this.arena = new Arena(this.wasm.memory);
  }

  /** Lays memory out for centres and copies them there. */
  load({ joining, candidates, metric }: Centres): void {
    const { arena } = this;
    const d = metric.length;
    [this.d, this.joins, this.candidates] = [d, joining.length / d, candidates.length / d];
    arena.begin();
    this.wasm.shape(d, tileRows(d));
    this.places = {
      joining: arena.take(joining.length),
      candidates: arena.take(candidates.length),
      metric: arena.take(d),
      sums: arena.take((this.joins + 2 * this.candidates) * 2),
      x: arena.take(GROUP_ROWS * d),
      v: arena.take(GROUP_ROWS),
      distances: arena.take(GROUP_ROWS),
    };
    const setting = { wasm: this.wasm, arena, tile: tileRows(d) };
    this.lists = mayBeListed(d) ? new ListPlaces(setting, d, 0) : undefined;
    arena.reserve();
    arena.floats(this.places.joining, joining.length).set(joining);
    arena.floats(this.places.candidates, candidates.length).set(candidates);
    arena.floats(this.places.metric, d).set(metric);
    this.views = {
      x: arena.floats(this.places.x, GROUP_ROWS * d),
      v: arena.floats(this.places.v, GROUP_ROWS),
      distances: arena.floats(this.places.distances, GROUP_ROWS),
      sums: arena.doubles(this.places.sums, this.joins + 2 * this.candidates),
    };
  }

  /**
   * Has centres join one after the other: `nearest` `[rows]` becomes a group's squared distances to the nearest. Adds to
   * `sums` their weighted sums, after each that joins; then, were each candidate to join, these sums by two orders of
   * adding, for all candidates: of several side by side, and as they would be if it joined.
   */
  group(x: Float32Array | ListedRows, v: Float32Array, nearest: Float32Array, sums: Float64Array): void {
    const { wasm, places, views, joins, candidates } = this;
    if (!places || !views) throw new Error('the CPU kernel has no centres');
    if ('lists' in x) this.lists?.spread(x, v.length, places.x);
    else views.x.set(x);
    views.v.set(v);
    views.distances.set(nearest);
    views.sums.fill(0);
    const line = this.d * 4;
    const potentials = places.sums + joins * 8;
    for (let from = 0, b = tileRows(this.d); from < v.length; from += b) {
      const tile = [places.x + from * line, places.v + from * 4, places.distances + from * 4] as const;
      for (let c = 0; c < joins; c++) {
        wasm.keepNearest(...tile, places.joining + c * line, places.metric, places.sums + c * 8);
      }
      wasm.potentials(...tile, places.candidates, candidates, places.metric, potentials, potentials + candidates * 8);
    }
    if (joins > 0) nearest.set(views.distances.subarray(0, nearest.length));
    for (let c = 0; c < sums.length; c++) sums[c] += views.sums[c];
  }
}

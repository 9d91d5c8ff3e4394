import { Arena } from './arena.js';
import { CandidateBlocks, hasCandidates } from './candidates.js';
import type { EarlierLogits } from './earlier.js';
import type { Exports } from './exports.js';
import { instantiate } from './instance.js';
import { GROUP_ROWS, sumsLayout, tileRows, type SumsLayout } from './layout.js';
import { modelArrays, pathOf, paths, sparseBelow, squareRateOf, tileColumns, type SimdModel } from './model.js';
import { MORE_ROWS, placeBounds } from './lists.js';
import { isListMostlyZero, isMostlyZero, ListPlaces, mayBeListed, takesLists, type ListedRows } from './nonzeros.js';
import { placeTerms } from './terms.js';

/**
 * Up to this many bytes, whitened differences of all components are kept from costs to moments; beyond, computed again.
 */
const KEEP_LIMIT = 2 ** 20;
/** Up to this many bytes, rows are gathered by component. */
const GATHER_LIMIT = 2 ** 24;
/** Of so many columns tiles are copied one by one, that they are still in a cache when they are swept. */
const MANY_COLUMNS = 64;

/** Places of the arrays that the host fills or reads, in bytes. */
interface Places {
  readonly x: number;
  readonly v: number;
  readonly plan: number;
  readonly labels: number;
  readonly logSum: number;
  readonly logLargest: number;
  readonly shares: number;
  readonly totals: number;
}

/** One instance of the fused kernel with a memory of its own: what one thread computes with. */
export class SimdKernel {
  private readonly wasm: Exports;
  private readonly arena: Arena;
  private tile = 0;
  private columns = 0;
  private k = 0;
  private bounded = false;
  private candidates: CandidateBlocks | undefined;
  private lists: ListPlaces | undefined;
  private listed = false;
  private places: Places | undefined;
  private sums: SumsLayout | undefined;

  constructor(module: WebAssembly.Module) {
    this.wasm = instantiate(module) as unknown as Exports;
    this.arena = new Arena(this.wasm.memory);
  }

  /** Lays memory out for a model and copies it there; `earlier` is of the rows that will be swept. */
  load(model: SimdModel, earlier?: EarlierLogits): void {
    const { form, k, d } = model;
    this.begin(tileColumns(model));
    const { means, origin, whitening, whiteningStep, offsets, slopes } = modelArrays(model);
    const arrays = [means, origin, whitening, offsets, slopes];
    const [meansAt, originAt, whiteningAt, offsetsAt, slopesAt] = arrays.map(({ length }) => this.arena.take(length));
    const path = paths[pathOf(model)];
    this.wasm.shape(d, this.tile);
    this.wasm.placeModel(path, k, meansAt, originAt, whiteningAt, whiteningStep * 4, offsetsAt, slopesAt);
    const plan = this.placeTile(model);
    this.placeSparse(model);
    const sums = sumsLayout(model);
    const sumsAt = this.arena.take(sums.linear * 4);
    const linearSums = this.arena.take(sums.count - sums.linear);
    const totals = this.arena.take(sums.count * 2);
    const secondStep = form === 'tied' ? 0 : sums.secondSize * 16;
    const [secondAt, couplingAt] = [sumsAt + sums.second * 16, sumsAt + sums.coupling * 16];
    this.wasm.placeSums(sumsAt, secondAt, secondStep, couplingAt, sums.linear, totals);
    const { wasm, arena, tile } = this;
    const places = { layout: sums, sums: sumsAt, lines: linearSums, totals };
    const filled = placeTerms({ wasm, arena, tile }, model, places);
    this.places = { plan, totals, ...this.rowPlaces(k) };
    this.bounded = model.bounds !== undefined && this.gathers(model);
    if (this.bounded && model.bounds) filled.push(...placeBounds({ wasm, arena, tile }, model.bounds, model));
    const setting = { wasm, arena, tile, columns: this.columns };
    this.candidates = hasCandidates(model) ? new CandidateBlocks(setting, model, earlier) : undefined;
    this.lists = this.placeLists(model, setting);
    this.listed = takesLists(model);
    this.arena.reserve();
    this.wasm.temper(model.rate, squareRateOf(model), model.centre, model.hard, model.least);
    for (const [index, at] of [meansAt, originAt, whiteningAt, offsetsAt, slopesAt].entries()) {
      this.arena.floats(at, arrays[index].length).set(arrays[index]);
    }
    for (const { at, values } of filled) this.arena.like(values, at).set(values);
    this.candidates?.begin();
    // Numbers, that 0 times what no row has filled yet is 0; and the sums.
    this.arena.floats(plan, (totals - plan) / 4).fill(0);
    this.k = k;
    this.sums = sums;
  }

  /** Places for what a tile is turned into; returns that of the plan. */
  private placeTile(model: SimdModel): number {
    const { k, d, coupling } = model;
    const path = pathOf(model);
    const tile = d * this.tile;
    const plan = this.arena.take(k * this.tile);
    const keep = this.keeps(model);
    const whitened = this.arena.take(keep ? k * tile : tile);
    const scratch = this.arena.take(d * 8);
    const squares = this.arena.take(path === 'ball' ? k * this.tile : 0);
    const active = this.arena.take(k);
    const weighted = this.arena.take(tile);
    const kept = coupling ? this.arena.take(k * this.tile) : 0;
    this.wasm.placeTile(whitened, keep ? tile * 4 : 0, plan, scratch, squares, active, weighted, kept);
    return plan;
  }

  private placeLists(
    { k, linear }: SimdModel,
    setting: ConstructorParameters<typeof ListPlaces>[0],
  ): ListPlaces | undefined {
    if (linear && mayBeListed(linear.dense)) return new ListPlaces(setting, linear.dense, k);
    this.wasm.placeNonzeros(0, 0, 0, 0, 0);
    return undefined;
  }

  /** Whether whitened differences of all components are kept. */
  private keeps(model: SimdModel): boolean {
    return pathOf(model) === 'matrix' && model.k * model.d * this.tile * 4 <= KEEP_LIMIT;
  }

  /** Places for what saves work where components have nothing of most rows. */
  private placeSparse(model: SimdModel): void {
    const { k, d } = model;
    const b = this.tile;
    const path = pathOf(model);
    const enough = k > 1 ? sparseBelow(path, d, b, this.keeps(model)) : 0;
    const turns = enough > 0 && path !== 'matrix' && k * GROUP_ROWS * 8 <= GATHER_LIMIT;
    this.wasm.sparseBelow(enough);
    if (this.gathers(model))
      this.wasm.placeGathered(this.arena.take(k * d * b), this.arena.take(k * b), this.arena.take(k));
    else this.wasm.placeGathered(0, 0, 0);
    if (turns) {
      const [turned, rows] = [this.arena.take(GROUP_ROWS * Math.ceil(d / 8) * 8), this.arena.take(k * GROUP_ROWS)];
      this.wasm.placeTurned(turned, rows, this.arena.take(k * GROUP_ROWS), this.arena.take(k));
    } else this.wasm.placeTurned(0, 0, 0, 0);
  }

  /** Whether rows are gathered by component. */
  private gathers(model: SimdModel): boolean {
    const { k, d } = model;
    return pathOf(model) === 'matrix' && k > 1 && k * d * this.tile * 4 <= GATHER_LIMIT;
  }

  /** Clears the float64 totals. */
  clear(): void {
    this.totals().fill(0);
  }

  /** Of a group that lies as tiles and as lists, what the model takes. */
  taken(group: { readonly x: Float32Array; readonly listed?: ListedRows }): Float32Array | ListedRows {
    const { listed } = group;
    if (!listed || !this.listed) return group.x;
    return this.candidates && !isListMostlyZero(listed, this.columns) ? group.x : listed;
  }

  /** Sweeps a group of at most 1024 rows, given as whole tiles, and adds to the totals; `index` is the group's among all. */
  sweepGroup(x: Float32Array | ListedRows, v: Float32Array, index = 0): void {
    const { x: xAt, v: vAt } = this.fillWeights(v);
    if ('lists' in x) this.lists?.each(x, v.length, xAt, (from) => this.wasm.sweep(xAt, vAt + from * 4));
    else if (!this.bounded) this.sweepBlocks(x, v.length, index);
    else {
      this.fillRows(x);
      if (!this.wasm.sweepSparsely(xAt, vAt, v.length)) this.sweepTiles(xAt, vAt, v.length);
    }
    this.wasm.flush();
  }

  /** Sweeps a group by candidates, and what these leave of it by tiles. */
  private sweepBlocks(x: Float32Array, groupRows: number, index: number): void {
    const { columns, tile } = this;
    const { x: tileAt, v: weightsAt } = this.placed();
    const rows = columns < MANY_COLUMNS ? GROUP_ROWS : tile;
    const zeros = this.candidates !== undefined && isMostlyZero(x.subarray(0, tile * columns), columns);
    const swept = zeros ? 0 : (this.candidates?.sweep({ x, index, tileAt, weightsAt }) ?? 0);
    for (let from = swept; from < groupRows; from += rows) {
      const count = Math.min(groupRows - from, rows);
      this.fillRows(x.subarray(from * columns, (from + count) * columns));
      this.sweepTiles(tileAt, weightsAt + from * 4, count);
    }
  }

  private sweepTiles(x: number, v: number, rows: number): void {
    for (let from = 0; from < rows; from += this.tile) this.wasm.sweep(x + from * this.columns * 4, v + from * 4);
  }

  /** The totals since `clear`, laid out as `sumsLayout` says. A view into the kernel's memory. */
  totals(): Float64Array {
    const { places, sums } = this;
    if (!places || !sums) throw new Error('the CPU kernel has no model');
    return this.arena.doubles(places.totals, sums.count);
  }

  /** Row outputs of a group into arrays of its rows: labels, log Σ exp logit, log max r `[rows]`, r `[rows, k]`. */
  rowsGroup(x: Float32Array | ListedRows, rows: number, into: RowArrays): void {
    const { x: xAt, labels, logSum, logLargest, shares } = this.placed();
    const { tile, k, wasm, arena } = this;
    const labelsAlone = into.logLargest.length === 0;
    const wanted = into.responsibilities.length > 0;
    const say = (from: number, at: number): void => {
      const to = from * 4;
      if (labelsAlone) wasm.likeliest(at, labels + to, logSum + to);
      else wasm.posterior(at, labels + to, logSum + to, logLargest + to, wanted ? shares : 0);
      const count = Math.min(tile, rows - from) * k;
      if (wanted) into.responsibilities.set(arena.floats(shares, count), from * k);
    };
    if ('lists' in x) this.lists?.each(x, rows, xAt, (from) => say(from, xAt));
    else {
      this.fillRows(x);
      for (let from = 0; from < rows; from += tile) say(from, xAt + from * this.columns * 4);
    }
    into.labels.set(arena.integers(labels, rows));
    into.logSum.set(arena.floats(logSum, rows));
    if (!labelsAlone) into.logLargest.set(arena.floats(logLargest, rows));
  }

  /** Runs the multiply-add micro-kernel; 96 n floating point operations. */
  peak(n: number): number {
    return this.wasm.peak(n, 0.999, 0.001);
  }

  private begin(columns: number): void {
    this.arena.begin();
    this.columns = columns;
    this.tile = tileRows(columns);
  }

  /** Places for a group of rows and what comes of them under k components. */
  private rowPlaces(k: number): Omit<Places, 'plan' | 'totals'> {
    return {
      x: this.arena.take(GROUP_ROWS * this.columns),
      v: this.arena.take(GROUP_ROWS + MORE_ROWS),
      labels: this.arena.take(GROUP_ROWS),
      logSum: this.arena.take(GROUP_ROWS),
      logLargest: this.arena.take(GROUP_ROWS),
      shares: this.arena.take(k * this.tile + 3),
    };
  }

  private placed(): Places {
    if (!this.places) throw new Error('the CPU kernel has no model');
    return this.places;
  }

  private fillWeights(v: Float32Array): Places {
    const places = this.placed();
    this.arena.floats(places.v, v.length).set(v);
    this.arena.floats(places.v + v.length * 4, MORE_ROWS).fill(0);
    return places;
  }

  private fillRows(x: Float32Array): Places {
    const places = this.placed();
    this.arena.floats(places.x, x.length).set(x);
    return places;
  }
}

/** What `rowsGroup` writes to. */
export interface RowArrays {
  readonly labels: Int32Array;
  /** Where labels alone are wanted, the largest logits. */
  readonly logSum: Float32Array;
  /** Empty where labels alone are wanted. */
  readonly logLargest: Float32Array;
  /** Empty where they are not wanted. */
  readonly responsibilities: Float32Array;
}

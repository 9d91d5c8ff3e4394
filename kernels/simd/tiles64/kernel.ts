import { Arena } from '../arena.js';
import { instantiate } from '../instance.js';
import type { TileExports } from './exports.js';
import { keepsSquares, levelNumbers, type TileModel } from './model.js';
import { placeTiles, type PlacedTile, type TilePlaces } from './places.js';
import type { Float64Outputs } from '../outputs.js';

/** One instance of the kernel with a memory of its own: what one thread computes with. */
export class TileKernel {
  private readonly wasm: TileExports;
  private readonly arena: Arena;

  constructor(module: WebAssembly.Module) {
    this.wasm = instantiate(module) as unknown as TileExports;
    this.arena = new Arena(this.wasm.memory);
  }

  /** Puts a model of rows of so many columns there, in place of the one before. */
  load(model: TileModel, columns: number): LoadedTiles {
    return new LoadedTiles(this.wasm, this.arena, model, columns);
  }
}

/** A model in a kernel's memory, which tiles are shown to one after the other. */
export class LoadedTiles {
  private readonly places: TilePlaces;

  constructor(
    private readonly wasm: TileExports,
    private readonly arena: Arena,
    private readonly model: TileModel,
    private readonly columns: number,
  ) {
    const places = (this.places = placeTiles(arena, model, columns));
    const { offsets, v, logits, plan, rows, waiting, work, natural, levelled, totals, layout } = places;
    const put = (at: number, values: Float64Array | undefined): void =>
      values && arena.doubles(at, values.length).set(values);
    arena.doubles(places.x, (totals - places.x) / 8 + layout.count).fill(0); // numbers, where no row has been yet
    put(offsets, model.offsets);
    put(natural, model.linear?.natural);
    put(levelled, model.linear?.levelled);
    for (const { term, ...at } of places.terms) {
      for (const name of ['means', 'factors', 'origin', 'slopes', 'parameters'] as const) put(at[name], term[name]);
    }
    if (places.bounds) {
      const { columns: m, projection, y, means, factors, factorStep, labels, best } = places.bounds;
      for (const name of ['projection', 'means', 'factors'] as const) put(places.bounds[name], model.bounds?.[name]);
      wasm.placeBounds64(m, projection, y, means, factors, factorStep, labels, best);
    }
    wasm.placeTiles64(model.k, rows, waiting, model.coarse, v, logits, plan, ...work);
  }

  /** Begins sums at 0; nothing waits, since `totals` came before, or a task was given up. */
  clear(): void {
    const { sums, totals, terms } = this.places;
    for (const { lengths } of terms) if (lengths) this.arena.integers(lengths, 2 * this.model.k).fill(0);
    this.arena.doubles(sums, (totals - sums) / 8).fill(0);
  }

  /** All sums so far, as `tileSums` lays them out. */
  totals(): Float64Array {
    const { sums, levelSums, totals, layout } = this.places;
    const { count, levels } = layout;
    for (const [q, { term, gathered, gatheredShares, lengths }] of this.places.terms.entries()) {
      const { first, second, secondSize } = layout.terms[q];
      const [firstAt, secondAt, step] = [sums + first * 16, sums + second * 16, term.tied ? 0 : secondSize * 16];
      if (gathered) this.wasm.sumGathered64(term.d, firstAt, secondAt, step, gathered, gatheredShares, lengths);
    }
    this.wasm.fold64(sums, levels, totals);
    const all = this.arena.doubles(totals, count);
    all.set(this.arena.doubles(levelSums, count - levels), levels);
    return all;
  }

  /** Adds a tile x `[columns, b]` of rows of weights v `[b]` to the sums. */
  sweep(x: Float64Array, v: Float64Array): void {
    const { wasm, places } = this;
    const { hard, least, centre, coupling } = this.model;
    const { layout, sums, counts } = places;
    this.show(x, v);
    wasm.transportTile64(hard, least, centre, sums);
    wasm.addMassesTile64(sums + layout.mass * 16, counts);
    if (coupling) wasm.addCouplingTile64(sums + layout.coupling * 16);
    for (const [q, placed] of places.terms.entries()) this.addTerm(placed, layout.terms[q]);
    this.addStatistics();
  }

  /** What the model says of the first rows of a tile, written from row `to` on. */
  outputs(x: Float64Array, rows: number, to: number, into: Float64Outputs): void {
    const { wasm, arena, places } = this;
    const { k, hard } = this.model;
    const { labels, logSum, logLargest, logits, rows: b } = places;
    this.show(x, new Float64Array(b));
    wasm.describeTile64(hard, labels, logSum, logLargest);
    into.labels.set(arena.integers(labels, rows), to);
    into.logSum.set(arena.doubles(logSum, rows), to);
    into.logLargest.set(arena.doubles(logLargest, rows), to);
    if (into.responsibilities.length === 0) return;
    const shares = arena.doubles(logits, k * b);
    for (let row = 0; row < rows; row++) {
      for (let c = 0; c < k; c++) into.responsibilities[(to + row) * k + c] = shares[c * b + row];
    }
  }

  /** Logits of a tile. */
  private show(x: Float64Array, v: Float64Array): void {
    const { wasm, arena, places } = this;
    arena.doubles(places.x, x.length).set(x);
    arena.doubles(places.v, v.length).set(v);
    wasm.beginTile64(places.offsets);
    for (const placed of places.terms) this.addDistances(placed);
    this.addLinear();
  }

  private addDistances(placed: PlacedTile): void {
    const { wasm, arena, places } = this;
    const { k, rate } = this.model;
    const { term, x, means, factors, factorStep, origin, slopes, parameters, z, zStep, squares, remainders } = placed;
    const { path, d, radial } = term;
    const keeps = keepsSquares(term);
    const into = keeps ? squares : places.logits;
    if (keeps) arena.doubles(squares, k * places.rows).fill(0);
    switch (path) {
      case 'matrix':
        if (!this.whitensFew(placed))
          wasm.whitenAll64(x, d, means, factors, factorStep, z, zStep, into, keeps ? 1 : -rate);
        break;
      case 'shared':
        wasm.whitenOne64(x, d, origin, factors, z, places.unused, 0);
        wasm.addBalls64(z, d, means, slopes, into);
        break;
      case 'diagonal':
        wasm.addEllipses64(x, d, means, factors, slopes, into);
        break;
      case 'ball':
        wasm.addBalls64(x, d, means, slopes, into);
        break;
      default:
        path satisfies never;
    }
    if (radial) wasm.addRadialTile64(squares, remainders, parameters, places.logits);
    else if (keeps) wasm.addTimes64(squares, -rate, places.logits);
  }

  /** Whether components that rows may belong to are few, by bounds where there are such, and those alone have been whitened. */
  private whitensFew({ term, x, means, factors, factorStep, z, zStep, slopes }: PlacedTile): boolean {
    const { wasm, places } = this;
    const { bounds, offsets } = places;
    if (!bounds) return false;
    const { d } = term;
    const excess = this.model.rate * (d - bounds.columns);
    const own = [means, factors, factorStep, z, zStep, offsets, slopes] as const;
    if (wasm.whitenLikely64(x, d, ...own, bounds.least, excess)) return true;
    wasm.beginTile64(offsets);
    return false;
  }

  private addLinear(): void {
    const { wasm, places } = this;
    const { rate, linear } = this.model;
    if (!linear) return;
    const { dense, levels } = linear;
    const [first, step] = [this.firstStatistic(), levelNumbers(linear) * 8];
    if (dense > 0) wasm.addDenseTile64(first, dense, places.natural, 2 * rate);
    let natural = places.levelled;
    for (const [j, count] of levels.entries()) {
      wasm.placeLevels64(first + (dense + j) * places.rows * 8, places.levels[j]);
      wasm.addLevelsTile64(places.levels[j], natural, step, 2 * rate);
      natural += (count + 1) * 8;
    }
  }

  private addTerm(placed: PlacedTile, sums: TilePlaces['layout']['terms'][number]): void {
    const { wasm, places } = this;
    const { counts, unused, plan } = places;
    const { term, x, means, factors, factorStep, z, zStep, squares, remainders } = placed;
    const { gathered, gatheredShares, lengths } = placed;
    const { path, d, tied, radial } = term;
    const place = (sum: number): number => places.sums + sum * 16;
    const [first, second] = [place(sums.first), place(sums.second)];
    if (radial) wasm.weighTile64(squares, remainders, place(sums.radial));
    const shares = radial ? squares : plan;
    const step = tied ? 0 : sums.secondSize * 16;
    switch (path) {
      case 'matrix':
        wasm.addScattersTile64(
          ...([x, d, means, factors, factorStep, z, zStep] as const),
          ...[shares, counts, unused, first, second, step, gathered, gatheredShares, lengths],
        );
        break;
      case 'shared':
        wasm.addDifferencesTile64(z, d, means, shares, counts, first, 0);
        wasm.addSharedTile64(z, d, means, second);
        break;
      case 'diagonal':
        wasm.addDifferencesTile64(x, d, means, shares, counts, first, second);
        break;
      case 'ball':
        wasm.addDifferencesTile64(x, d, means, shares, counts, first, radial ? second : 0);
        if (!radial) wasm.addProductsTile64(plan, squares, second);
        break;
      default:
        path satisfies never;
    }
  }

  private addStatistics(): void {
    const { wasm, places } = this;
    const { linear } = this.model;
    if (!linear) return;
    const step = levelNumbers(linear) * 8;
    const { dense, levels } = linear;
    if (dense > 0) wasm.addDenseSumsTile64(this.firstStatistic(), dense, places.sums + places.layout.dense * 16);
    let into = places.levelSums;
    for (const [j, count] of levels.entries()) {
      wasm.addLevelSumsTile64(places.levels[j], into, step);
      into += (count + 1) * 8;
    }
  }

  /** Where the statistics of a tile begin. */
  private firstStatistic(): number {
    const { terms } = this.model;
    return this.places.x + terms.reduce((sum, { d }) => sum + d, 0) * this.places.rows * 8;
  }

  /** Numbers of a tile. */
  get size(): number {
    return this.places.rows * this.columns;
  }
}

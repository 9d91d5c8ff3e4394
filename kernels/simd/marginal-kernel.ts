import { Arena } from './arena.js';
import { instantiate } from './instance.js';
import type { MarginalExports } from './marginal-exports.js';
import { lineOf, type MarginalModel, type PatternRows } from './marginal-model.js';
import { placeMarginals, type MarginalPlaces, type PlacedTerm } from './marginal-places.js';
import type { Float64Outputs } from './outputs.js';

const HALF_LOG_TWO_PI = Math.log(2 * Math.PI) / 2;

/** One instance of the kernel with a memory of its own: what one thread computes with. */
export class MarginalKernel {
  private readonly wasm: MarginalExports;
  private readonly arena: Arena;

  constructor(module: WebAssembly.Module) {
    this.wasm = instantiate(module) as unknown as MarginalExports;
    this.arena = new Arena(this.wasm.memory);
  }

  /** Puts a model there, in place of the one before. */
  load(model: MarginalModel, on: PatternRows): LoadedMarginals {
    return new LoadedMarginals(this.wasm, this.arena, model, on);
  }
}

/** A model in a kernel's memory, and rows that it is asked about: a few at a time, all of one pattern. */
export class LoadedMarginals {
  private readonly places: MarginalPlaces;
  /** What the pattern at hand lacks of each term's columns. */
  private missing: (readonly number[])[] = [];

  constructor(
    private readonly wasm: MarginalExports,
    private readonly arena: Arena,
    private readonly model: MarginalModel,
    private readonly on: PatternRows,
  ) {
    const places = (this.places = placeMarginals(arena, model, on));
    const { x, v, logits, plan, masses, scratch, listed, weighted } = places;
    arena.doubles(x, (places.sums - x) / 8).fill(0); // numbers, where no row has been yet
    for (const { term, factors } of places.terms) arena.doubles(factors, term.factors.length).set(term.factors);
    const natural = model.linear?.natural;
    if (natural) arena.doubles(places.natural, natural.length).set(natural);
    wasm.placeRows64(model.k, places.rows, x, on.columns * 8, v, logits, plan, masses, scratch, listed, weighted);
  }

  /** How many rows may be worked on together. */
  get together(): number {
    return this.places.rows;
  }

  /** Begins sums at 0. */
  clear(): void {
    this.totals().fill(0);
  }

  /** All sums so far, as `marginalSums` lays them out. */
  totals(): Float64Array {
    return this.arena.doubles(this.places.sums, this.places.layout.count);
  }

  /** Rows that follow have the columns that this one has. */
  begin(row: number): void {
    const { model, arena, on, places } = this;
    const offsets = arena.doubles(places.offsets, model.offsets.length);
    offsets.set(model.offsets);
    this.missing = places.terms.map((placed) => {
      const missing = missingOf(on, row, placed);
      this.mask(placed, missing);
      this.setRadial(placed, missing.length);
      if (missing.length > 0)
        this.complete(placed, missing).forEach((more, c) => (offsets[c] += 2 * model.rate * more));
      return missing;
    });
  }

  /** Puts 0 into the means, and 1 into the marks, where a column is missing. */
  private mask({ term, means, gaps, width }: PlacedTerm, missing: readonly number[]): void {
    const masked = this.arena.doubles(means, term.means.length);
    masked.set(term.means);
    const marks = this.arena.doubles(gaps, width).fill(0);
    for (const j of missing) {
      marks[j] = 1;
      for (let at = j; at < masked.length; at += width) masked[at] = 0;
    }
  }

  /** Makes Y of a term; returns what the marginals' logarithms exceed those of the whole by, but for squares, `[k]`. */
  private complete(placed: PlacedTerm, missing: readonly number[]): Float64Array {
    const { wasm, arena, places } = this;
    const { term, matrix, width, factors, factorStep, completion } = placed;
    const { d, radial, flat } = term;
    const [count, k] = [missing.length, this.model.k];
    const wide = flat ? k - 1 : k; // without the component whose factors are 0
    const more = new Float64Array(k).fill(count * HALF_LOG_TWO_PI);
    if (radial) more.set(radial.constants.subarray((d - count) * k, (d - count + 1) * k));
    if (flat) more[wide] = missing.reduce((sum, j) => sum - flat[j], 0);
    if (!matrix) {
      for (const j of missing) for (let c = 0; c < wide; c++) more[c] -= Math.log(term.factors[c * width + j]);
      return more;
    }
    const factorCount = Math.min(placed.factorCount, wide);
    arena.integers(places.missing, count).set(missing);
    wasm.complete64(factorCount, width, factors, factorStep, count, places.missing, completion, places.logarithms);
    const logarithms = arena.doubles(places.logarithms, factorCount);
    for (let c = 0; c < wide; c++) more[c] -= logarithms[factorCount === 1 ? 0 : c];
    if (flat) arena.doubles(completion + wide * count * width * 8, count * width).fill(0);
    return more;
  }

  /** Puts there what a Student-t term is for rows that lack so many columns. */
  private setRadial({ term: { d, radial }, parameters }: PlacedTerm, lacking: number): void {
    if (!radial) return;
    const { k } = this.model;
    const [line, e] = [lineOf(k), d - lacking];
    const into = this.arena.doubles(parameters, 3 * line);
    for (let c = 0; c < k; c++) {
      const degrees = radial.degrees[c];
      into[c] = degrees;
      into[line + c] = degrees + e;
      into[2 * line + c] = radial.remainders[e * k + c];
    }
  }

  /** Computes logits and plan of rows `from` … `to − 1`. */
  rows(from: number, to: number): void {
    const { wasm, arena, on, places, missing } = this;
    const { rate, hard, least } = this.model;
    const rows = to - from;
    arena.doubles(places.x, rows * on.columns).set(on.values.subarray(from * on.columns, to * on.columns));
    arena.doubles(places.v, rows).set(on.weights.subarray(from, to));
    wasm.begin64(rows, places.offsets);
    for (const [
      q,
      { term, matrix, width, first, means, factors, factorStep, completion, ...own },
    ] of places.terms.entries()) {
      wasm.present64(rows, first, term.d, width, own.present);
      if (matrix) wasm.shear64(rows, own.present, width, means, factors, factorStep, own.whitened);
      else wasm.stretch64(rows, own.present, width, means, factors, own.whitened);
      const count = missing[q].length;
      const step = stepOf(factorStep, count, width);
      if (matrix && count > 0) wasm.project64(rows, width, own.whitened, completion, step, count, missing[q][0] & ~1);
      if (!term.radial) wasm.addDistances64(rows, width, own.whitened, rate);
      else wasm.addRadial64(rows, width, own.whitened, own.parameters, rate, own.weighting, own.remainders);
    }
    this.addLinear(rows);
    wasm.transport64(rows, hard, least, places.sums, places.labels, places.logSum, places.logLargest);
  }

  private addLinear(rows: number): void {
    const { wasm, places } = this;
    const { k, rate, linear } = this.model;
    if (!linear) return;
    const { dense, levels } = linear;
    const first = this.firstStatistic();
    if (dense > 0) wasm.addDense64(rows, first, dense, places.natural, 2 * rate);
    let natural = places.natural + dense * lineOf(k) * 8;
    for (const [j, count] of levels.entries()) {
      wasm.addLevel64(rows, first + dense + j, natural, 2 * rate);
      natural += count * lineOf(k) * 8;
    }
  }

  /** Adds the plan of these rows to all sums. */
  add(rows: number): void {
    const { wasm, places, missing } = this;
    const { hard, coupling } = this.model;
    const { layout } = places;
    const place = (sum: number): number => places.sums + sum * 8;
    wasm.addMasses64(rows, hard, place(layout.mass), coupling ? place(layout.coupling) : 0);
    for (const [
      q,
      { term, matrix, width, whitened, gaps, completion, factorStep, weighting, remainders },
    ] of places.terms.entries()) {
      const sums = layout.terms[q];
      wasm.weightBy64(places.plan);
      if (term.radial) {
        wasm.weigh64(rows, weighting, remainders, place(sums.radial));
        wasm.weightBy64(weighting);
      }
      const [first, second] = [place(sums.first), place(sums.second)];
      if (!matrix) wasm.addSquares64(rows, width, whitened, gaps, first, second, place(sums.missing));
      else {
        const count = missing[q].length;
        const step = stepOf(factorStep, count, width);
        wasm.addScatters64(rows, width, whitened, completion, step, count, first, second, sums.secondStep * 8);
      }
    }
    wasm.weightBy64(places.plan);
    this.addStatistics(rows, place(layout.linear));
  }

  private addStatistics(rows: number, into: number): void {
    const { wasm } = this;
    const { k, linear } = this.model;
    if (!linear) return;
    const { dense, levels } = linear;
    const first = this.firstStatistic();
    if (dense > 0) wasm.addDenseSums64(rows, first, dense, into);
    let at = into + dense * lineOf(k) * 8;
    for (const [j, count] of levels.entries()) {
      wasm.addLevelSums64(rows, first + dense + j, at);
      at += count * lineOf(k) * 8;
    }
  }

  /** Writes what the model says of these rows, from row `to` on. */
  outputs(rows: number, to: number, { labels, logSum, logLargest, responsibilities }: Float64Outputs): void {
    const { arena, places } = this;
    const { k } = this.model;
    labels.set(arena.integers(places.labels, rows), to);
    logSum.set(arena.doubles(places.logSum, rows), to);
    logLargest.set(arena.doubles(places.logLargest, rows), to);
    if (responsibilities.length === 0) return;
    const shares = arena.doubles(places.logits, rows * lineOf(k));
    for (let row = 0; row < rows; row++) {
      responsibilities.set(shares.subarray(row * lineOf(k), row * lineOf(k) + k), (to + row) * k);
    }
  }

  private firstStatistic(): number {
    return this.places.terms.reduce((sum, { term }) => sum + term.d, 0);
  }
}

/** Bytes from one component's Y to the next: 0 where all share one. */
function stepOf(factorStep: number, count: number, width: number): number {
  return factorStep === 0 ? 0 : count * width * 8;
}

/** The columns of a term that a row lacks, ascending. */
function missingOf({ values, columns }: PatternRows, row: number, { term, first }: PlacedTerm): number[] {
  const missing: number[] = [];
  const at = row * columns + first;
  for (let j = 0; j < term.d; j++) if (Number.isNaN(values[at + j])) missing.push(j);
  return missing;
}

import { GROUP_ROWS } from '../../../kernels/simd/layout.js';
import { total } from '../../base/numbers.js';
import type { TaskForce } from '../../threads/pool.js';
import { drawRows, type DrawnFrom } from '../draw.js';
import type { NearestCentres, NearestSums } from '../shard.js';
import { sharedDoubles, sharedIntegers } from '../../threads/shared.js';
import type { HeldDistances, HeldRows } from './held.js';

/** Rows that are drawn from at once: those of a part need not be in memory. */
const PIECE_ROWS = 64 * GROUP_ROWS;

/** Distances where the rows lie. */
export class SimdNearestCentres implements NearestCentres {
  /** Made for the first read. */
  private distances: Promise<HeldDistances> | undefined;
  /** Σ a_i of each part. */
  private readonly partWeights: Float64Array;
  /** Σ a_i d_i of each part; before the first centre Σ a_i. */
  private partSums: Float64Array;
  /** A centre that is still to join, `[0 or 1, d]`: `partSums` know of it, and the distances do not. */
  private pending = new Float64Array();
  /** Candidates of the last read, and what `partSums` would be with each. */
  private offered: readonly { readonly centre: Float64Array; readonly sums: Float64Array }[] = [];

  constructor(
    private readonly held: HeldRows,
    private readonly force: TaskForce,
    private readonly metric: Float32Array,
    private readonly parts: number,
    private readonly signal?: AbortSignal,
  ) {
    const { groupWeights } = held;
    this.partWeights = new Float64Array(parts).map((_, part) => {
      const [from, to] = this.groupsOf(part, groupWeights.length);
      return total(groupWeights.subarray(from, to));
    });
    this.partSums = this.partWeights;
  }

  async potentials(candidates: Float64Array): Promise<Float64Array> {
    const count = candidates.length / this.metric.length;
    const sums = await this.read(this.pending, candidates);
    const first = sums.length / this.parts - 2 * count;
    this.pending = new Float64Array();
    this.offered = Array.from({ length: count }, (_, c) => ({
      centre: candidates.slice(c * this.metric.length, (c + 1) * this.metric.length),
      sums: this.ofParts(sums, first + count + c),
    }));
    return Float64Array.from({ length: count }, (_, c) => total(this.ofParts(sums, first + c)));
  }

  /** Of a candidate that was just offered, sums are known: it joins when rows are read next. */
  async add(centres: Float64Array): Promise<void> {
    const { offered } = this;
    this.offered = [];
    const known = offered.find(({ centre }) => centre.every((value, j) => value === centres[j]));
    if (known && centres.length === this.metric.length) {
      this.pending = centres.slice();
      this.partSums = known.sums;
      return;
    }
    const joining = Float64Array.of(...this.pending, ...centres);
    const sums = await this.read(joining, new Float64Array());
    this.pending = new Float64Array();
    // One after the other: the last sum is of all.
    this.partSums = this.ofParts(sums, sums.length / this.parts - 1);
  }

  draw(uniforms: readonly number[]): Promise<number[]> {
    // Where every row lies on a centre already, by weight alone.
    const apart = total(this.partSums) > 0;
    const read = async (parts: readonly number[]): Promise<Iterable<DrawnFrom>> => {
      if (apart && this.pending.length > 0) await this.read(this.pending, new Float64Array(), parts);
      return this.valuesOf(parts, apart ? await this.distances : undefined);
    };
    return drawRows(uniforms, apart ? this.partSums : this.partWeights, read);
  }

  sums(): Promise<NearestSums> {
    const { partWeights, partSums } = this;
    return Promise.resolve({ weight: total(partWeights), potential: partSums === partWeights ? 0 : total(partSums) });
  }

  dispose(): void {
    void this.distances?.then((distances) => distances.dispose()).catch(() => undefined); // whoever asked was told
    this.distances = undefined;
  }

  /** a_i d_i, or a_i, of the rows of parts, one part at a time. */
  private *valuesOf(parts: readonly number[], distances: HeldDistances | undefined): Generator<DrawnFrom> {
    const { n, groupWeights } = this.held;
    for (const part of parts) {
      const [from, to] = this.groupsOf(part, groupWeights.length);
      const start = from * GROUP_ROWS;
      const rows = Math.min(to * GROUP_ROWS, n) - start;
      yield { start, values: () => this.piecesOf({ part, start, end: start + rows }, distances) };
    }
  }

  private *piecesOf(
    { part, start, end }: { readonly part: number; readonly start: number; readonly end: number },
    distances: HeldDistances | undefined,
  ): Generator<Float64Array> {
    for (let from = start; from < end; from += PIECE_ROWS) {
      const rows = Math.min(PIECE_ROWS, end - from);
      yield weighted(this.held.weights(from, rows), distances?.values(part, from, rows));
    }
  }

  /** One read of all parts, or of some: centres join, and candidates are offered; see `NearestTask`. */
  private async read(
    joining: Float64Array,
    candidates: Float64Array,
    which?: readonly number[],
  ): Promise<Float64Array> {
    const { held, parts: whole, metric } = this;
    this.distances ??= held.distances(whole);
    const distances = await this.distances;
    const { nearest } = distances;
    const parts = which?.length ?? whole;
    const results = sharedDoubles((parts * (joining.length + 2 * candidates.length)) / metric.length);
    const centres = { joining: Float32Array.from(joining), candidates: Float32Array.from(candidates), metric, nearest };
    const read = { parts, whole, ...(which && { which }), control: sharedIntegers(2), results };
    await this.force.run({ kind: 'nearest', on: held.on, ...centres, ...read }, this.signal);
    if (joining.length > 0) distances.written(which ?? Array.from({ length: whole }, (_, part) => part));
    return results;
  }

  /** One number of each part. */
  private ofParts(sums: Float64Array, at: number): Float64Array {
    const count = sums.length / this.parts;
    return Float64Array.from({ length: this.parts }, (_, part) => sums[part * count + at]);
  }

  private groupsOf(part: number, groups: number): [number, number] {
    return [Math.floor((part * groups) / this.parts), Math.floor(((part + 1) * groups) / this.parts)];
  }
}

/** Weights times distances, if there are such, `[rows]`. */
function weighted(weights: Float32Array, distances: Float32Array | undefined): Float64Array {
  const values = new Float64Array(weights);
  if (distances) for (let row = 0; row < values.length; row++) values[row] *= distances[row];
  return values;
}

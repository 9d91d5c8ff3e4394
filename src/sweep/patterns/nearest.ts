import { yieldToEvents } from '../../base/event-loop.js';
import { total } from '../../base/numbers.js';
import { drawIndices } from '../../base/random.js';
import { drawParts } from '../draw.js';
import type { NearestCentres, NearestSums } from '../shard.js';
import type { RowNumbers } from '../spilled/numbers.js';
import type { SortedRows } from './rows.js';
import { segmentsOf, withSegment, type HeldPatterns } from './segments.js';

/** Rows that are looked at between two turns of the event loop. */
const PIECE = 4096;

/** What a segment's rows are drawn by. */
interface SegmentSums {
  /** Σ a. */
  readonly weight: number;
  /** Σ a d. */
  readonly potential: number;
}

/**
 * Distances of rows that may lack values, which have their columns' means there. They lie where the rows lie, and are written
 * anew when centres are added. Distances are computed in the order of patterns, where rows lie one after the other and lack the
 * same; sums are over rows in their own order.
 */
export class PatternNearest implements NearestCentres {
  /** Squared distances; left out while there is no centre. */
  private nearest: RowNumbers | undefined;
  /** By segment, once asked for. */
  private known: readonly SegmentSums[] | undefined;
  /** A place for the distances of a segment to one centre. */
  private scratch = new Float64Array();

  constructor(
    private readonly held: HeldPatterns,
    private readonly metric: Float64Array,
    private readonly signal?: AbortSignal,
  ) {}

  async potentials(candidates: Float64Array): Promise<Float64Array> {
    const centres = this.centresOf(candidates);
    const sums = new Float64Array(centres.length);
    for await (const { start, rows } of segmentsOf(this.held)) {
      const nearest = this.distances(start, rows);
      for (const [c, centre] of centres.entries()) {
        const distances = await this.distancesTo(centre, rows);
        sums[c] = withPotential(sums[c], rows, nearest, distances);
      }
    }
    return sums;
  }

  async add(centres: Float64Array): Promise<void> {
    const added = this.centresOf(centres);
    const sink = await this.held.numbers('distances to the nearest centre');
    const known: SegmentSums[] = [];
    try {
      for await (const { start, rows } of segmentsOf(this.held)) {
        const nearest = this.distances(start, rows);
        for (const centre of added) join(nearest, rows, await this.distancesTo(centre, rows));
        const sums = sumsOf(rows, nearest);
        known.push(sums);
        await sink.add(nearest);
      }
      const before = this.nearest;
      this.nearest = await sink.finish();
      this.known = known;
      before?.dispose?.();
    } catch (error) {
      sink.close();
      throw error;
    }
  }

  async draw(uniforms: readonly number[]): Promise<number[]> {
    const sums = await this.bySegment();
    const apart = sums.some(({ potential }) => potential > 0);
    const { segmentRows } = this.held;
    const drawn =
      sums.length === 1
        ? [{ part: 0, draws: [...uniforms.keys()], uniforms }] // as they are: to stretch them would round them
        : drawParts(
            uniforms,
            sums.map(({ weight, potential }) => (apart ? potential : weight)),
          );
    const found: number[] = [];
    for (const { part, draws, uniforms: within } of drawn) {
      const start = part * segmentRows;
      const values = await withSegment(this.held, part, (rows) => this.drawnFrom(rows, start, apart));
      for (const [at, row] of drawIndices(values, [...within]).entries()) found[draws[at]] = start + row;
    }
    return found;
  }

  async sums(): Promise<NearestSums> {
    const sums = { weight: 0, potential: 0 };
    for (const { weight, potential } of await this.bySegment()) {
      sums.weight += weight;
      sums.potential += potential;
    }
    return sums;
  }

  dispose(): void {
    this.nearest?.dispose?.();
    this.nearest = undefined;
    this.scratch = new Float64Array();
  }

  private async bySegment(): Promise<readonly SegmentSums[]> {
    if (this.known) return this.known;
    const known: SegmentSums[] = [];
    for await (const { rows } of segmentsOf(this.held)) {
      known.push({ weight: total(inOrder(rows)), potential: 0 });
    }
    return (this.known = known);
  }

  /** What each row of a segment is drawn in proportion to. */
  private drawnFrom(rows: SortedRows, start: number, apart: boolean): Float64Array {
    const values = inOrder(rows);
    if (!apart) return values;
    const nearest = this.distances(start, rows);
    for (let row = 0; row < values.length; row++) values[row] *= finite(nearest[row]);
    return values;
  }

  /** The distances of a segment's rows, a copy: infinite while there is no centre. */
  private distances(start: number, { weights }: SortedRows): Float64Array {
    return this.nearest?.slice(start, start + weights.length) ?? new Float64Array(weights.length).fill(Infinity);
  }

  /** Squared distances of the rows of a segment to a centre, in the order of patterns: valid until others are asked for. */
  private async distancesTo(centre: Float64Array, rows: SortedRows): Promise<Float64Array> {
    const count = rows.weights.length;
    if (this.scratch.length < count) this.scratch = new Float64Array(count);
    const { means } = this.held.facts;
    for (let from = 0; from < count; from += PIECE) {
      await yieldToEvents(this.signal);
      const range = { from, to: Math.min(count, from + PIECE) };
      squaredDistances(rows.values, range, { centre, means, metric: this.metric }, this.scratch);
    }
    return this.scratch;
  }

  private centresOf(centres: Float64Array): Float64Array[] {
    const d = this.metric.length;
    return Array.from({ length: centres.length / d }, (_, c) => centres.subarray(c * d, (c + 1) * d));
  }
}

/** A sum with Σ a min(d, ‖x − c‖²) of a segment, whose distances to c are in the order of patterns. */
function withPotential(
  sum: number,
  { places, weights }: SortedRows,
  nearest: Float64Array,
  distances: Float64Array,
): number {
  let all = sum;
  for (let row = 0; row < places.length; row++) {
    const place = places[row];
    all += Math.min(nearest[row], distances[place]) * weights[place];
  }
  return all;
}

/** What a segment is drawn by. */
function sumsOf({ places, weights }: SortedRows, nearest: Float64Array): SegmentSums {
  const sums = { weight: 0, potential: 0 };
  for (let row = 0; row < places.length; row++) {
    const weight = weights[places[row]];
    sums.weight += weight;
    sums.potential += finite(nearest[row]) * weight;
  }
  return sums;
}

/** The weights of rows, in their order. */
function inOrder({ places, weights }: SortedRows): Float64Array {
  const own = new Float64Array(places.length);
  for (let row = 0; row < places.length; row++) own[row] = weights[places[row]];
  return own;
}

/** Has a centre join those that distances are to. */
function join(nearest: Float64Array, { places }: SortedRows, distances: Float64Array): void {
  for (let row = 0; row < places.length; row++) nearest[row] = Math.min(nearest[row], distances[places[row]]);
}

/** What distances are measured by, `[d]` each. */
interface Measure {
  readonly centre: Float64Array;
  readonly means: Float64Array;
  readonly metric: Float64Array;
}

/** Squared distances of some rows to a centre; where they lack values, they have the mean. */
function squaredDistances(
  values: Float64Array,
  { from, to }: { readonly from: number; readonly to: number },
  { centre, means, metric }: Measure,
  into: Float64Array,
): void {
  const d = metric.length;
  for (let row = from; row < to; row++) {
    let sum = 0;
    for (let j = 0, at = row * d; j < d; j++, at++) {
      const value = values[at];
      const apart = ((Number.isNaN(value) ? means[j] : value) - centre[j]) * metric[j];
      sum += apart * apart;
    }
    into[row] = sum;
  }
}

/** A distance that is beyond all numbers, or to no centre, counts as 1. */
function finite(distance: number): number {
  return distance === Infinity ? 1 : distance;
}

import { yieldToEvents } from '../../base/event-loop.js';
import { total } from '../../base/numbers.js';
import { drawIndices } from '../../base/random.js';
import { drawParts } from '../draw.js';
import type { NearestCentres, NearestSums } from '../shard.js';
import type { RowNumbers } from '../spilled/numbers.js';
import type { SortedRows } from './rows.js';
import { segmentsOf, withSegment, type HeldPatterns } from './segments.js';

/** Rows that are looked at together: as many as stay in the second-level cache, of few columns. */
const PIECE = 1024;

/** What a segment's rows are drawn by. */
interface SegmentSums {
  /** Σ a. */
  readonly weight: number;
  /** Σ a d. */
  readonly potential: number;
}

/**
 * Distances of rows that may lack values, which have their columns' means there. They lie where the rows lie, and are written
 * anew when centres are added. Rows are looked at in their order, whatever that of their patterns.
 */
export class PatternNearest implements NearestCentres {
  /** Squared distances; left out while there is no centre. */
  private nearest: RowNumbers | undefined;
  /** By segment, once asked for. */
  private known: readonly SegmentSums[] | undefined;

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
      for await (const some of this.pieces(rows, nearest)) {
        for (const [c, centre] of centres.entries()) sums[c] = withPotential(sums[c], some, centre, this.metric);
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
        const sums = { weight: 0, potential: 0 };
        for await (const some of this.pieces(rows, nearest)) {
          for (const centre of added) join(some, centre, this.metric);
          addPotential(sums, some);
        }
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

  /** The rows of a segment, in their order, a few at a time: each piece is valid until the next. */
  private async *pieces({ places, values, weights }: SortedRows, nearest: Float64Array): AsyncGenerator<Piece> {
    const { means } = this.held.facts;
    const d = means.length;
    const [x, v] = [new Float64Array(PIECE * d), new Float64Array(PIECE)];
    for (let from = 0; from < places.length; from += PIECE) {
      await yieldToEvents(this.signal);
      const own = places.subarray(from, from + PIECE);
      for (let row = 0; row < own.length; row++) {
        v[row] = weights[own[row]];
        for (let j = 0, at = own[row] * d, to = row * d; j < d; j++, at++, to++) {
          const value = values[at];
          x[to] = Number.isNaN(value) ? means[j] : value;
        }
      }
      yield { x, weights: v.subarray(0, own.length), nearest: nearest.subarray(from, from + own.length) };
    }
  }

  private centresOf(centres: Float64Array): Float64Array[] {
    const d = this.metric.length;
    return Array.from({ length: centres.length / d }, (_, c) => centres.subarray(c * d, (c + 1) * d));
  }
}

/** Rows without gaps, one after the other, and their weights and distances. */
interface Piece {
  readonly x: Float64Array;
  readonly weights: Float64Array;
  readonly nearest: Float64Array;
}

/** A sum with Σ a min(d, ‖x − c‖²) of some rows. */
function withPotential(
  sum: number,
  { x, weights, nearest }: Piece,
  centre: Float64Array,
  metric: Float64Array,
): number {
  let all = sum;
  for (let row = 0; row < weights.length; row++) {
    all += Math.min(nearest[row], squaredDistance(x, row, centre, metric)) * weights[row];
  }
  return all;
}

/** Adds what is known of a segment by some of its rows. */
function addPotential(
  sums: { -readonly [Name in keyof SegmentSums]: SegmentSums[Name] },
  { weights, nearest }: Piece,
): void {
  for (let row = 0; row < weights.length; row++) {
    sums.weight += weights[row];
    sums.potential += finite(nearest[row]) * weights[row];
  }
}

/** The weights of rows, in their order. */
function inOrder({ places, weights }: SortedRows): Float64Array {
  const own = new Float64Array(places.length);
  for (let row = 0; row < places.length; row++) own[row] = weights[places[row]];
  return own;
}

/** Has a centre join those that distances are to. */
function join({ x, nearest }: Piece, centre: Float64Array, metric: Float64Array): void {
  for (let row = 0; row < nearest.length; row++) {
    nearest[row] = Math.min(nearest[row], squaredDistance(x, row, centre, metric));
  }
}

function squaredDistance(x: Float64Array, row: number, centre: Float64Array, metric: Float64Array): number {
  const d = metric.length;
  let sum = 0;
  for (let j = 0, at = row * d; j < d; j++, at++) {
    const apart = (x[at] - centre[j]) * metric[j];
    sum += apart * apart;
  }
  return sum;
}

/** A distance that is beyond all numbers, or to no centre, counts as 1. */
function finite(distance: number): number {
  return distance === Infinity ? 1 : distance;
}

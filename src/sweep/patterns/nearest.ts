import { yieldToEvents } from '../../base/event-loop.js';
import { drawIndices } from '../../base/random.js';
import { drawParts } from '../draw.js';
import type { NearestCentres, NearestSums } from '../shard.js';
import type { RowNumbers } from '../spilled/numbers.js';
import type { SortedRows } from './rows.js';
import { segmentsOf, withSegment, type HeldPatterns } from './segments.js';

/** Rows between breaths. */
const BREATH = 4096;

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
      await this.each(rows, (row, place) => {
        for (const [c, centre] of centres.entries()) {
          sums[c] += Math.min(nearest[row], this.distance(rows, place, centre)) * rows.weights[place];
        }
      });
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
        await this.each(rows, (row, place) => {
          for (const centre of added) nearest[row] = Math.min(nearest[row], this.distance(rows, place, centre));
          sums.weight += rows.weights[place];
          sums.potential += finite(nearest[row]) * rows.weights[place];
        });
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
      let weight = 0;
      for (const place of rows.places) weight += rows.weights[place];
      known.push({ weight, potential: 0 });
    }
    return (this.known = known);
  }

  /** What each row of a segment is drawn in proportion to. */
  private drawnFrom(rows: SortedRows, start: number, apart: boolean): Float64Array {
    const values = Float64Array.from(rows.places, (place) => rows.weights[place]);
    if (!apart) return values;
    const nearest = this.distances(start, rows);
    return values.map((weight, row) => finite(nearest[row]) * weight);
  }

  /** The distances of a segment's rows, a copy: infinite while there is no centre. */
  private distances(start: number, { weights }: SortedRows): Float64Array {
    return this.nearest?.slice(start, start + weights.length) ?? new Float64Array(weights.length).fill(Infinity);
  }

  private async each({ places }: SortedRows, look: (row: number, place: number) => void): Promise<void> {
    for (let row = 0; row < places.length; row++) {
      if (row % BREATH === 0) await yieldToEvents(this.signal);
      look(row, places[row]);
    }
  }

  private centresOf(centres: Float64Array): Float64Array[] {
    const d = this.metric.length;
    return Array.from({ length: centres.length / d }, (_, c) => centres.subarray(c * d, (c + 1) * d));
  }

  /** Squared. */
  private distance({ values }: SortedRows, place: number, centre: Float64Array): number {
    const { metric } = this;
    const { means } = this.held.facts;
    const d = metric.length;
    let sum = 0;
    for (let j = 0, at = place * d; j < d; j++, at++) {
      const value = Number.isNaN(values[at]) ? means[j] : values[at];
      sum += ((value - centre[j]) * metric[j]) ** 2;
    }
    return sum;
  }
}

/** A distance that is beyond all numbers, or to no centre, counts as 1. */
function finite(distance: number): number {
  return distance === Infinity ? 1 : distance;
}

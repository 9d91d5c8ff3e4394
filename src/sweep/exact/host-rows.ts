import { drawIndices } from '../../base/random.js';
import type { NearestCentres, Shard } from '../shard.js';

/** Weighted rows in the host's memory, in float64, among which centres are found. */
export class HostRows implements Pick<Shard, 'n' | 'd' | 'take' | 'nearestCentres'> {
  constructor(
    /** `[rows, d]`. */
    private readonly values: Float64Array,
    /** `[rows]`. */
    private readonly weights: Float64Array,
    readonly d: number,
  ) {}

  get n(): number {
    return this.weights.length;
  }

  take(indices: readonly number[]): Promise<Float64Array> {
    const { d, values } = this;
    const taken = new Float64Array(indices.length * d);
    indices.forEach((index, position) => taken.set(values.subarray(index * d, (index + 1) * d), position * d));
    return Promise.resolve(taken);
  }

  nearestCentres(metric: Float64Array): NearestCentres {
    const { weights } = this;
    const { d } = this;
    let nearest = new Float64Array(weights.length).fill(Infinity);
    /** Were the centre to join. */
    const joined = (centre: Float64Array): Float64Array<ArrayBuffer> =>
      nearest.map((distance, row) => Math.min(distance, this.distance(row, centre, metric)));
    const potential = (distances: Float64Array): number =>
      distances.reduce((sum, distance, row) => sum + distance * weights[row], 0);
    const centresOf = (centres: Float64Array): Float64Array[] =>
      Array.from({ length: centres.length / d }, (_, c) => centres.subarray(c * d, (c + 1) * d));
    return {
      potentials: (candidates) =>
        Promise.resolve(Float64Array.from(centresOf(candidates), (centre) => potential(joined(centre)))),
      add(centres) {
        for (const centre of centresOf(centres)) nearest = joined(centre);
        return Promise.resolve();
      },
      draw(uniforms) {
        const values = nearest.map((distance, row) => (distance === Infinity ? 1 : distance) * weights[row]);
        const apart = values.some((value) => value > 0);
        return Promise.resolve(drawIndices(apart ? values : weights, uniforms));
      },
      sums() {
        const apart = nearest.every((distance) => distance < Infinity);
        const weight = weights.reduce((sum, one) => sum + one, 0);
        return Promise.resolve({ weight, potential: apart ? potential(nearest) : 0 });
      },
      dispose: () => undefined,
    };
  }

  /** Squared. */
  private distance(row: number, centre: Float64Array, metric: Float64Array): number {
    let sum = 0;
    for (let j = 0, at = row * this.d; j < this.d; j++) sum += ((this.values[at + j] - centre[j]) * metric[j]) ** 2;
    return sum;
  }
}

/** Rows `[rows, d]` with the weighted mean of a column, in their place, where they lack it. */
export function filledRows(values: Float64Array, weights: Float64Array, d: number): HostRows {
  fillColumns(values, weights, d);
  return new HostRows(values, weights, d);
}

/** Puts the weighted mean of a column where rows `[rows, d]` lack it, NaN. */
export function fillColumns(values: Float64Array, weights: Float64Array, d: number): void {
  for (let j = 0; j < d; j++) fillColumn(values, weights, j, d);
}

/** Puts the weighted mean where a column is missing; 0 where it is missing altogether. */
function fillColumn(values: Float64Array, weights: Float64Array, j: number, d: number): void {
  let [sum, weight] = [0, 0];
  for (let row = 0, at = j; row < weights.length; row++, at += d) {
    if (Number.isNaN(values[at])) continue;
    sum += weights[row] * values[at];
    weight += weights[row];
  }
  const mean = weight > 0 ? sum / weight : 0;
  for (let at = j; at < values.length; at += d) if (Number.isNaN(values[at])) values[at] = mean;
}

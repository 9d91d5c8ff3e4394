import { GROUP_ROWS } from '../../../kernels/simd/layout.js';
import type { RowSet } from '../../../kernels/simd/tasks.js';
import { total } from '../../base/numbers.js';
import type { TaskForce } from '../../threads/pool.js';
import { drawRows, type DrawnFrom } from '../draw.js';
import type { NearestCentres, NearestSums } from '../shard.js';
import { sharedDoubles, sharedFloats, sharedIntegers } from '../../threads/shared.js';
import { locate } from './rows.js';

/** Farther than any row: where the distance to the nearest of no centres starts. */
const FAR = 1e30;

/** Distances in memory that all threads see. */
export class SimdNearestCentres implements NearestCentres {
  private readonly nearest: Float32Array[];
  /** Σ a_i of each part. */
  private readonly partWeights: Float64Array;
  /** Σ a_i d_i of each part; before the first centre Σ a_i. */
  private partSums: Float64Array;
  /** A centre that is still to join, `[0 or 1, d]`: `partSums` know of it, and the distances do not. */
  private pending = new Float64Array();
  /** Candidates of the last read, and what `partSums` would be with each. */
  private offered: readonly { readonly centre: Float64Array; readonly sums: Float64Array }[] = [];

  constructor(
    private readonly on: RowSet,
    groupWeights: Float64Array,
    private readonly force: TaskForce,
    private readonly metric: Float32Array,
    private readonly parts: number,
    private readonly signal?: AbortSignal,
  ) {
    this.nearest = on.blocks.map(({ v }) => sharedFloats(v.length).fill(FAR));
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
    const read = async (parts: readonly number[]): Promise<DrawnFrom[]> => {
      if (apart && this.pending.length > 0) await this.read(this.pending, new Float64Array(), parts);
      return parts.map((part) => this.partValues(part, apart));
    };
    return drawRows(uniforms, apart ? this.partSums : this.partWeights, read);
  }

  sums(): Promise<NearestSums> {
    const { partWeights, partSums } = this;
    return Promise.resolve({ weight: total(partWeights), potential: partSums === partWeights ? 0 : total(partSums) });
  }

  dispose(): void {
    this.nearest.length = 0;
  }

  /** a_i d_i, or a_i, of a part's rows. */
  private partValues(part: number, apart: boolean): DrawnFrom {
    const { blocks } = this.on;
    const rows = blocks.reduce((sum, block) => sum + block.rows, 0);
    const [from, to] = this.groupsOf(part, Math.ceil(rows / GROUP_ROWS));
    const start = from * GROUP_ROWS;
    const values = new Float64Array(Math.min(to * GROUP_ROWS, rows) - start);
    for (let row = 0; row < values.length;) {
      const { block, at } = locate(blocks, start + row);
      const { v, rows: held } = blocks[block];
      const nearest = this.nearest[block];
      const end = Math.min(values.length, row + held - at);
      for (let from = at; row < end; row++, from++) values[row] = (apart ? nearest[from] : 1) * v[from];
    }
    return { start, values };
  }

  /** One read of all parts, or of some: centres join, and candidates are offered; see `NearestTask`. */
  private async read(
    joining: Float64Array,
    candidates: Float64Array,
    which?: readonly number[],
  ): Promise<Float64Array> {
    const { on, parts: whole, metric, nearest } = this;
    const parts = which?.length ?? whole;
    const results = sharedDoubles((parts * (joining.length + 2 * candidates.length)) / metric.length);
    const centres = { joining: Float32Array.from(joining), candidates: Float32Array.from(candidates), metric, nearest };
    const read = { parts, whole, ...(which && { which }), control: sharedIntegers(2), results };
    await this.force.run({ kind: 'nearest', on, ...centres, ...read }, this.signal);
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

import { GROUP_ROWS } from '../../../kernels/simd/layout.js';
import type { RowBlock } from '../../../kernels/simd/tasks.js';
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

  constructor(
    private readonly blocks: readonly RowBlock[],
    groupWeights: Float64Array,
    private readonly force: TaskForce,
    private readonly metric: Float32Array,
    private readonly parts: number,
    private readonly signal?: AbortSignal,
  ) {
    this.nearest = blocks.map(({ v }) => sharedFloats(v.length).fill(FAR));
    this.partWeights = new Float64Array(parts).map((_, part) => {
      const [from, to] = this.groupsOf(part, groupWeights.length);
      return total(groupWeights.subarray(from, to));
    });
    this.partSums = this.partWeights;
  }

  async potentials(candidates: Float64Array): Promise<Float64Array> {
    const sums = await this.offer(candidates, false);
    const count = candidates.length / this.metric.length;
    return new Float64Array(count).map((_, c) => {
      let potential = 0;
      for (let part = 0; part < this.parts; part++) potential += sums[part * count + c];
      return potential;
    });
  }

  async add(centres: Float64Array): Promise<void> {
    const sums = await this.offer(centres, true);
    const count = centres.length / this.metric.length;
    // Kept one after the other: the last sum is of all.
    this.partSums = new Float64Array(this.parts).map((_, part) => sums[(part + 1) * count - 1]);
  }

  draw(uniforms: readonly number[]): Promise<number[]> {
    // Where every row lies on a centre already, by weight alone.
    const apart = total(this.partSums) > 0;
    const read = (parts: readonly number[]): Promise<DrawnFrom[]> =>
      Promise.resolve(parts.map((part) => this.partValues(part, apart)));
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
    const rows = this.blocks.reduce((sum, block) => sum + block.rows, 0);
    const [from, to] = this.groupsOf(part, Math.ceil(rows / GROUP_ROWS));
    const start = from * GROUP_ROWS;
    const values = new Float64Array(Math.min(to * GROUP_ROWS, rows) - start);
    for (let row = 0; row < values.length;) {
      const { block, at } = locate(this.blocks, start + row);
      const { v, rows: held } = this.blocks[block];
      const nearest = this.nearest[block];
      const end = Math.min(values.length, row + held - at);
      for (let from = at; row < end; row++, from++) values[row] = (apart ? nearest[from] : 1) * v[from];
    }
    return { start, values };
  }

  private async offer(candidates: Float64Array, keep: boolean): Promise<Float64Array> {
    const { parts, metric, nearest } = this;
    const results = sharedDoubles((parts * candidates.length) / metric.length);
    const shared = { parts, control: sharedIntegers(2), results };
    const task = {
      kind: 'nearest',
      candidates: Float32Array.from(candidates),
      metric,
      nearest,
      keep,
      ...shared,
    } as const;
    await this.force.run(task, this.signal);
    return results;
  }

  private groupsOf(part: number, groups: number): [number, number] {
    return [Math.floor((part * groups) / this.parts), Math.floor(((part + 1) * groups) / this.parts)];
  }
}

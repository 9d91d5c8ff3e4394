import type { Floats, PackedShape, PlanModel } from './model.js';
import { addMoments, type Moments } from './moments.js';
import { drawParts } from './draw.js';
import { whitened } from './frames.js';
import { completed } from './seen.js';
import type {
  NearestCentres,
  NearestSums,
  RowOptions,
  RowOutputs,
  Shard,
  SweepOptions,
  SweepRequest,
  SweptRows,
  TakeOptions,
} from './shard.js';

/** Parts that are read at the same time: enough to keep several places busy, few enough to hold the moments of. */
const AT_ONCE = 16;

/**
 * Shards as one, their rows in the order of the parts, all in the same coordinates and unit of weight. Moments are sums:
 * those of the parts are added in their order, so that they depend on nothing else. Disposing it disposes the parts. Of
 * `atOnce` parts, or 16 if that is more, the moments are in memory together.
 */
export function union(parts: readonly Shard[], atOnce = AT_ONCE): Shard {
  return parts.length === 1 ? parts[0] : new Union(parts, Math.max(AT_ONCE, atOnce));
}

/** The same of rows that are only swept, in whatever precision. */
export function unionOfRows<Values extends Floats>(
  parts: readonly SweptRows<Values>[],
  atOnce = AT_ONCE,
): SweptRows<Values> {
  return parts.length === 1 ? parts[0] : new UnionOfRows(parts, Math.max(AT_ONCE, atOnce));
}

class UnionOfRows<
  Values extends Floats,
  Part extends SweptRows<Values> = SweptRows<Values>,
> implements SweptRows<Values> {
  readonly n: number;
  readonly d: number;
  readonly sparing: boolean;
  /** Rows before each part. */
  protected readonly starts: readonly number[];

  constructor(
    protected readonly parts: readonly Part[],
    private readonly partsAtOnce: number,
  ) {
    const [first] = parts;
    if (parts.length === 0) throw new RangeError('a union of shards was expected to have parts, got none');
    this.d = first.d;
    if (parts.some(({ d }) => d !== this.d)) throw new RangeError(`shards of ${this.d} columns were expected`);
    this.n = parts.reduce((sum, { n }) => sum + n, 0);
    this.starts = startsOf(parts);
    this.sparing = parts.every(({ sparing = false }) => sparing);
  }

  async sweep(
    requests: readonly SweepRequest<Values>[],
    { n = this.n, partial = false, signal }: SweepOptions = {},
  ): Promise<Moments[]> {
    let sums: Moments[] | undefined;
    for (let from = 0; from < this.parts.length; from += this.partsAtOnce) {
      const some = this.parts.slice(from, from + this.partsAtOnce);
      const swept = some.map((part) => part.sweep(requests, { n, partial: true, signal }));
      for (const moments of await allOf(swept)) {
        sums = sums ? sums.map((sum, at) => added(sum, moments[at], requests[at])) : moments;
      }
    }
    const found = sums ?? [];
    return partial ? found : found.map((one, at) => completed(one, requests[at].model.components));
  }

  async *rows(model: PlanModel<Values>, options?: RowOptions): AsyncIterable<RowOutputs> {
    for (const [index, part] of this.parts.entries()) {
      for await (const block of part.rows(model, options)) yield { ...block, start: this.starts[index] + block.start };
    }
  }

  async take(indices: readonly number[], options?: TakeOptions): Promise<Float64Array> {
    const { d } = this;
    const places = indices.map((index) => this.place(index));
    const taken = new Float64Array(indices.length * d);
    for (const [index, part] of this.parts.entries()) {
      const here = [...places.keys()].filter((at) => places[at].part === index);
      if (here.length === 0) continue;
      const rows = await part.take(
        here.map((at) => places[at].row),
        options,
      );
      here.forEach((at, i) => taken.set(rows.subarray(i * d, (i + 1) * d), at * d));
    }
    return taken;
  }

  private place(index: number): { readonly part: number; readonly row: number } {
    if (!(index >= 0 && index < this.n)) throw new RangeError(`row ${index} of ${this.n}`);
    const part = this.starts.findLastIndex((start) => start <= index);
    return { part, row: index - this.starts[part] };
  }
}

class Union extends UnionOfRows<Float32Array, Shard> implements Shard {
  readonly overlapping = this.parts.every(({ overlapping }) => overlapping);
  readonly besides = this.parts.reduce((sum, { besides = 0 }) => sum + besides, 0);

  /** As many as gain and have room in every part. */
  atOnce(shape: PackedShape): number {
    return Math.min(...this.parts.map((part) => part.atOnce(shape)));
  }

  nearestCentres(metric: Float64Array, signal?: AbortSignal): NearestCentres {
    const parts = this.parts.map((part) => part.nearestCentres(metric, signal));
    return new UnionNearestCentres(parts, this.starts);
  }

  dispose(): void {
    for (const part of this.parts) part.dispose();
  }
}

/** Distances that every part keeps of its own rows. */
class UnionNearestCentres implements NearestCentres {
  constructor(
    private readonly parts: readonly NearestCentres[],
    private readonly starts: readonly number[],
  ) {}

  async potentials(candidates: Float64Array): Promise<Float64Array> {
    const [sums, ...others] = await allOf(this.parts.map((part) => part.potentials(candidates)));
    for (const more of others) for (let c = 0; c < sums.length; c++) sums[c] += more[c];
    return sums;
  }

  async add(centres: Float64Array): Promise<void> {
    await allOf(this.parts.map((part) => part.add(centres)));
  }

  async draw(uniforms: readonly number[]): Promise<number[]> {
    const sums = await this.each();
    const apart = sums.some(({ potential }) => potential > 0);
    const drawn = drawParts(
      uniforms,
      sums.map(({ potential, weight }) => (apart ? potential : weight)),
    );
    const rows: number[] = [];
    for (const { part, draws, uniforms: within } of drawn) {
      const found = await this.parts[part].draw(within);
      draws.forEach((draw, at) => (rows[draw] = this.starts[part] + found[at]));
    }
    return rows;
  }

  async sums(): Promise<NearestSums> {
    const sums = await this.each();
    const over = (name: keyof NearestSums): number => sums.reduce((sum, one) => sum + one[name], 0);
    return { weight: over('weight'), potential: over('potential') };
  }

  dispose(): void {
    for (const part of this.parts) part.dispose();
  }

  private each(): Promise<NearestSums[]> {
    return allOf(this.parts.map((part) => part.sums()));
  }
}

/** The first part's moments with those of the next added, in one frame. */
function added(sum: Moments, more: Moments, { model }: SweepRequest<Floats>): Moments {
  const alike = sum.quadratic.every(({ frame }, q) => frame === more.quadratic[q].frame);
  const into = alike ? sum : whitened(sum, model.components);
  addMoments(into, alike ? more : whitened(more, model.components));
  return into;
}

function startsOf(parts: readonly Pick<Shard, 'n'>[]): number[] {
  const starts: number[] = [];
  let start = 0;
  for (const { n } of parts) {
    starts.push(start);
    start += n;
  }
  return starts;
}

/** All results, once nothing is under way any more; throws the first error. */
async function allOf<T>(promises: readonly Promise<T>[]): Promise<T[]> {
  await Promise.allSettled(promises);
  return Promise.all(promises);
}

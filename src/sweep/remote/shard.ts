import type { Floats, PlanModel } from '../model.js';
import type { Moments } from '../moments.js';
import { completed } from '../seen.js';
import type {
  NearestCentres,
  RowOptions,
  RowOutputs,
  Shard,
  SweepOptions,
  SweepRequest,
  SweptRows,
  TakeOptions,
} from '../shard.js';
import { whole, type HalvedMoments } from './halved.js';
import { RemoteNearest } from './nearest.js';
import type { Question, Site } from './site.js';

/** Models in one sweep: they share the way there and back. */
const AT_ONCE = 4;

let sessions = 0;

/** A number that no other reading in this process has. */
export const nextSession = (): number => sessions++;

/** Rows that a worker holds, as a shard; `dispose` has the worker let go of them. */
export function remoteShard(site: Site, size: { readonly n: number; readonly d: number }, dispose: () => void): Shard {
  return new RemoteShard(site, size, dispose);
}

/** The same rows in float64, which the worker reads when the first question comes; what frees the shard frees them. */
export function remoteExactRows(
  site: Site,
  size: { readonly n: number; readonly d: number },
  sparing: boolean,
): SweptRows<Float64Array> {
  const exactly: Site = { ask: (question: Question, shared) => site.ask({ ...question, exact: true }, shared) };
  return new RemoteRows(exactly, { ...size, sparing });
}

class RemoteRows<Values extends Floats> implements SweptRows<Values> {
  readonly n: number;
  readonly d: number;
  readonly sparing: boolean;

  constructor(
    protected readonly site: Site,
    { n, d, sparing = false }: { readonly n: number; readonly d: number; readonly sparing?: boolean },
  ) {
    this.n = n;
    this.d = d;
    this.sparing = sparing;
  }

  async sweep(
    requests: readonly SweepRequest<Values>[],
    { n = this.n, partial = false, signal }: SweepOptions = {},
  ): Promise<Moments[]> {
    signal?.throwIfAborted();
    const moments = await this.site.ask({ op: 'sweep', n }, requests);
    signal?.throwIfAborted();
    const sums = (moments as HalvedMoments[]).map(whole);
    return partial ? sums : sums.map((one, at) => completed(one, requests[at].model.components));
  }

  async *rows(
    model: PlanModel<Values>,
    { responsibilities = false, signal }: RowOptions = {},
  ): AsyncIterable<RowOutputs> {
    const session = nextSession();
    for (let block = 0; ; block++) {
      signal?.throwIfAborted();
      const outputs = await this.site.ask({ op: 'rows', session, block, responsibilities }, model);
      if (outputs === null) return;
      yield outputs as RowOutputs;
    }
  }

  async take(indices: readonly number[], { gaps = false }: TakeOptions = {}): Promise<Float64Array> {
    return (await this.site.ask({ op: 'take', indices: Float64Array.from(indices), gaps })) as Float64Array;
  }
}

class RemoteShard extends RemoteRows<Float32Array> implements Shard {
  readonly overlapping = true;

  constructor(
    site: Site,
    size: { readonly n: number; readonly d: number },
    readonly dispose: () => void,
  ) {
    super(site, size);
  }

  atOnce(): number {
    return AT_ONCE;
  }

  nearestCentres(metric: Float64Array, signal?: AbortSignal): NearestCentres {
    return new RemoteNearest(this.site, metric, nextSession(), signal);
  }
}

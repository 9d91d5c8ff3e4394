/** Rows that workers read and hold, as a fit takes them. */
import type { BackendRequest } from '../backend/resolve.js';
import { datasetOf, type Dataset, type LoadOptions } from '../data/dataset.js';
import { sweptOf } from '../data/load-options.js';
import { rangesOfBounds, type Bounds } from '../data/ranges.js';
import type { Source } from '../data/source.js';
import { mergedSummaries, type PlacedSummary, type Summary } from '../data/summary.js';
import { mergedLevels } from '../data/survey.js';
import type { Family, Levels } from '../families/family.js';
import type { Range } from '../families/noise.js';
import type { Shard } from '../sweep/shard.js';
import { nextSession, remoteShard } from '../sweep/remote/shard.js';
import { union } from '../sweep/union.js';
import { Ahead } from './ahead.js';
import type { Client } from './client.js';
import type { FamilySpec } from './family-spec.js';
import type { Manifest } from './manifest.js';
import type { DeviceWish, Holding, Looking, WorkerFacts } from './messages.js';
import { notOnCluster } from './options.js';

/** A cluster that has a source open. */
export class RemoteData {
  private readonly data: string;

  constructor(
    readonly source: Source,
    private readonly client: Client,
    private readonly manifest: Manifest,
    private readonly device: DeviceWish,
    /** What every worker is. */
    readonly facts: readonly WorkerFacts[],
  ) {
    this.data = client.keep(manifest);
  }

  get notes(): readonly string[] {
    return this.client.notes;
  }

  /** As `surveyed` has it of all rows. */
  async levels(family: Family, looking: Looking, signal?: AbortSignal): Promise<Levels[]> {
    const parts = (await this.ofAll('survey', looking, signal)) as Levels[][];
    const questions = this.source.columns.map((_, column) => family.survey?.question(column));
    return mergedLevels(this.source, parts, questions);
  }

  /** As `rangesOf` has it of all rows. */
  async ranges(looking: Looking, levels: Family['levels'], signal?: AbortSignal): Promise<Range[]> {
    const parts = (await this.ofAll('ranges', looking, signal)) as Bounds[];
    const least = Float64Array.from(this.source.columns, (_, j) => Math.min(...parts.map((part) => part.least[j])));
    const most = Float64Array.from(this.source.columns, (_, j) => Math.max(...parts.map((part) => part.most[j])));
    return rangesOfBounds({ least, most }, levels);
  }

  /** As `loadDataset` has it, each unit swept where a worker holds it. */
  async load(spec: FamilySpec, options: LoadOptions): Promise<Dataset> {
    const { missing, signal, onRows, trials = true } = options;
    let known = 0;
    const summaries = (await this.ofAll('summarize', { family: spec, missing }, signal, (summary) => {
      known += (summary as Summary).rows;
      onRows?.(known);
    })) as Summary[];
    const found = mergedSummaries(this.source, placed(summaries), options);
    const holding: Holding = { data: this.data, family: spec, missing, encoding: found.encoding, device: this.device, trials }; // prettier-ignore
    const shard = this.shardOf(this.client.keep(holding), summaries, sweptOf(this.source, options).length);
    return datasetOf(this.source, options, found, shard, []);
  }

  /**
   * What is asked of every unit item by item, in the order of rows: `op` gives items by their number, of what is kept, and
   * null where there are no more.
   */
  async *streamed(op: string, kept: unknown, signal?: AbortSignal): AsyncGenerator {
    const { client, manifest } = this;
    const name = client.keep(kept);
    const waiting: Ahead<unknown>[] = [];
    const most = 2 * client.workers;
    try {
      for (let unit = 0, next = 0; unit < manifest.units.length; unit++) {
        while (next < manifest.units.length && next < unit + most) {
          waiting.push(new Ahead(this.items(op, name, next++), ITEMS_AHEAD));
        }
        for await (const item of waiting[0]) {
          signal?.throwIfAborted();
          yield item;
        }
        waiting.shift();
      }
    } finally {
      await Promise.all(waiting.map((one) => one.stop()));
      void client.forget(name);
    }
  }

  /** One answer of every unit, in their order, about something that workers keep. */
  each(op: string, kept: unknown, signal?: AbortSignal): Promise<unknown[]> {
    return this.ofAll(op, kept, signal);
  }

  async close(): Promise<void> {
    await this.client.close();
  }

  private async *items(op: string, kept: string, unit: number): AsyncGenerator {
    const { client, data } = this;
    const session = nextSession();
    for (let block = 0; ; block++) {
      const question = { op, data, unit, session, block, kept };
      const item = await client.ask(this.workerOf(unit), question, { needs: [data, kept], alone: true });
      if (item === null) return;
      yield item;
    }
  }

  /** The units that have rows, as one shard. */
  private shardOf(rows: string, summaries: readonly Summary[], d: number): Shard {
    const { client, data } = this;
    const dispose = (): void => void client.forget(rows);
    const parts = summaries.flatMap(({ rows: n }, unit) => {
      if (n === 0) return [];
      const needs = [data, rows];
      const ask = (question: object, shared?: object): Promise<unknown> =>
        client.ask(this.workerOf(unit), { ...(question as { op: string }), rows, unit }, { needs, shared });
      return [remoteShard({ ask }, { n, d }, dispose)];
    });
    return union(parts, AT_ONCE * client.workers);
  }

  /** One answer of every unit, in their order. */
  private async ofAll(
    op: string,
    value: unknown,
    signal?: AbortSignal,
    onAnswer?: (answer: unknown) => void,
  ): Promise<unknown[]> {
    signal?.throwIfAborted();
    const { client, data } = this;
    const kept = client.keep(value);
    try {
      const asked = this.manifest.units.map(async (_, unit) => {
        const answer = await client.ask(
          this.workerOf(unit),
          { op, data, unit, kept },
          { needs: [data, kept], alone: true },
        );
        signal?.throwIfAborted();
        onAnswer?.(answer);
        return answer;
      });
      return await settled(asked);
    } finally {
      void client.forget(kept);
    }
  }

  private workerOf(unit: number): number {
    return unit % this.client.workers;
  }
}

/** Units of a worker that are swept at once, so that none waits for another's answer. */
const AT_ONCE = 4;

/** Items of a unit that are asked for before they are wanted. */
const ITEMS_AHEAD = 8;

function placed(summaries: readonly Summary[]): PlacedSummary[] {
  let before = 0;
  return summaries.map((summary) => {
    const own = { summary, before };
    before += summary.rows + summary.dropped;
    return own;
  });
}

/** The first error in the order of units, so that it does not depend on who was faster. */
async function settled(promises: readonly Promise<unknown>[]): Promise<unknown[]> {
  await Promise.allSettled(promises);
  return Promise.all(promises);
}

/** The backend as workers are told of it; throws `InputError('unsupported')` for a device of the caller's. */
export function deviceWish(backend: BackendRequest, threads?: number): DeviceWish {
  if (typeof backend === 'string') return { backend, threads };
  throw notOnCluster('backend', 'a backend by its name', 'a device of this process', "leave it out, or name 'webgpu'");
}

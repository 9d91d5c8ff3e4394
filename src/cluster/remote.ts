/** Rows that workers read and hold, as a fit takes them. */
import type { BackendRequest } from '../backend/resolve.js';
import { datasetOf, type Dataset, type LoadOptions } from '../data/dataset.js';
import { mergedDigests, type DataWatch } from '../data/digests.js';
import { sweptOf } from '../data/load-options.js';
import { rangesOfBounds, type Bounds } from '../data/ranges.js';
import type { Source } from '../data/source.js';
import { mergedSummaries, type PlacedSummary, type Summary } from '../data/summary.js';
import { mergedLevels } from '../data/survey.js';
import type { Family, Levels } from '../families/family.js';
import type { Range } from '../families/noise.js';
import { nextSession } from '../sweep/remote/shard.js';
import { Ahead } from './ahead.js';
import type { Client } from './client.js';
import type { FamilySpec } from './family-spec.js';
import { HeldThere, workerOf } from './held-there.js';
import type { Manifest } from './manifest.js';
import type { DeviceWish, Holding, Looking, Room, WorkerFacts } from './messages.js';
import { notOnCluster } from './options.js';

/** How rows are to be held, beside how they are loaded. */
export interface RemoteWishes extends Pick<Room, 'memory'> {
  /** The folder for rows beyond memory. */
  readonly spill?: string | undefined;
  readonly directSpill?: boolean | undefined;
  /** Takes the digest of the rows, if somebody asks for one. */
  readonly watch?: DataWatch | undefined;
}

/** A cluster that has a source open. */
export class RemoteData {
  private readonly data: string;
  private said: readonly string[] = [];

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

  /** What to tell the user of workers, and of where rows lie that they hold. */
  get notes(): readonly string[] {
    return [...this.client.notes, ...this.said];
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

  /** As `loadDataset` has it, each unit held and swept by a worker. */
  async load(spec: FamilySpec, options: LoadOptions, wishes: RemoteWishes): Promise<Dataset> {
    const { missing, signal, onRows, trials = true } = options;
    const { watch, memory, spill: folder, directSpill: direct } = wishes;
    let known = 0;
    const room: Room = { memory, folder, direct, sharers: sharersOf(this.facts) };
    const looking: Looking = { family: spec, missing, digested: watch !== undefined, room };
    const summaries = (await this.ofAll('summarize', looking, signal, (summary) => {
      known += (summary as Summary).rows;
      onRows?.(known);
    })) as Summary[];
    const found = mergedSummaries(this.source, placed(summaries), options);
    watch?.take(mergedDigests(summaries.flatMap(({ digest = [] }) => digest)));
    const holding: Holding = {
      data: this.data,
      family: spec,
      missing,
      encoding: found.encoding,
      device: this.device,
      trials,
      room,
    };
    const held = new HeldThere(this.client, [this.data, this.client.keep(holding)], {
      rows: summaries.map(({ rows }) => rows),
      d: sweptOf(this.source, options).length,
      sparing: this.facts.every(({ float64 }) => float64),
    });
    try {
      const exact = held.exactly(await held.lacking(folder));
      this.said = await held.opened(signal);
      return { ...datasetOf(this.source, options, found, held.shard, []), exact, ask: held.ask };
    } catch (error) {
      held.shard.dispose();
      throw error;
    }
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
    return workerOf(unit, this.client);
  }
}

/** Items of a unit that are asked for before they are wanted. */
const ITEMS_AHEAD = 8;

/** Workers of one machine, at the most. */
function sharersOf(facts: readonly WorkerFacts[]): number {
  const count = (host: string): number => facts.filter((one) => one.host === host).length;
  return Math.max(...facts.map(({ host }) => count(host)));
}

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

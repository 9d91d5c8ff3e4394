/** Rows that workers hold. */
import type { RowsExactly } from '../data/exactly.js';
import { remoteExactRows, remoteShard } from '../sweep/remote/shard.js';
import type { Site } from '../sweep/remote/site.js';
import type { Shard } from '../sweep/shard.js';
import { float64BytesOfRow } from '../sweep/spilled/float64.js';
import { union, unionOfRows } from '../sweep/union.js';
import type { Client } from './client.js';
import type { OpenedUnit } from './messages.js';

/** Units of a worker that are swept at once, so that none waits for another's answer. */
const AT_ONCE = 4;

/** Which worker has a unit. */
export function workerOf(unit: number, { workers }: Pick<Client, 'workers'>): number {
  return unit % workers;
}

/** What the units are. */
interface Size {
  /** Rows of each unit. */
  readonly rows: readonly number[];
  readonly d: number;
  /** Whether float64 sweeps are those of the SIMD kernel. */
  readonly sparing: boolean;
}

/** The units of a source that have rows, held by workers in one encoding. Disposing of the shard lets go of them. */
export class HeldThere {
  readonly shard: Shard;
  private readonly units: readonly number[];

  /** `needs`: names that the manifest and the holding are kept by. */
  constructor(
    private readonly client: Client,
    private readonly needs: readonly [data: string, rows: string],
    private readonly size: Size,
  ) {
    const { rows, d } = size;
    this.units = [...rows.keys()].filter((unit) => rows[unit] > 0);
    const dispose = (): void => void client.forget(needs[1]);
    this.shard = union(
      this.units.map((unit) => remoteShard(this.site(unit), { n: rows[unit], d }, dispose)),
      AT_ONCE * client.workers,
    );
  }

  /** One answer of each unit, in their order. */
  readonly ask = async (op: string, shared?: object): Promise<unknown[]> => {
    const { client, needs } = this;
    const asked = this.units.map((unit) =>
      client.ask(workerOf(unit, client), { op, rows: needs[1], unit }, { needs, shared, alone: true }),
    );
    await Promise.allSettled(asked); // the first error in their order, whoever was faster
    return Promise.all(asked);
  };

  /** The same rows in float64, which workers read again when they are first asked for them. */
  exactly(lacking: number): RowsExactly {
    const { units, size, client } = this;
    const { rows, d, sparing } = size;
    const parts = units.map((unit) => remoteExactRows(this.site(unit), { n: rows[unit], d }, sparing));
    const all = unionOfRows(parts, AT_ONCE * client.workers);
    return {
      lacking,
      fast: sparing,
      load: () => Promise.resolve(all),
      dispose: () => undefined, // with the shard
    };
  }

  /** Has workers read and hold the units; gives notes on where rows lie. */
  async opened(signal?: AbortSignal): Promise<string[]> {
    signal?.throwIfAborted();
    const opened = (await this.ask('open')) as OpenedUnit[];
    signal?.throwIfAborted();
    const spilled = opened.filter(({ spilled }) => spilled > 0);
    if (spilled.length === 0) return [];
    const bytes = spilled.reduce((sum, one) => sum + one.spilled, 0);
    const size = `${Math.ceil(bytes / 2 ** 20)} MiB`;
    return [`the rows of ${spilled.length} of ${opened.length} units lie in files without names on workers, ${size}`];
  }

  /** The bytes that float64 rows would lack in a folder of the worker that lacks most. */
  async lacking(folder: string | undefined): Promise<number> {
    const { client, units, size } = this;
    const rooms = Array.from({ length: client.workers }, (_, worker) => client.ask(worker, { op: 'room', folder }));
    const lacking = ((await Promise.all(rooms)) as number[]).map((room, worker) => {
      const own = units.filter((unit) => workerOf(unit, client) === worker);
      return own.reduce((sum, unit) => sum + size.rows[unit] * float64BytesOfRow(size.d), 0) - room;
    });
    return Math.max(0, ...lacking);
  }

  private site(unit: number): Site {
    const { client, needs } = this;
    return {
      ask: (question, shared) =>
        client.ask(workerOf(unit, client), { ...question, rows: needs[1], unit }, { needs, shared }),
    };
  }
}

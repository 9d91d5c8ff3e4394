import { InputError } from '../../base/errors.js';
import { isDivisible, type Division } from '../../data/division.js';
import { openSource } from '../../data/files/open.js';
import type { Source } from '../../data/source.js';
import type { Manifest } from '../manifest.js';
import type { Room } from '../messages.js';
import { requireSame } from '../stamp.js';
import { RecentRows } from './recent-rows.js';

/** The files of a manifest, opened when a unit is first read. */
export class OpenedData {
  private opening: Promise<Opened> | undefined;
  private readonly recent = new RecentRows();

  constructor(private readonly manifest: Manifest) {}

  /**
   * The rows of a unit as a source. Reading it throws `InputError('file')` where a file is not the one of the manifest. `room`:
   * where to keep them for the next reader, until they are let go of.
   */
  unit(number: number, room?: Room): Source {
    const { ranges, name } = this.manifest.units[number];
    const { columns } = this.manifest;
    const files = [...new Set(ranges.map(({ piece }) => this.manifest.files[piece]))];
    const same = async (): Promise<void> => {
      for (const file of files) await requireSame(file);
    };
    const read = async (): Promise<Source> => {
      const { division } = await this.open();
      const batches: Source['batches'] = (...how) => division.batches(ranges, ...how);
      return this.recent.of(number, { name, columns, batches }, room);
    };
    return {
      ...{ name, columns },
      async *batches(signal, batching) {
        await same();
        try {
          yield* (await read()).batches(signal, batching);
        } catch (error) {
          signal?.throwIfAborted();
          await same(); // or what is wrong is that a file was replaced meanwhile
          throw error;
        }
        await same(); // what was replaced meanwhile may have been read in part
      },
    };
  }

  /** Lets go of the rows of a unit. */
  letGo(number: number): void {
    this.recent.letGo(number);
  }

  private open(): Promise<Opened> {
    this.opening ??= opened(this.manifest);
    this.opening.catch(() => (this.opening = undefined)); // another unit may find things mended
    return this.opening;
  }
}

interface Opened {
  readonly division: Division;
}

async function opened({ origin, files }: Manifest): Promise<Opened> {
  const source = await openSource(origin.spec, origin.options);
  const division = isDivisible(source) ? await source.divided() : undefined;
  const [mine, theirs] = [division?.pieces.map(({ path }) => path), files.map(({ path }) => path)];
  if (division && mine && mine.length === theirs.length && mine.every((path, at) => path === theirs[at]))
    return { division };
  throw new InputError('file', {
    where: origin.spec,
    expected: `the ${theirs.length} files that the fit began with`,
    got: `${mine?.length ?? 'none of'} files on a worker`,
    remedy: 'give all machines the same files in the same place, and leave these as they are',
  });
}

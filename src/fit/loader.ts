import type { Device } from '../backend/backend.js';
import { resolveBackend } from '../backend/resolve.js';
import type { Stopwatch } from '../base/stopwatch.js';
import { loadDataset, toSource, type DataInput, type Dataset } from '../data/dataset.js';
import { remembered } from '../data/remembered.js';
import { isSource, type Source } from '../data/source.js';
import type { FitSettings } from './options.js';

/** Data on a backend, as a fit takes them. */
export interface LoadedData {
  readonly source: Source;
  readonly device: Device;
  readonly dataset: Dataset;
}

/** Bytes of a source that are kept where it is read for several fits. */
const REMEMBERED = 2 ** 26;

/**
 * Loads data for one fit after another whose settings differ in components and family alone. Families that scale columns
 * alike share a dataset; a source that is no larger than 64 MiB is read once for all. Owns the datasets.
 */
export class Loader {
  private source: Source | undefined;
  /** The same rows, from memory where that pays. */
  private rows: Source | undefined;
  private device: Device | undefined;
  private readonly datasets = new Map<boolean, Dataset>();

  /** `scalings`: how many kinds of scaling will be asked for. */
  constructor(
    private readonly data: DataInput,
    private readonly scalings = 1,
  ) {}

  /** The data as the family of a fit wants them; throws `InputError` for data that cannot be fitted. */
  async load(settings: FitSettings, watch: Stopwatch): Promise<LoadedData> {
    const { data } = this;
    const { family, sampleWeights } = settings;
    this.source ??= toSource(data, sampleWeights);
    this.rows ??= isSource(data) && this.scalings > 1 ? remembered(this.source, REMEMBERED) : this.source;
    this.device ??= await resolveBackend(settings.backend, { data, threads: settings.threads });
    const { source, rows, device } = this;
    const dataset = await watch.time('load', () => this.held(settings) ?? this.read(rows, device, settings));
    this.datasets.set(family.commonScale, dataset);
    return { source, device, dataset };
  }

  /** Frees what no fit asks for any more: all, or datasets of one kind of scaling. */
  dispose(commonScale?: boolean): void {
    for (const [kind, { shard }] of this.datasets) {
      if (commonScale !== undefined && commonScale !== kind) continue;
      this.datasets.delete(kind);
      shard.dispose();
    }
  }

  /** What an earlier fit has loaded; says so, as reading does. */
  private held({ family, signal, onProgress }: FitSettings): Promise<Dataset> | undefined {
    const held = this.datasets.get(family.commonScale);
    if (!held) return undefined;
    const rows = held.shard.n + held.dropped.length;
    onProgress?.({ phase: 'load', rows, totalRows: rows });
    signal?.throwIfAborted();
    return Promise.resolve(held);
  }

  private read(rows: Source, device: Device, settings: FitSettings): Promise<Dataset> {
    const { missing, family, signal, onProgress, autotune } = settings;
    const total = rows.rows === undefined ? {} : { totalRows: rows.rows };
    return loadDataset(rows, {
      device,
      trials: autotune,
      missing,
      signal,
      commonScale: family.commonScale,
      onRows: (count) => onProgress?.({ phase: 'load', rows: count, ...total }),
    });
  }
}

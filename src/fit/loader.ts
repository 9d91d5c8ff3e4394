import { openRemote } from '#cluster';
import { freeMemory } from '#scratch';
import type { Device } from '../backend/backend.js';
import { resolveBackend } from '../backend/resolve.js';
import type { Stopwatch } from '../base/stopwatch.js';
import { requireKnown } from '../cluster/family-spec.js';
import { loadDataset, toSource, type DataInput, type Dataset, type LoadOptions } from '../data/dataset.js';
import { MissingValueError } from '../data/blocks.js';
import { rangesOf } from '../data/ranges.js';
import { plainRows, type PlainRows } from '../data/plain-rows.js';
import { remembered } from '../data/remembered.js';
import { withRowWeights, type Weighing } from '../data/row-weights.js';
import type { DataWatch } from '../data/digests.js';
import { isSource, type Source } from '../data/source.js';
import { surveyed } from '../data/survey.js';
import { gapped, supportsOf, type Family, type Levels } from '../families/family.js';
import { noiseOver, type Range } from '../families/noise.js';
import { withNoise } from '../families/noise-family.js';
import { CommonSeeding } from '../seeding/common.js';
import { givenLogDensity } from './noise.js';
import { blocked } from './algorithm.js';
import type { FitSettings } from './options.js';
import { requireHolds } from './row-format.js';
import { RemoteLoader } from './remote-loader.js';

/** Data on a backend, as a fit takes them. */
export interface LoadedData {
  /** The family of the fit, for these columns. */
  readonly plain: Family;
  /** The same, for values that may be missing where the fit allows that: what is swept. */
  readonly family: Family;
  readonly source: Source;
  readonly device: Device;
  readonly dataset: Dataset;
  /** What other fits to these rows find alike; undefined where there are none. */
  readonly common?: CommonSeeding | undefined;
}

/** What will be asked of a loader. */
export interface Wanted {
  /** How many encodings. */
  readonly encodings: number;
  /** For fits of which numbers of components. */
  readonly counts: readonly number[];
}

type Held = Pick<LoadedData, 'dataset' | 'common'>;

/** Of the memory that is free, what rows may take unless the caller says. */
const SHARE = 0.5;

/** Bytes of a source that are kept where it is read for several fits. */
const REMEMBERED = 2 ** 26;
/** The same where fits ask for it in one way, but other threads may. */
const FEW = 2 ** 23;

/**
 * Loads data for one fit after another whose settings differ in components and family alone. Families that encode columns
 * alike share a dataset, and what seeding finds alike. A source that is no larger than 64 MiB is read once for all. Owns
 * the datasets.
 */
export class Loader {
  private source: Source | undefined;
  /** The same rows, from memory where that pays. */
  private rows: Source | undefined;
  private device: Device | undefined;
  /** Where rows are read and swept, if that is elsewhere. */
  private remote: RemoteLoader | undefined;
  /** Whether values are known to be missing. */
  private lacking = false;
  private readonly levels = new Map<string, Promise<Levels[]>>();
  private readonly ranges = new Map<string, Promise<Range[]>>();
  /** By the encoding of what is swept. */
  private readonly held = new Map<string, Held>();
  /** From that to the encoding of the same family where nothing may be missing. */
  private readonly plain = new Map<string, string>();
  /** What rows may take that are read again, of which there is one dataset at a time. */
  private again: Pick<LoadOptions, 'spill'> | undefined;

  /** `wanted`: left out for one fit. `watch`: what digests the rows as they are read, if somebody asks. */
  constructor(
    private readonly data: DataInput,
    private readonly wanted?: Wanted,
    private readonly watch?: DataWatch,
  ) {}

  /** The data as the family of a fit wants them; throws `InputError` for data that cannot be fitted. */
  async load(settings: FitSettings, stopwatch: Stopwatch): Promise<LoadedData> {
    const { data, wanted } = this;
    const { sampleWeights } = settings;
    const text = settings.family.survey || settings.family.forColumns ? ('levels' as const) : undefined;
    this.source ??= toSource(data, sampleWeights, undefined, { text });
    const again = (wanted && wanted.encodings > 1) || settings.family.survey !== undefined || settings.noise !== false;
    this.rows ??= this.kept(again ? REMEMBERED : wanted ? FEW : 0);
    this.device ??= await resolveBackend(settings.backend, { data, threads: settings.threads });
    if (settings.cluster)
      this.remote ??= await stopwatch.time('load', () => remoteLoader(this.source as Source, settings));
    const { source, rows } = this;
    const device = this.remote?.describe(this.device) ?? this.device;
    const plain = await stopwatch.time('load', () => this.beside(rows, settings));
    const asked = { ...settings, family: plain };
    const own = await stopwatch.time('load', async () => {
      if (settings.missing === 'model') return this.modelled(rows, device, asked);
      return { family: plain, held: await this.of(rows, device, asked) };
    });
    this.held.set(own.family.encoding, own.held);
    this.plain.set(own.family.encoding, plain.encoding);
    return { source, device, plain, family: own.family, ...own.held };
  }

  /** What was given, and how large it is at the most where it is kept. */
  private kept(most: number): Source {
    const source = this.watched(this.source as Source);
    return isSource(this.data) && most > 0 ? remembered(source, most) : source;
  }

  /** All rows as they were read, where they take no more than so many bytes; once they have been loaded. */
  async rowsWithin(most: number): Promise<PlainRows | undefined> {
    return this.rows && plainRows(this.rows, most);
  }

  /** Rows that may lack values: where none does, as if none might, to the last bit. */
  private async modelled(rows: Source, device: Device, settings: FitSettings): Promise<{ family: Family; held: Held }> {
    const family = gapped(settings.family, 'fit');
    if (!this.lacking) {
      try {
        return { family: settings.family, held: await this.of(rows, device, { ...settings, missing: 'error' }) };
      } catch (error) {
        if (!(error instanceof MissingValueError)) throw error;
        this.lacking = true;
      }
    }
    return { family, held: await this.of(rows, device, { ...settings, family }) };
  }

  /**
   * Rows of which a dataset has been loaded, read again with other weights, in the same coordinates and on the same device.
   * The caller disposes of them.
   */
  async reweighted(loaded: LoadedData, settings: FitSettings, begin: () => Weighing): Promise<Dataset> {
    const { family, plain, dataset, device } = loaded;
    const { scaling, variances, constant } = dataset;
    const lacking = family !== plain || settings.missing !== 'model';
    const asked: FitSettings = { ...settings, family, missing: lacking ? settings.missing : 'error' };
    this.again ??= { spill: this.limitOf(device, settings) };
    const options = { ...this.optionsFor(asked), ...this.again, scaling, device };
    const read = await loadDataset(withRowWeights(this.rows as Source, begin), options);
    // What regularization goes by is that of the rows, whatever they weigh.
    return { ...read, variances, constant };
  }

  /** What an earlier fit has loaded, or else is read. */
  private of(rows: Source, device: Device, settings: FitSettings): Promise<Held> {
    return this.found(settings) ?? this.read(rows, device, settings);
  }

  /** Frees what no fit asks for any more: all, or the dataset of one encoding of plain families. */
  dispose(encoding?: string): void {
    for (const [name, { dataset }] of this.held) {
      if (encoding !== undefined && encoding !== this.plain.get(name)) continue;
      this.held.delete(name);
      dataset.dispose();
    }
  }

  /** Ends what was started for it, besides. */
  async close(): Promise<void> {
    this.dispose();
    await this.remote?.close();
  }

  /** The family of a fit, told of the columns' levels where it asks for them. */
  private async adapted(rows: Source, { family: asked, missing, signal }: FitSettings): Promise<Family> {
    const family = asked.forColumns?.(rows.columns) ?? asked;
    const { survey } = family;
    if (!survey) return family;
    const questions = rows.columns.map((_, column) => survey.question(column));
    const key = questions.map((question) => question?.of).join();
    const levels =
      this.levels.get(key) ??
      this.remote?.levels(family, missing, signal) ??
      surveyed(rows, { missing, questions, signal });
    this.levels.set(key, levels);
    this.remote?.remember(family, await levels);
    return survey.adapted(await levels);
  }

  /** The same with noise beside its components, where that is asked for. */
  private async beside(rows: Source, settings: FitSettings): Promise<Family> {
    const family = await this.adapted(rows, settings);
    const { noise, missing, signal } = settings;
    if (noise === false) return family;
    const { levels } = family;
    const key = JSON.stringify(levels ?? []);
    const ranges =
      this.ranges.get(key) ??
      this.remote?.ranges(family, missing, signal) ??
      rangesOf(rows, { missing, levels, signal });
    this.ranges.set(key, ranges);
    return withNoise(family, noiseOver(supportsOf(family, rows.columns.length), await ranges, givenLogDensity(noise)));
  }

  private watched(source: Source): Source {
    return this.watch?.watch(source) ?? source;
  }

  /** What an earlier fit has loaded; says so, as reading does. */
  private found({ family, signal, onProgress }: FitSettings): Promise<Held> | undefined {
    const held = this.held.get(family.encoding);
    if (!held) return undefined;
    const rows = held.dataset.shard.n + held.dataset.dropped;
    onProgress?.({ phase: 'load', rows, totalRows: rows });
    signal?.throwIfAborted();
    return Promise.resolve(held);
  }

  private async read(rows: Source, device: Device, settings: FitSettings): Promise<Held> {
    const { family } = settings;
    const shape = family.shape(settings.components, rows.columns.length);
    requireHolds(settings, device, shape);
    const place = blocked(device, settings, rows.rows);
    const options = {
      ...this.optionsFor(settings),
      linear: shape.quadratic.length === 0 && shape.linear?.levels.length === 0,
      spill: this.limitOf(device, settings),
    };
    const dataset = await (this.remote?.load(family, { ...options, device }, { ...settings, watch: this.watch }) ??
      loadDataset(rows, { ...options, device: place.device }));
    place.held(dataset.shard);
    return { dataset, common: this.wanted && new CommonSeeding(this.wanted.counts) };
  }

  private optionsFor(settings: FitSettings): Omit<LoadOptions, 'device' | 'spill'> {
    const { missing, family, signal, onProgress, autotune } = settings;
    const total = this.rows?.rows === undefined ? {} : { totalRows: this.rows.rows };
    return {
      trials: autotune,
      format: settings.rows,
      missing,
      signal,
      commonScale: family.commonScale,
      encode: (swept: Parameters<Family['encode']>[0]) => family.encode(swept),
      coding: family.coding,
      gaps: family.patterned,
      onRows: (count: number) => onProgress?.({ phase: 'load', rows: count, ...total }),
    };
  }

  /** What further rows may take of memory, of devices that have a place for them beyond. */
  private limitOf(device: Device, settings: FitSettings): LoadOptions['spill'] {
    if (!mayBeFiled(device, settings)) return undefined;
    const { memory, spill: folder, directSpill: direct } = settings;
    const held = [...this.held.values()].filter(({ dataset }) => !dataset.spilled);
    const taken = held.reduce((sum, { dataset: { bytes } }) => sum + bytes, 0);
    const asked = memory !== undefined;
    return { asked, memory: asked ? Math.max(0, memory - taken) : SHARE * freeMemory(), folder, direct };
  }
}

/** Whether rows of a fit that have no room in memory go to a file. Blocks of incremental EM on a GPU stay there. */
export function mayBeFiled({ spills = false, onHost }: Device, { algorithm }: Pick<FitSettings, 'algorithm'>): boolean {
  return spills && (onHost || algorithm === 'em');
}

/** Opens the source on the cluster of a fit. */
async function remoteLoader(source: Source, settings: FitSettings): Promise<RemoteLoader> {
  const { cluster = {}, backend, threads, family, signal } = settings;
  requireKnown(family);
  return new RemoteLoader(await openRemote(source, cluster, { backend, threads, signal }));
}

import type { Device } from '../backend/backend.js';
import { familyOfSpec, type FamilySpec } from '../cluster/family-spec.js';
import type { RemoteData, RemoteWishes } from '../cluster/remote.js';
import type { Dataset, LoadOptions } from '../data/dataset.js';
import type { MissingPolicy } from '../data/blocks.js';
import type { Family, Levels } from '../families/family.js';
import type { Range } from '../families/noise.js';

/** Loads rows for fits where workers read and hold them. */
export class RemoteLoader {
  /** What is known of the levels of columns, by the family that asked. */
  private readonly found = new Map<string, Levels[]>();

  constructor(private readonly remote: RemoteData) {}

  /** What workers compute with, of a device here that stands for theirs. */
  describe(device: Device): Device {
    const { remote } = this;
    const { facts } = remote;
    const [{ backend, adapter }] = facts;
    const hosts = new Set(facts.map(({ host }) => host)).size;
    const places = `${facts.length} worker${facts.length > 1 ? 's' : ''} on ${hosts} machine${hosts > 1 ? 's' : ''}`;
    return {
      ...device,
      name: backend,
      adapter: `${adapter}, ${places}`,
      threads: facts.reduce((sum, { threads }) => sum + threads, 0),
      get notes() {
        return [...device.notes, ...remote.notes]; // complete once rows are held
      },
    };
  }

  levels(family: Family, missing: MissingPolicy, signal?: AbortSignal): Promise<Levels[]> {
    return this.remote.levels(family, { family: this.specOf(family), missing }, signal);
  }

  /** Keeps what a family was adapted to. */
  remember(family: Family, levels: Levels[]): void {
    this.found.set(keyOf(family), levels);
  }

  ranges(family: Family, missing: MissingPolicy, signal?: AbortSignal): Promise<Range[]> {
    return this.remote.ranges({ family: this.specOf(family), missing }, family.levels, signal);
  }

  load(family: Family, options: LoadOptions, wishes: RemoteWishes): Promise<Dataset> {
    return this.remote.load(this.specOf(family), options, wishes);
  }

  close(): Promise<void> {
    return this.remote.close();
  }

  private specOf(family: Family): FamilySpec {
    const { name, options, noise } = family;
    const spec = { name, options, columns: this.remote.source.columns, levels: this.found.get(keyOf(family)), noise };
    return { ...spec, gaps: familyOfSpec(spec).encoding !== family.encoding };
  }
}

function keyOf({ name, options }: Family): string {
  return JSON.stringify([name, options]);
}

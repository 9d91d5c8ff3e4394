import { NothingLeft } from '../../data/reading.js';
import type { Batch, Source } from '../../data/source.js';
import { criteriaSums } from '../../mixture/criteria.js';
import type { EvaluatedRows } from '../../mixture/evaluate.js';
import { loadMixture } from '../../mixture/model-file.js';
import type { Mixture } from '../../mixture/mixture.js';
import type { ModelFile } from '../../mixture/model-json.js';
import type { BackendName } from '../../backend/backends.js';
import type { MissingPolicy } from '../../data/blocks.js';
import type { DeviceWish, WorkerQuestion } from '../messages.js';
import { Cursors } from './cursors.js';

/** A mixture that units are to be evaluated under, as a worker is told. */
export interface Evaluating {
  readonly model: ModelFile;
  readonly device: DeviceWish;
  readonly missing: MissingPolicy;
  readonly responsibilities: boolean;
}

/** Rows of a unit, or, at its end, how many it has: those left out are among them. */
export type EvaluatedPart = { readonly block: EvaluatedRows } | { readonly rows: number };

/** A source whose rows are counted as they are read. */
class Counted {
  rows = 0;
  readonly source: Source;

  constructor(source: Source) {
    const count = ({ rows }: Batch): void => {
      this.rows += rows;
    };
    this.source = {
      ...source,
      async *batches(signal) {
        for await (const batch of source.batches(signal)) {
          count(batch);
          yield batch;
        }
      },
    };
  }

  /** What is read of it, which may be nothing: a part of data may have no row that counts, and the whole still has. */
  async *orNone<T>(items: AsyncIterable<T>): AsyncGenerator<T> {
    try {
      yield* items;
    } catch (error) {
      if (!(error instanceof NothingLeft)) throw error;
    }
  }
}

/** What mixtures say of the rows of units. */
export class Evaluations {
  private readonly mixtures = new WeakMap<Evaluating, Promise<Mixture>>();
  private readonly rows = new Cursors<EvaluatedPart>();

  async answer({ op, unit, session, block }: WorkerQuestion, source: Source, asked: Evaluating): Promise<unknown> {
    const { device, missing, responsibilities } = asked;
    const mixture = await this.mixtureOf(asked);
    const options = {
      backend: device.backend as BackendName | 'auto',
      missing,
      ...(device.threads !== undefined && { threads: device.threads }),
    };
    const counted = new Counted(source);
    const rows = (): AsyncIterable<EvaluatedRows> =>
      mixture.predictRows(counted.source, { ...options, responsibilities });
    if (op === 'criteria') return criteriaSums(counted.orNone(rows()));
    const begin = async function* (): AsyncGenerator<EvaluatedPart> {
      for await (const block of counted.orNone(rows())) yield { block };
      yield { rows: counted.rows };
    };
    return this.rows.next(`${String(unit)}/${String(session)}`, Number(block), begin);
  }

  dispose(): void {
    this.rows.dispose();
  }

  private mixtureOf(asked: Evaluating): Promise<Mixture> {
    const known = this.mixtures.get(asked) ?? loadMixture(asked.model);
    this.mixtures.set(asked, known);
    return known;
  }
}

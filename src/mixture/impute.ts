import { TRUTH } from '../base/truth.js';
import { columnsOf } from '../data/columns.js';
import { toSource, type DataInput } from '../data/input.js';
import type { Batch, Matrix, Source } from '../data/source.js';
import { fillerOf, supportsOf, type Levels } from '../families/family.js';
import { evaluate, type EvaluateOptions, type MixtureParts } from './evaluate.js';

/** How rows are imputed. */
export interface ImputeOptions extends Omit<EvaluateOptions, 'missing' | 'sampleWeights'> {
  /**
   * Whether counts are filled in by the whole number nearest to their mean: of whole numbers this one has the least
   * expected squared error. Default false: by the mean, which keeps the means of columns.
   */
  readonly whole?: boolean;
}

/** Consecutive rows without gaps, `[rows, d]`, and which values were missing. */
export interface ImputedRows extends Matrix {
  readonly data: Float64Array;
  /** Whether a value was missing, 1 or 0, `[rows, d]`. */
  readonly imputed: Uint8Array;
}

type LevelsOfColumns = readonly (Levels | undefined)[];

/**
 * Rows with what they lack put in, block after block as they are read. A number is its mean given what the row has,
 * Σ_k r_k E[x_m | x_o, θ_k], of counts the nearest whole number where these are asked for; a level is the likeliest.
 * Levels that are text are indices.
 */
export async function* imputedRows(
  mixture: MixtureParts,
  data: DataInput,
  { whole, ...options }: ImputeOptions,
): AsyncGenerator<ImputedRows> {
  const { family, components, weights } = mixture;
  const { levels = [] } = family;
  const text = family.levels ? ('levels' as const) : undefined;
  const raw = new RawRows(levels);
  const source = raw.seeing(toSource(data, undefined, mixture.columns, { text }));
  const fill = fillerOf(family, components);
  const counts = supportsOf(family, components.d).map((support) => whole === true && support === 'counts');
  const [k, d] = [weights.length, components.d];
  const asked = { ...options, missing: 'model', responsibilities: true } as const;
  for await (const { rows, responsibilities } of evaluate(mixture, source, asked).rows) {
    const values = raw.take(rows * d);
    const missing = Uint8Array.from(values, (value) => Number(Number.isNaN(value)));
    for (let row = 0; row < rows; row++) {
      fill(values.subarray(row * d, (row + 1) * d), responsibilities.subarray(row * k, (row + 1) * k));
    }
    numbersOfLevels(values, missing, levels, d);
    for (let at = 0; at < values.length; at++) if (missing[at] && counts[at % d]) values[at] = Math.round(values[at]);
    yield { data: values, shape: [rows, d], imputed: missing };
  }
}

/** All of these rows at once. */
export async function imputed(mixture: MixtureParts, data: DataInput, options: ImputeOptions): Promise<Matrix> {
  const blocks: Float64Array[] = [];
  for await (const { data: rows } of imputedRows(mixture, data, options)) blocks.push(rows);
  const all = new Float64Array(blocks.reduce((sum, { length }) => sum + length, 0));
  let from = 0;
  for (const block of blocks) {
    all.set(block, from);
    from += block.length;
  }
  const { d } = mixture.components;
  return { data: all, shape: [all.length / d, d] };
}

/** Indices of levels that are numbers become these, as the column's other values are. */
function numbersOfLevels(values: Float64Array, imputed: Uint8Array, levels: LevelsOfColumns, d: number): void {
  for (const [j, own] of levels.entries()) {
    for (let at = j; own && at < values.length; at += d) {
      const level = own[values[at]];
      if (imputed[at] === 1 && typeof level === 'number') values[at] = level;
    }
  }
}

/** The rows of a source, kept as they pass by until they are taken. */
class RawRows {
  private blocks: Float64Array[] = [];

  constructor(private readonly levels: LevelsOfColumns) {}

  seeing(source: Source): Source {
    const begin = (): void => {
      this.blocks = [];
    };
    const see = (batch: Batch): void => {
      this.blocks.push(this.valuesOf(batch, source.columns.length));
    };
    return {
      ...source,
      get notes() {
        return source.notes ?? []; // complete once all is read
      },
      async *batches(signal) {
        begin(); // a survey reads all rows before they are evaluated
        for await (const batch of source.batches(signal)) {
          see(batch);
          yield batch;
        }
      },
    };
  }

  /** The next values, row-major. */
  take(count: number): Float64Array {
    const taken = new Float64Array(count);
    for (let filled = 0; filled < count;) {
      const [first] = this.blocks;
      const part = first.subarray(0, count - filled);
      taken.set(part, filled);
      filled += part.length;
      if (part.length < first.length) this.blocks[0] = first.subarray(part.length);
      else this.blocks.shift();
    }
    return taken;
  }

  private valuesOf(batch: Batch, d: number): Float64Array {
    const all = new Float64Array(batch.rows * d);
    for (const [j, { values, start, stride }] of columnsOf(batch, d).entries()) {
      const levels = this.levels[j];
      const texts = batch.levels?.[j];
      const known = new Map<number, number>([[NaN, NaN]]);
      for (let row = 0; row < batch.rows; row++) {
        const value = values[start + row * stride];
        if (levels && !known.has(value)) known.set(value, placeOf(levels, texts?.[value] ?? String(value), value));
        all[row * d + j] = known.get(value) ?? value;
      }
    }
    return all;
  }
}

/**
 * What stands for a value among the levels of its column: a number that is a level, or the level's index. True and false
 * are 1 and 0 where a fit has had the one and these rows have the other.
 */
function placeOf(levels: Levels, text: string, value: number): number {
  const named = levels.findIndex((level) => String(level) === text);
  const place = named < 0 ? levels.indexOf(TRUTH[value]) : named;
  const level = place < 0 ? value : levels[place];
  return typeof level === 'number' ? level : place;
}

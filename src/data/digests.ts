/** By what the rows of a source are told from others. */
import { Digest, digestOf } from '../base/digest.js';
import { columnsOf } from './columns.js';
import type { Batch, Source } from './source.js';

/** Rows as a source has them, whatever its batches are. */
export interface DataDigest {
  readonly rows: number;
  /** A digest of each column, by name in their order. */
  readonly columns: readonly (readonly [name: string, digest: string])[];
  /** Of the sample weights; left out where there are none. */
  readonly weights?: string;
}

/** Digests rows as they are read, once. */
export class DataWatch {
  private found: DataDigest | undefined;

  /** What the rows come to; throws `RangeError` where they have not been read to the end. */
  get digest(): DataDigest {
    if (!this.found) throw new RangeError('rows that have been read were expected');
    return this.found;
  }

  /** Takes what rows come to that were read elsewhere. */
  take(digest: DataDigest): void {
    this.found ??= digest;
  }

  /** The same source, whose rows are digested the first time that they are read to the end. */
  readonly watch = (source: Source): Source => {
    const { name, columns, rows } = source;
    const digested: Source['batches'] = (...how) => this.digested(source, ...how);
    return {
      ...{ name, columns, ...(rows === undefined ? {} : { rows }) },
      get notes() {
        return source.notes ?? []; // complete once all is read
      },
      batches: (...how) => (this.found ? source.batches(...how) : digested(...how)),
    };
  };

  private async *digested(source: Source, ...how: Parameters<Source['batches']>): AsyncGenerator<Batch> {
    const sums = new Sums(source.columns.length);
    for await (const batch of source.batches(...how)) {
      sums.add(batch);
      yield batch;
    }
    this.found ??= sums.digest(source.columns);
  }
}

/** Digests of what has come of one read. */
class Sums {
  private readonly columns: readonly Digest[];
  private readonly weights = new Digest();
  /** Texts of columns of text that are in their digests already. */
  private readonly texts: number[];
  private rows = 0;
  private weighted = false;

  constructor(d: number) {
    this.columns = Array.from({ length: d }, () => new Digest());
    this.texts = Array.from({ length: d }, () => 0);
  }

  add(batch: Batch): void {
    const { rows, weights, levels } = batch;
    for (const [column, { values, start, stride }] of columnsOf(batch, this.columns.length).entries()) {
      const digest = this.columns[column];
      for (let row = 0; row < rows; row++) digest.add(values[start + row * stride]);
      this.addTexts(column, levels?.[column] ?? []);
    }
    weights?.forEach((weight) => this.weights.add(weight));
    this.weighted ||= weights !== undefined;
    this.rows += rows;
  }

  digest(names: readonly string[]): DataDigest {
    return {
      rows: this.rows,
      columns: this.columns.map(({ text }, column) => [names[column], text + this.textsOf(column)] as const),
      ...(this.weighted && { weights: this.weights.text }),
    };
  }

  /** Texts in order of first appearance, which is one whatever the batches are. */
  private readonly ofTexts = new Map<number, Digest>();

  private addTexts(column: number, texts: readonly string[]): void {
    if (texts.length === this.texts[column]) return;
    const digest = this.ofTexts.get(column) ?? new Digest();
    this.ofTexts.set(column, digest);
    for (const text of texts.slice(this.texts[column])) digest.addText(text);
    this.texts[column] = texts.length;
  }

  private textsOf(column: number): string {
    return this.ofTexts.get(column)?.text ?? '';
  }
}

/** The digest of rows of which each part, in their order, was digested by itself: another than that of a single read. */
export function mergedDigests(parts: readonly DataDigest[]): DataDigest {
  const merged = (digests: readonly string[]): string => digestOf(digests.join(' '));
  return {
    rows: parts.reduce((sum, { rows }) => sum + rows, 0),
    columns: parts[0].columns.map(
      ([name], column) => [name, merged(parts.map(({ columns }) => columns[column][1]))] as const,
    ),
    ...(parts.some(({ weights }) => weights !== undefined) && {
      weights: merged(parts.map(({ weights = '' }) => weights)),
    }),
  };
}

/** What is other about the rows, in a few words; undefined where nothing is. */
export function differenceOf(then: DataDigest, now: DataDigest): string | undefined {
  const names = ({ columns }: DataDigest): string => columns.map(([name]) => name).join(', ');
  if (names(then) !== names(now)) return `one of columns ${names(then)}, not ${names(now)}`;
  if (then.rows !== now.rows) return `one of ${then.rows} rows, not ${now.rows}`;
  const other = now.columns.find(([, digest], column) => digest !== then.columns[column][1]);
  if (other) return `one of other values in column ${other[0]}`;
  return then.weights === now.weights ? undefined : 'one of other sample weights';
}

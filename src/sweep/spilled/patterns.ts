import { GROUP_ROWS } from '../../../kernels/simd/layout.js';
import { RecordMemory, RecordStream, type RecordFile } from '../../../kernels/simd/records.js';
import type { ScratchPlace } from '../../base/scratch.js';
import { sharedDoubles } from '../../threads/shared.js';
import type { SortedRows } from '../patterns/rows.js';
import type { HeldPatterns, LentRows, NumberSink, PatternFacts } from '../patterns/segments.js';
import { clearly } from './faults.js';
import type { SpillSize } from './limit.js';
import { asDoubles, NumberWriter } from './numbers.js';
import { RecordWriter } from './writer.js';

/** Sweeps that share a read. */
const TOGETHER = 8;

/** Where each kind of number of a record begins, in float64, and how many there are. */
function layoutOf(d: number): Record<'weights' | 'base' | 'places' | 'patterns' | 'count', number> {
  const weights = GROUP_ROWS * d;
  const base = weights + GROUP_ROWS;
  const places = base + GROUP_ROWS;
  const patterns = places + GROUP_ROWS / 2;
  return { weights, base, places, patterns, count: patterns + GROUP_ROWS / 2 };
}

/** Writes segments of rows that may lack values to a file as they come: a record for each 1024 rows of a segment. */
export class PatternFile {
  private readonly lacking: number[] = [];

  private constructor(
    private readonly d: number,
    /** Of what sweeps keep of each row. */
    private readonly folder: string | undefined,
    private readonly writer: RecordWriter,
  ) {}

  /** Rejects with `InputError('file')`, as all that writes. */
  static async in(place: ScratchPlace, d: number): Promise<PatternFile> {
    const what = `rows of ${d} columns in the order of their patterns, float64, of ${GROUP_ROWS} rows numbers, weights, volumes, places and patterns`;
    return new PatternFile(d, place.folder, await RecordWriter.in(place, layoutOf(d).count * 8, what));
  }

  /** Bytes in the file, and in which folder. */
  get size(): SpillSize {
    return { bytes: this.writer.bytes, folder: this.writer.folder };
  }

  async add({ values, weights, base, places, patterns, lacking }: SortedRows): Promise<void> {
    const { d } = this;
    const layout = layoutOf(d);
    const rows = weights.length;
    const numbers = patternNumbers(patterns, rows);
    this.lacking.push(lacking);
    for (let from = 0; from < rows; from += GROUP_ROWS) {
      const to = Math.min(rows, from + GROUP_ROWS);
      const record = asDoubles(await this.writer.next(false));
      record.set(values.subarray(from * d, to * d));
      record.set(weights.subarray(from, to), layout.weights);
      if (base) record.set(base.subarray(from, to), layout.base);
      integersOf(record, layout.places).set(places.subarray(from, to));
      integersOf(record, layout.patterns).set(numbers.subarray(from, to));
    }
  }

  async finish(facts: PatternFacts, segmentRows: number): Promise<FiledPatterns> {
    const { d, folder, lacking, writer } = this;
    await writer.finish();
    const filed = { d, folder, file: writer.file, lacking, close: () => writer.close() };
    return new FiledPatterns(facts, segmentRows, filed);
  }

  close(): void {
    this.writer.close();
  }
}

/** A file of segments. */
interface FiledSegments {
  readonly d: number;
  readonly folder: string | undefined;
  readonly file: RecordFile;
  /** How many numbers a row lacks at the most, by segment. */
  readonly lacking: readonly number[];
  readonly close: () => void;
}

/** Segments beyond memory: those that are lent lie there, and the last ones that were. */
class FiledPatterns implements HeldPatterns {
  readonly together = TOGETHER;
  private slots: Slot[] = [];
  private readonly memory = new RecordMemory();

  constructor(
    readonly facts: PatternFacts,
    readonly segmentRows: number,
    private readonly filed: FiledSegments,
  ) {}

  async lend(segment: number): Promise<LentRows> {
    const slot = this.slots.find((one) => one.segment === segment) ?? this.read(segment);
    slot.users++;
    let isLent = true;
    const giveBack = (): void => {
      if (isLent) slot.users--;
      isLent = false;
    };
    try {
      return { rows: await slot.rows, giveBack };
    } catch (error) {
      slot.segment = -1;
      giveBack();
      throw error;
    }
  }

  numbers(what: string): Promise<NumberSink> {
    return NumberWriter.in(this.filed.folder, what);
  }

  dispose(): void {
    this.slots = [];
    this.filed.close();
  }

  /** Begins to read a segment into memory that nobody uses, the one that was read first. */
  private read(segment: number): Slot {
    const { filed, facts, segmentRows } = this;
    const at = this.slots.findIndex(({ users }) => users === 0);
    const [idle] = at < 0 ? [] : this.slots.splice(at, 1);
    const arrays = idle?.arrays ?? arraysFor(Math.min(segmentRows, facts.n), filed.d);
    const slot = { segment, users: 0, arrays, rows: this.fill(segment, arrays) };
    slot.rows.catch(() => undefined); // whoever was lent it hears of it
    this.slots.push(slot);
    return slot;
  }

  private async fill(segment: number, arrays: SegmentArrays): Promise<SortedRows> {
    const { d, file, lacking } = this.filed;
    const start = segment * this.segmentRows;
    const rows = Math.min(this.segmentRows, this.facts.n - start);
    const numbers = new Int32Array(rows);
    const stream = new RecordStream(file, this.memory);
    const end = Math.ceil((start + rows) / GROUP_ROWS);
    try {
      for (let from = 0; from < rows; from += GROUP_ROWS) {
        const record = (start + from) / GROUP_ROWS;
        for (const wait of stream.bring(record, end)) await wait;
        copyRecord(stream.doublesAt(record), d, { from, rows: Math.min(GROUP_ROWS, rows - from) }, arrays, numbers);
      }
    } catch (error) {
      throw clearly(error);
    } finally {
      for (const wait of stream.end()) await wait;
    }
    return {
      columns: d,
      values: arrays.values.subarray(0, rows * d),
      weights: arrays.weights.subarray(0, rows),
      base: arrays.base.subarray(0, rows),
      places: arrays.places.subarray(0, rows),
      patterns: startsOf(numbers),
      lacking: lacking[segment],
    };
  }
}

/** Memory for the rows of a segment. */
interface SegmentArrays {
  readonly values: Float64Array;
  readonly weights: Float64Array;
  readonly base: Float64Array;
  readonly places: Int32Array;
}

/** Memory, what is in it, and by how many that is used. */
interface Slot {
  segment: number;
  users: number;
  readonly arrays: SegmentArrays;
  readonly rows: Promise<SortedRows>;
}

function arraysFor(rows: number, d: number): SegmentArrays {
  return {
    values: sharedDoubles(rows * d),
    weights: sharedDoubles(rows),
    base: new Float64Array(rows),
    places: new Int32Array(rows),
  };
}

/** Puts the rows of a record where they belong. */
function copyRecord(
  record: Float64Array,
  d: number,
  { from, rows }: { readonly from: number; readonly rows: number },
  { values, weights, base, places }: SegmentArrays,
  numbers: Int32Array,
): void {
  const layout = layoutOf(d);
  values.set(record.subarray(0, rows * d), from * d);
  weights.set(record.subarray(layout.weights, layout.weights + rows), from);
  base.set(record.subarray(layout.base, layout.base + rows), from);
  places.set(integersOf(record, layout.places).subarray(0, rows), from);
  numbers.set(integersOf(record, layout.patterns).subarray(0, rows), from);
}

/** An integer of each row of a record, from a number of it on. */
function integersOf({ buffer, byteOffset }: Float64Array, from: number): Int32Array {
  return new Int32Array(buffer, byteOffset + from * 8, GROUP_ROWS);
}

/** The number of each row's pattern, of patterns that begin at these rows. */
function patternNumbers(starts: Int32Array, rows: number): Int32Array {
  const numbers = new Int32Array(rows);
  for (const [pattern, start] of starts.entries()) numbers.fill(pattern, start, starts[pattern + 1] ?? rows);
  return numbers;
}

/** The same back. */
function startsOf(numbers: Int32Array): Int32Array {
  const starts = new Int32Array((numbers.at(-1) ?? -1) + 1);
  for (let row = 1; row < numbers.length; row++) if (numbers[row] !== numbers[row - 1]) starts[numbers[row]] = row;
  return starts;
}

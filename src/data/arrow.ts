/**
 * What is known of Arrow's columns without the library that made them. Files and tables in memory share it, and
 * browsers load no more than this.
 */

import type { Coder } from './levels.js';

/** A type as apache-arrow describes it, in whatever version. */
export interface ArrowType {
  readonly typeId: number;
  /** Of integers and decimals. */
  readonly bitWidth?: number;
  /** Of integers. */
  readonly isSigned?: boolean;
  /** Of floats: 0 is half, 1 single, 2 double. */
  readonly precision?: number;
  /** Of decimals: digits after the point. */
  readonly scale?: number;
  /** Of durations and times: index into `UNITS`; of intervals 0 months, 1 days, 2 nanoseconds. */
  readonly unit?: number;
  /** Of timestamps: null or absent where they are of no zone. */
  readonly timezone?: string | null;
  /** Of dictionaries: the type of their values. */
  readonly dictionary?: ArrowType;
}

/** A column of a record batch. */
export interface ArrowVector {
  readonly type: ArrowType;
  readonly nullCount: number;
  readonly data: readonly { readonly values: unknown }[];
  /** The value of a row. */
  get(row: number): unknown;
  /** Whether a row has a value. */
  isValid(row: number): boolean;
}

/** A record batch: consecutive rows of a table. */
export interface ArrowBatch {
  readonly numRows: number;
  /** A column by its index. */
  getChildAt(column: number): ArrowVector | null;
}

/** Names and types of a table's columns. */
export interface ArrowSchema {
  readonly fields: readonly { readonly name: string; readonly type: ArrowType }[];
  readonly metadata?: ReadonlyMap<string, string>;
}

/** Numbers of types, as the format of Arrow files has them; apache-arrow counts dictionaries as one. */
export const TypeId = {
  dictionary: -1,
  null: 1,
  int: 2,
  float: 3,
  text: 5,
  bool: 6,
  decimal: 7,
  date: 8,
  time: 9,
  timestamp: 10,
  interval: 11,
  duration: 18,
  largeText: 20,
  textView: 24,
} as const;

/** Names of types by their numbers, for messages. */
const NAMES = [
  ...['None', 'Null', 'Int', 'Float', 'Binary', 'Utf8', 'Bool', 'Decimal', 'Date', 'Time', 'Timestamp', 'Interval'],
  ...['List', 'Struct', 'Union', 'FixedSizeBinary', 'FixedSizeList', 'Map', 'Duration', 'LargeBinary', 'LargeUtf8'],
  ...['LargeList', 'RunEndEncoded', 'BinaryView', 'Utf8View'],
];

/** Units of times and durations, by their numbers. */
const UNITS = ['seconds', 'milliseconds', 'microseconds', 'nanoseconds'];

const NUMERIC = new Set<number>([TypeId.null, TypeId.int, TypeId.float, TypeId.bool, TypeId.decimal, TypeId.duration]);
const TEMPORAL = new Set<number>([TypeId.date, TypeId.time, TypeId.timestamp, TypeId.interval]);

const TEXT = new Set<number>([TypeId.text, TypeId.largeText, TypeId.textView]);

/** The type of a dictionary's values; of all others the type itself. */
export function valueType(type: ArrowType): ArrowType {
  return type.typeId === TypeId.dictionary && type.dictionary ? valueType(type.dictionary) : type;
}

export function typeName({ typeId }: ArrowType): string {
  return typeId === TypeId.dictionary ? 'Dictionary' : (NAMES.at(typeId) ?? `type ${typeId}`);
}

/** Whether a column's values count as numbers, are points in time, or neither. A column of nulls is all missing. */
export function arrowKind(type: ArrowType): 'numeric' | 'temporal' | 'other' {
  const { typeId } = valueType(type);
  return NUMERIC.has(typeId) ? 'numeric' : TEMPORAL.has(typeId) ? 'temporal' : 'other';
}

/** Whether a column's values are texts. */
export function isArrowText(type: ArrowType): boolean {
  return TEXT.has(valueType(type).typeId);
}

/** Whether a column's values are true and false. */
export function isArrowTruth(type: ArrowType): boolean {
  return valueType(type).typeId === TypeId.bool;
}

/** Whether a column's values are nulls throughout, by its type. */
export function isArrowVoid(type: ArrowType): boolean {
  return valueType(type).typeId === TypeId.null;
}

/** The unit in which a column of durations counts; undefined of all others. */
export function durationUnit(type: ArrowType): string | undefined {
  const { typeId, unit = 0 } = valueType(type);
  return typeId === TypeId.duration ? UNITS[unit] : undefined;
}

/** What users should know of a column of durations. */
export function durationNote(name: string, unit: string): string {
  return `the column ${name} holds durations: they count as numbers of ${unit}`;
}

export function vectorAt(batch: ArrowBatch, column: number): ArrowVector {
  const vector = batch.getChildAt(column);
  if (vector === null) throw new RangeError(`no column ${column} in a record batch`);
  return vector;
}

/** Rows from … to − 1 of a vector as float64, NaN for null; booleans are 0 and 1, decimals the nearest float64. */
export function arrowNumbers(vector: ArrowVector, from: number, to: number): Float64Array {
  const { type } = vector;
  const out = new Float64Array(to - from);
  const flat =
    (type.typeId === TypeId.int && Number(type.bitWidth) < 64) ||
    (type.typeId === TypeId.float && type.precision !== 0);
  if (!flat) {
    const number = arrowNumber(type);
    for (let i = 0; i < out.length; i++) out[i] = number(vector.get(from + i));
    return out;
  }
  const values = vector.data[0].values as Float64Array | Float32Array | Int32Array;
  for (let i = 0; i < out.length; i++) out[i] = values[from + i];
  if (vector.nullCount > 0) for (let i = 0; i < out.length; i++) if (!vector.isValid(from + i)) out[i] = NaN;
  return out;
}

/** A coder's numbers of rows from … to − 1 of a vector of text, NaN for null; an entry of a dictionary is decoded once. */
export function arrowCodes(vector: ArrowVector, from: number, to: number, coder: Coder): Float64Array {
  const isDictionary = vector.type.typeId === TypeId.dictionary;
  const entries = isDictionary ? (vector.data[0].values as ArrayLike<unknown>) : [];
  const known = new Map<unknown, number>();
  const out = new Float64Array(to - from);
  for (let row = from; row < to; row++) {
    const entry = isDictionary && vector.isValid(row) ? entries[row] : undefined;
    let place = entry === undefined ? undefined : known.get(entry);
    if (place === undefined) {
      const text = vector.get(row);
      place = typeof text === 'string' ? coder.code(text) : NaN;
      if (entry !== undefined) known.set(entry, place);
    }
    out[row - from] = place;
  }
  return out;
}

/** How a value of a numeric type, as apache-arrow gives it, becomes a number. */
export function arrowNumber(type: ArrowType): (value: unknown) => number {
  const { typeId, scale = 0 } = valueType(type);
  if (typeId !== TypeId.decimal) return (value) => (value === null ? NaN : Number(value));
  const power = scale >= 0 && scale <= 22 ? Number(`1e${scale}`) : NaN; // exact, so that one division rounds once
  return (value) => (value === null ? NaN : decimalNumber(value as Uint32Array, scale, power));
}

/** The float64 nearest to a decimal, whose integer comes as words of 32 bits, the lowest first. */
function decimalNumber(words: Uint32Array, scale: number, power: number): number {
  const high = words.length > 1 ? words[1] | 0 : words[0] >> 31;
  const short = high * 2 ** 32 + words[0];
  const sign = high < 0 ? 2 ** 32 - 1 : 0;
  if (Math.abs(short) <= Number.MAX_SAFE_INTEGER && words.subarray(2).every((word) => word === sign) && power > 0) {
    return short / power;
  }
  let integer = 0n;
  for (let at = words.length - 1; at >= 0; at--) integer = (integer << 32n) | BigInt(words[at]);
  return Number(`${BigInt.asIntN(32 * words.length, integer)}e${-scale}`);
}

/** The columns that pandas kept its index in, by what it wrote beside an Arrow or Parquet schema. */
export function pandasIndex(metadata: string | undefined): ReadonlySet<string> {
  if (metadata === undefined) return new Set();
  try {
    const { index_columns: index } = JSON.parse(metadata) as { index_columns?: unknown };
    return new Set(Array.isArray(index) ? index.filter((name) => typeof name === 'string') : []);
  } catch {
    return new Set(); // not what pandas writes: nothing is known
  }
}

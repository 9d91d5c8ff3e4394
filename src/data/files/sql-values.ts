import type * as DuckDB from '@duckdb/node-api';
import type { DuckDBType, DuckDBValue } from '@duckdb/node-api';
import { arrowNumber, TypeId, valueType, type ArrowType, type ArrowVector } from '../arrow.js';

/** The DuckDB type that takes an Arrow type's values, and how a value of a vector becomes one of it. */
export interface SqlValues {
  readonly type: DuckDBType;
  readonly valueAt: (vector: ArrowVector, row: number) => DuckDBValue;
}

/** Milliseconds in a day. */
const DAY = 86_400_000;

/** Nanoseconds in the units of times, by their numbers. */
const NANOSECONDS = [1_000_000_000n, 1_000_000n, 1000n, 1n];

/**
 * Integers, floats, booleans, times, intervals and text keep their kind. Decimals become DOUBLE, and durations BIGINT
 * in their unit, as Parquet has them; all else becomes text.
 */
export function sqlValues(duckdb: typeof DuckDB, arrow: ArrowType): SqlValues {
  const { type, convert } = converter(duckdb, arrow);
  return {
    type,
    valueAt: (vector, row) => {
      const value = vector.get(row);
      return value === null ? null : convert(value, vector, row);
    },
  };
}

type Convert = (value: unknown, vector: ArrowVector, row: number) => DuckDBValue;

function converter(duckdb: typeof DuckDB, arrow: ArrowType): { type: DuckDBType; convert: Convert } {
  const value = valueType(arrow);
  switch (value.typeId) {
    case TypeId.bool:
      return { type: duckdb.BOOLEAN, convert: (value) => value === true };
    case TypeId.int: {
      const wide = value.bitWidth === 64 && value.isSigned === false;
      return { type: wide ? duckdb.UBIGINT : duckdb.BIGINT, convert: (value) => BigInt(value as number | bigint) };
    }
    case TypeId.duration:
      return { type: duckdb.BIGINT, convert: (value) => BigInt(value as number | bigint) };
    case TypeId.null:
    case TypeId.float:
    case TypeId.decimal:
      return { type: duckdb.DOUBLE, convert: arrowNumber(value) };
    case TypeId.date: {
      const days: Convert = (value) => new duckdb.DuckDBDateValue(Math.floor(Number(value) / DAY));
      return { type: duckdb.DATE, convert: days };
    }
    case TypeId.timestamp:
      return timestamp(duckdb, value);
    case TypeId.time: {
      const nanoseconds: Convert = (time) =>
        new duckdb.DuckDBTimeNSValue(BigInt(time as number | bigint) * NANOSECONDS[value.unit ?? 0]);
      return { type: duckdb.TIME_NS, convert: nanoseconds };
    }
    case TypeId.interval:
      return { type: duckdb.INTERVAL, convert: (parts) => interval(duckdb, value, parts as Int32Array) };
    default:
      return { type: duckdb.VARCHAR, convert: String };
  }
}

/** apache-arrow gives points in time as milliseconds, which hold no nanoseconds: the integers themselves are read. */
function timestamp(duckdb: typeof DuckDB, { unit = 0, timezone }: ArrowType): { type: DuckDBType; convert: Convert } {
  const nanoseconds: Convert = (value, { data }, row) => {
    const { values } = data[0];
    const scaled = values instanceof BigInt64Array ? values[row] * NANOSECONDS[unit] : undefined;
    return scaled ?? BigInt(Math.round(Number(value) * 1000)) * 1000n;
  };
  const micros: Convert = (...at) => (nanoseconds(...at) as bigint) / 1000n;
  if (timezone !== null && timezone !== undefined) {
    return { type: duckdb.TIMESTAMPTZ, convert: (...at) => new duckdb.DuckDBTimestampTZValue(micros(...at) as bigint) };
  }
  if (unit === 3) {
    const convert: Convert = (...at) => new duckdb.DuckDBTimestampNanosecondsValue(nanoseconds(...at) as bigint);
    return { type: duckdb.TIMESTAMP_NS, convert };
  }
  return { type: duckdb.TIMESTAMP, convert: (...at) => new duckdb.DuckDBTimestampValue(micros(...at) as bigint) };
}

/** Years and months, days and milliseconds, or months, days and nanoseconds in two words. */
function interval(duckdb: typeof DuckDB, { unit }: ArrowType, parts: Int32Array): DuckDBValue {
  if (unit === 0) return new duckdb.DuckDBIntervalValue(parts[0] * 12 + parts[1], 0, 0n);
  if (unit === 1) return new duckdb.DuckDBIntervalValue(0, parts[0], BigInt(parts[1]) * 1000n);
  const nanoseconds = (BigInt(parts[3]) << 32n) | BigInt(parts[2] >>> 0);
  return new duckdb.DuckDBIntervalValue(parts[0], parts[1], nanoseconds / 1000n);
}

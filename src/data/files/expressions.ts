/** Columns in SQL. */
import type { Column } from './table.js';

/** An SQL identifier. */
export function identifier(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

/**
 * A column as the nearest DOUBLE. DuckDB rounds twice where a number of more than 15 digits becomes a DOUBLE, and but once from
 * its text.
 */
export function asDouble({ name, field = name, type }: Column): string {
  const [, digits = /^U?HUGEINT$/.test(type) ? 39 : 0] = /^DECIMAL\((\d+),/.exec(type) ?? [];
  const value = identifier(field);
  return `CAST(${Number(digits) > 15 ? `CAST(${value} AS VARCHAR)` : value} AS DOUBLE)`;
}

/** A column as text, blank where it is missing, which counts as that. */
export function asText({ name, field = name }: Column): string {
  return `coalesce(CAST(${identifier(field)} AS VARCHAR), '')`;
}

import { randomUUID } from 'node:crypto';
import { InputError, type Complaint } from '../../base/errors.js';
import { literal } from './duckdb.js';

/** How DuckDB's error for what must not be read begins, which no query can know; a complaint as JSON follows. */
const MARK = `${randomUUID()} `;

/** An SQL expression that has a query fail with this complaint, if its value is asked for. */
export function refusing(complaint: Complaint): string {
  return `CAST(error(${literal(MARK + JSON.stringify(complaint))}) AS DOUBLE)`;
}

/** The error that a {@link refusing} expression made a query fail with, if it was one. */
export function refused(body: string): InputError | undefined {
  if (!body.startsWith(MARK)) return undefined;
  return new InputError('format', JSON.parse(body.slice(MARK.length)) as Complaint);
}

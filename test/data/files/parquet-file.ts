import { DuckDBInstance } from '@duckdb/node-api';

/** Writes what a query yields to a Parquet file, with `beside` as keys and values of its footer. */
export async function parquet(path: string, query: string, beside: Record<string, string> = {}): Promise<string> {
  const connection = await (await DuckDBInstance.create()).connect();
  const text = (value: string) => `'${value.replaceAll("'", "''")}'`;
  const pairs = Object.entries(beside).map(([key, value]) => `${text(key)}: ${text(value)}`);
  const keys = pairs.length > 0 ? `, KV_METADATA {${pairs.join(', ')}}` : '';
  await connection.run(`COPY (${query}) TO ${text(path)} (FORMAT parquet${keys})`);
  connection.closeSync();
  return path;
}

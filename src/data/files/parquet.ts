import { Database, pathList } from './duckdb.js';
import { asking, scanned } from './scan.js';
import type { Table } from './table.js';

/** Parquet files as one table; the number of rows comes from their footers. */
export async function openParquet(name: string, paths: readonly string[]): Promise<Table> {
  const database = await Database.open();
  const reading = { name, kind: 'file' } as const;
  const scan = `read_parquet(${pathList(paths)})`;
  return asking(reading, async () => {
    const columns = await database.columns(scan);
    const [[rows]] = await database.rows(`SELECT sum(num_rows) FROM parquet_file_metadata(${pathList(paths)})`);
    return scanned({ database, reading, columns, rows: Number(rows), from: () => scan });
  });
}

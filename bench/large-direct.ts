import { timed, type LargeRun } from './large-run.js';
import { digits } from './table.js';

/** What rows of a table take whose file is written and read past the page cache; why not, where the folder has no such files. */
export type DirectResult =
  | {
      readonly rows: number;
      /** The first of the runs. */
      readonly run: LargeRun;
      /** Seconds of loading, and of an iteration for a million rows: the least of runs in a row. */
      readonly spilling: number;
      readonly million: number;
    }
  | { readonly refused: string };

/** Runs the command, which has these arguments for rows in a file. */
export async function benchDirect(
  args: readonly string[],
  { rows, iterations, times }: { readonly rows: number; readonly iterations: number; readonly times: number },
): Promise<DirectResult> {
  const loads: number[] = [];
  const fits: number[] = [];
  const runs: LargeRun[] = [];
  try {
    for (let time = 0; time < times; time++) {
      const { phases, run } = await timed('the same past the page cache', [...args, '--direct-spill']);
      runs.push(run);
      loads.push(phases.load);
      fits.push((phases.fit / iterations / rows) * 1e6);
    }
  } catch (error) {
    const [refused] = /spill .*O_DIRECT.*/.exec(String(error)) ?? [];
    if (refused === undefined) throw error;
    return { refused };
  }
  return { rows, run: runs[0], spilling: Math.min(...loads), million: Math.min(...fits) };
}

/** Beside the seconds in which DuckDB alone fetches the columns. */
export function directLine(result: DirectResult, duckdb: number): string {
  if ('refused' in result) return `Past the page cache: ${result.refused}`;
  const { rows, spilling, million } = result;
  return `Past the page cache: ${digits(rows / spilling / 1e6)} million rows a second, ${digits((100 * duckdb) / spilling)} % of DuckDB; an iteration ${digits(1 / million)} from the file`;
}

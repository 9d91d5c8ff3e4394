import { fileURLToPath } from 'node:url';
import { meter } from './flights.js';
import { execute } from './peers/execute.js';
import { digits, table } from './table.js';

/** A fit of rows that an asynchronous source generates, in a process of its own. */
export interface GeneratedResult {
  readonly rows: number;
  /** By phase, s. */
  readonly seconds: Readonly<Record<string, number>>;
  readonly iterations: number;
  /** Mean log-likelihood, nats. */
  readonly objective: number;
  readonly notes: readonly string[];
  readonly peakBytes: number;
  /** Seconds of all its threads. */
  readonly cpu: number;
}

const job = fileURLToPath(new URL('./generated-job.js', import.meta.url));

/** `npm run bench -- generated`: rows of two columns that no file has, more than memory may hold, by 8 full components. */
export async function benchGenerated(rows: number): Promise<GeneratedResult> {
  const { status, output, complaints } = await execute(process.execPath, ['--import', meter, job, String(rows)]);
  const [, kibibytes, microseconds] = /\nused (\d+) (\d+)\n/.exec(complaints) ?? [];
  if (status !== 0 || kibibytes === undefined) throw new Error(`bench: expected a fit, got\n${complaints}`);
  const found = JSON.parse(output) as Omit<GeneratedResult, 'peakBytes' | 'cpu'>;
  return { ...found, peakBytes: 1024 * Number(kibibytes), cpu: Number(microseconds) / 1e6 };
}

export function generatedTable({ rows, seconds, iterations, peakBytes, cpu, notes }: GeneratedResult): string {
  const phases = Object.entries(seconds).map(([phase, taken]) => [phase, digits(taken)]);
  const lines = [...phases, ['processor time', digits(cpu)], ['peak, MiB', digits(peakBytes / 2 ** 20)]];
  return `${table([`${rows.toLocaleString('en')} × 2, ${iterations} iterations`, 's'], lines)}\n${notes.join('\n')}`;
}

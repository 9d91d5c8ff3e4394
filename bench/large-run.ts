import { command, meter } from './flights.js';
import { execute } from './peers/execute.js';
import { digits } from './table.js';

/** A process that has ended. */
export interface LargeRun {
  readonly name: string;
  /** The most that the process had in memory, pages of the programs and libraries that it runs included. */
  readonly peakBytes: number;
  readonly wall: number;
  /** Seconds of all its threads. */
  readonly cpu: number;
}

/** A run of the command, and the seconds of its phases where it says them in JSON. */
export interface TimedRun {
  readonly run: LargeRun;
  readonly phases: Readonly<Record<string, number>>;
}

/** Runs the command, in a process of its own. */
export async function timed(name: string, args: readonly string[]): Promise<TimedRun> {
  const started = performance.now();
  const { status, output, complaints } = await execute(process.execPath, ['--import', meter, command, ...args]);
  const wall = (performance.now() - started) / 1000;
  const [, kibibytes, microseconds] = /\nused (\d+) (\d+)\n/.exec(complaints) ?? [];
  if (status !== 0 || kibibytes === undefined) throw new Error(`bench: expected ${name}, got\n${complaints}`);
  const { seconds = {} } = (output === '' ? {} : JSON.parse(output)) as { seconds?: Record<string, number> };
  return {
    run: { name, peakBytes: 1024 * Number(kibibytes), wall, cpu: Number(microseconds) / 1e6 },
    phases: seconds,
  };
}

export const runHeads = ['peak MiB', 's', 'processor s'] as const;

/** What `runHeads` name, after the name of the run. */
export function runLine({ name, peakBytes, wall, cpu }: LargeRun): string[] {
  return [name, digits(peakBytes / 2 ** 20), digits(wall), digits(cpu)];
}

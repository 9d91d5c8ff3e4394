import { fitMixture } from '../src/fit/fit.js';
import { median } from './iterations.js';
import { problemOf } from './problem.js';
import { digits, table } from './table.js';

/** Fits until the engine has optimised what they run. */
const WARM = 40;
const phases = ['load', 'seed', 'fit', 'score'] as const;

/** Small fits in one process that has made many: milliseconds each. */
export interface SmallResult {
  readonly name: string;
  readonly walls: readonly number[];
  /** Of all threads, the mean. */
  readonly processor: number;
  /** Medians by phase. */
  readonly phases: readonly number[];
  readonly iterations: number;
}

/** `npm run bench -- small`: fits of 2,000 × 4, k = 3, full, on as many threads as by default and on one, in turn. */
export async function benchSmall(runs: number): Promise<readonly SmallResult[]> {
  const { n, d, k, data } = problemOf({ covariance: 'full', n: 2000, d: 4, k: 3, spread: 1.5 });
  const ways = [{ name: 'threads by default' }, { name: 'threads: 1', threads: 1 }];
  const made = ways.map(({ name }) => ({
    ...{ name, iterations: 0, processor: 0, walls: [] as number[] },
    seconds: [] as Readonly<Record<string, number>>[],
  }));
  for (let run = -WARM; run < runs; run++) {
    for (const [way, { name: _, ...options }] of ways.entries()) {
      const [began, before] = [performance.now(), process.cpuUsage()];
      const { diagnostics, iterations } = await fitMixture({ data, shape: [n, d] }, { components: k, ...options });
      if (run < 0) continue;
      const { user, system } = process.cpuUsage(before);
      const of = made[way];
      of.walls.push(performance.now() - began);
      of.processor += (user + system) / 1000 / runs;
      of.seconds.push(diagnostics.seconds);
      of.iterations = iterations;
    }
  }
  return made.map(({ seconds, ...rest }) => ({
    ...rest,
    phases: phases.map((phase) => 1000 * median(seconds.map((one) => one[phase]))),
  }));
}

export function smallTable(results: readonly SmallResult[]): string {
  const rows = results.map(({ name, walls, processor, phases: each, iterations }) => {
    const figures = [Math.min(...walls), median(walls), processor, ...each];
    return [name, ...figures.map((figure) => digits(figure)), String(iterations)];
  });
  const heads = ['2,000 × 4, k = 3, ms', 'least', 'median', 'processor', ...phases, 'iterations'];
  return table(heads, rows);
}

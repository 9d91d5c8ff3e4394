import { seededRandom, type Random } from '../src/base/random.js';
import { digits, table } from './table.js';

/**
 * What a worker's answer takes of the one who adds it up: 12 ms for 4 answers of 98 kB and 325 ms for 4 of 9.9 MB, as
 * `npm run bench -- cluster` measured, are 2.2 ms an answer and 8 ns a byte.
 */
export const MEASURED = { answer: 2.2e-3, byte: 8e-9 } as const;

/** A cluster, a table and a model, as far as an iteration depends on them; seconds. */
export interface Plan {
  readonly workers: number;
  /** Groups of rows that are summed by themselves. */
  readonly units: number;
  readonly rows: number;
  /** Seconds of a worker for a row. */
  readonly row: number;
  /** Bytes of the sums of a unit. */
  readonly bytes: number;
  /** Sums that are added together on the way, 0 where the master adds all. */
  readonly fanIn: number;
}

/** How much longer workers take than they should; none where left out. */
export interface Stragglers {
  /** Mean of an exponential share of its sweep by which each worker is late. */
  readonly late: number;
  /** Share of sweeps that take `times` as long. */
  readonly slow: number;
  readonly times: number;
}

/** One iteration without stragglers where the master adds all, in closed form; seconds. */
export function iterationOf({ workers, units, rows, row, bytes }: Plan): number {
  const [few, more] = [Math.floor(units / workers), units % workers];
  const sweep = (own: number): number => (own * rows * row) / units;
  const adding = (count: number, own: number): number => count * (MEASURED.answer + own * bytes * MEASURED.byte);
  if (more === 0) return sweep(few) + adding(workers, few);
  // Those with a unit less answer first, and the others' answers wait for theirs to be added, or are waited for.
  return Math.max(sweep(few) + adding(workers - more, few), sweep(few + 1)) + adding(more, few + 1);
}

/** Mean seconds of iterations: workers end their sweeps when they do, and answers are added one after the other. */
export function simulated(plan: Plan, iterations: number, seed: number, stragglers?: Stragglers): number {
  const random = seededRandom(seed);
  let sum = 0;
  for (let at = 0; at < iterations; at++) sum += oneIteration(plan, random, stragglers);
  return sum / iterations;
}

function oneIteration({ workers, units, rows, row, bytes, fanIn }: Plan, random: Random, late?: Stragglers): number {
  let answers = Array.from({ length: workers }, (_, worker) => {
    const own = Math.floor(units / workers) + (worker < units % workers ? 1 : 0);
    const sent = fanIn > 0 ? 1 : own; // in a tree workers add the sums of their units themselves
    const cost = MEASURED.answer + sent * bytes * MEASURED.byte;
    return { end: ((own * rows * row) / units) * lateness(random, late), cost };
  });
  const cost = MEASURED.answer + bytes * MEASURED.byte;
  while (fanIn > 0 && answers.length > fanIn) {
    const groups = Math.ceil(answers.length / fanIn);
    answers = Array.from({ length: groups }, (_, at) => {
      return { end: added(answers.slice(at * fanIn, (at + 1) * fanIn)), cost };
    });
  }
  return added(answers);
}

/** When all have been added, one after the other, as they come. */
function added(answers: readonly { readonly end: number; readonly cost: number }[]): number {
  const inOrder = [...answers].sort((a, b) => a.end - b.end);
  return inOrder.reduce((now, { end, cost }) => Math.max(now, end) + cost, 0);
}

function lateness(random: Random, stragglers?: Stragglers): number {
  if (!stragglers) return 1;
  const { late, slow, times } = stragglers;
  const factor = 1 - late * Math.log(1 - random.uniform());
  return random.uniform() < slow ? factor * times : factor;
}

/** Workers of 16 threads that scale as 16 of one; models and sweeps of docs/performance.md, full covariances. */
const THREADS = 16;
const models = [
  { name: '16 columns, k = 16', bytes: 8 * 16 * (1 + 16 + 256), row: 0.0465 / 200_000 / THREADS },
  { name: '64 columns, k = 32', bytes: 8 * 32 * (1 + 64 + 4096), row: 0.154 / 100_000 / THREADS },
] as const;
const UNITS = 4096;
const STRAGGLERS = { late: 0.05, slow: 1e-3, times: 4 } as const;

/** `npm run bench -- simulate`: an iteration over 10¹² rows on as many workers as there may be. Nothing is measured. */
export function simulationTable(): string {
  const rows = models.flatMap(({ name, bytes, row }) =>
    [16, 128, 1000, 4096].map((workers) => {
      const plan: Plan = { workers, units: UNITS, rows: 1e12, row, bytes, fanIn: 0 };
      const seconds = (fanIn: number, late?: Stragglers): string => digits(simulated({ ...plan, fanIn }, 200, 1, late));
      const sweep = digits((1e12 * row) / workers);
      return [name, String(workers), sweep, seconds(0), seconds(0, STRAGGLERS), seconds(16), seconds(16, STRAGGLERS)];
    }),
  );
  const heads = ['model', 'workers', 'sweep', 'master adds', 'with stragglers', 'tree of 16', 'with stragglers'];
  return table(heads, rows);
}
